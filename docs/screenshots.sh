#!/usr/bin/env bash
# Makes the pictures in docs/images from the running system (`./refresher up`, for a few minutes, so that there is something to see).
# The browser is driven by the node and the library that Microsoft.Playwright brings for tests/Refresher.Browser.Tests.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."

chromium=$(command -v chromium || command -v google-chrome) || { echo "no Chromium is installed" >&2; exit 1; }
[ -e .refresher/endpoints.json ] || { echo "nothing is running: ./refresher up" >&2; exit 1; }
version=$(sed -n 's/.*"Microsoft.Playwright" Version="\([^"]*\)".*/\1/p' Directory.Packages.props)
playwright=${NUGET_PACKAGES:-$HOME/.nuget/packages}/microsoft.playwright/$version/.playwright
[ -d "$playwright" ] || { echo "Microsoft.Playwright $version is not restored: ./refresher build" >&2; exit 1; }
case $(uname -m) in aarch64 | arm64) platform=linux-arm64 ;; *) platform=linux-x64 ;; esac
node=$playwright/node/$platform/node
[ -x "$node" ] || node=node

mkdir -p docs/images
CHROMIUM=$chromium PLAYWRIGHT=$playwright/package/index.js "$node" docs/screenshots.cjs
