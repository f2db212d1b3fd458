#!/usr/bin/env bash
# Installs Debian packages as root and starts none of their services: Refresher runs servers of its own, on data of its own.
# What was installed or set up before stays as it is.
set -euo pipefail

policy=/usr/sbin/policy-rc.d
cluster=/etc/postgresql-common/createcluster.d/refresher.conf
kept=$(mktemp -d)

hold_services() {
    # policy-rc.d answering 101 forbids starts (invoke-rc.d(8)); an existing one is put back afterwards.
    [ ! -e $policy ] || cp -a $policy "$kept/policy-rc.d"
    printf '#!/bin/sh\nexit 101\n' > $policy
    chmod 755 $policy
    mkdir -p "$(dirname $cluster)"
    echo 'create_main_cluster = false' > $cluster
}

release_services() {
    rm -f $policy $cluster
    [ ! -e "$kept/policy-rc.d" ] || cp -a "$kept/policy-rc.d" $policy
    rm -rf "$kept"
}

# A package just installed is enabled for the next boot; those named here are for Refresher alone.
disable_service() {
    ! command -v deb-systemd-helper > /dev/null || deb-systemd-helper disable "$1.service" > /dev/null 2>&1 || true
    ! command -v update-rc.d > /dev/null || update-rc.d "$1" disable > /dev/null 2>&1 || true
}

export DEBIAN_FRONTEND=noninteractive
trap release_services EXIT
hold_services
echo "Installing $*"
{
    apt-get update && apt-get install -y --no-install-recommends "$@"
} > "$STATE/install.log" 2>&1 || { tail -n 5 "$STATE/install.log" >&2; exit 1; }
for package in "$@"; do
    case $package in postgresql | redis-server | caddy | prometheus | prometheus-*-exporter) disable_service "$package" ;; esac
done
