#!/usr/bin/env bash
# Makes the images on this machine: refresher/{scheduler,worker,api,web} by the .NET SDK, and refresher/worker-tools from the worker's.
# Needs the .NET SDK and a container engine. IMAGES and VERSION as in .env; SET=core where Aspire's packages cannot be had.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.."

images=${IMAGES:-refresher} version=${VERSION:-latest} set=${SET:-full}
engine=${ENGINE:-$(command -v docker > /dev/null && echo docker || echo podman)}
for service in Scheduler Worker Api Web; do
    dotnet publish "Refresher.$service" -c Release -nologo -v q --os linux -p:PackageSet="$set" -t:PublishContainer \
        -p:ContainerRepository="$images/${service,,}" -p:ContainerImageTag="$version"
done
"$engine" build --file infra/compose/worker-tools.Dockerfile --build-arg WORKER="$images/worker:$version" --tag "$images/worker-tools:$version" infra/compose
