# Which set of packages this machine can use. See docs/decisions/0001-two-package-sets.md

package_set() { cat "$STATE/package-set" 2>/dev/null || true; }

# Keeps the given set, or chooses once: core where containers or the Aspire packages cannot be had.
choose_package_set() {
    local before missing
    before=$(package_set)
    if [ -n "$SET" ]; then
        [ "$SET" = "$before" ] || printf '%s\n' "$SET" > "$STATE/package-set"
        return
    fi
    [ -z "$before" ] || return 0
    missing=$(missing_for_full)
    if [ -z "$missing" ]; then
        say "Using the full set of packages: Aspire and containers. Local processes instead: --set core"
        echo full > "$STATE/package-set"
    else
        say "Using the core set of packages, local processes: $missing. With it, switch by --set full"
        echo core > "$STATE/package-set"
    fi
}

# Says what the full set lacks here; nothing when it lacks nothing. The cheap question comes first.
missing_for_full() {
    if ! container_engine > /dev/null; then
        echo "no container engine answers (docker, podman)"
    elif ! timeout 300 dotnet restore Refresher.AppHost -p:PackageSet=full > "$STATE/probe.log" 2>&1; then
        echo "the Aspire packages cannot be restored ($STATE/probe.log)"
    fi
}

container_engine() {
    local engine
    for engine in docker podman; do
        if timeout 15 "$engine" info > /dev/null 2>&1; then
            echo "$engine"
            return
        fi
    done
    return 1
}
