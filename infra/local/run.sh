# up, down, test, bench.

program() { echo "artifacts/core/bin/Refresher.AppHost/debug/Refresher.AppHost.dll"; }

# Builds what is given, unless nothing changed since the last time.
build() {
    local stamp=$STATE/built-$(package_set)-$(basename "$1")
    if [ -e "$stamp" ] && [ -d artifacts ] && [ -z "$(find . -mindepth 1 \( -name artifacts -o -name .git -o -name .refresher -o -name node_modules -o -name wwwroot \) -prune -o -newer "$stamp" -print -quit)" ]; then
        return
    fi
    say "Building (the first time takes a minute or two) …"
    dotnet build "$1" -nologo -v m -tl:off -p:PackageSet="$(package_set)" 2>&1 | tee "$STATE/build.log" |
        sed -nu -e 's/^  \([^ ]*\) -> .*/  \1/p' -e '/: error /p' || die "the build failed; see $STATE/build.log"
    touch "$stamp"
}

verb_up() {
    require_dotnet
    choose_package_set
    install_for up
    build Refresher.AppHost
    say "Starting ($(package_set) set) …"
    if [ -n "$DETACH" ]; then
        up_detached
    elif [ "$(package_set)" = core ]; then
        exec dotnet "$(program)" "${ARGS[@]}"
    else
        exec dotnet run --no-build --project Refresher.AppHost -p:PackageSet=full -- "${ARGS[@]}"
    fi
}

# The AppHost goes on by itself; it leaves when the start fails, and writes $STATE/ready when all is healthy.
up_detached() {
    local pid log=$STATE/logs/apphost.log
    mkdir -p "$STATE/logs"
    [ ! -e "$log" ] || mv "$log" "$log.1"
    rm -f "$STATE/ready"
    if [ "$(package_set)" = core ]; then
        setsid nohup dotnet "$(program)" --detach "${ARGS[@]}" < /dev/null > "$log" 2>&1 &
    else
        setsid nohup dotnet run --no-build --project Refresher.AppHost -p:PackageSet=full -- --detach "${ARGS[@]}" < /dev/null > "$log" 2>&1 &
    fi
    pid=$!
    while [ ! -e "$STATE/ready" ]; do
        if ! kill -0 $pid 2> /dev/null; then
            tail -n 40 "$log" >&2
            die "the start failed; see $log"
        fi
        sleep 0.2
    done
    cat "$STATE/ready"
    rm -f "$STATE/ready"
}

verb_down() {
    local pid
    if [ "$(package_set)" != full ]; then
        [ -e "$(program)" ] || { say "Nothing was running."; return; }
        dotnet "$(program)" --operation stop
        return
    fi
    pid=$(cat "$STATE/apphost.pid" 2> /dev/null || true)
    if [ -z "$pid" ] || ! tr '\0' ' ' < "/proc/$pid/cmdline" 2> /dev/null | grep -q Refresher.AppHost; then
        say "Nothing was running."
        return
    fi
    say "Asking the AppHost (pid $pid) to stop."
    kill -TERM "$pid"
    timeout 120 tail --pid="$pid" -f /dev/null || die "it did not stop within two minutes"
    say "Stopped."
}

verb_build() {
    require_dotnet
    choose_package_set
    install_for test
    build Refresher.sln
}

verb_bench() {
    require_dotnet
    choose_package_set
    install_for up
    [ -d tests/Refresher.Bench ] || die "there are no measurements in this tree (tests/Refresher.Bench)"
    case " ${ARGS[*]} " in
        *" --help "* | *" --no-peers "* | *" --burst "*) ;;
        # Figures alone go to the output.
        *) (install_for peers) >&2 || ARGS+=(--no-peers) ;;
    esac
    dotnet run --project tests/Refresher.Bench -c Release -p:PackageSet="$(package_set)" -- "${ARGS[@]}"
}

# The schema follows the model of the whole catalog. Nothing is connected to: the connection strings only have to be there.
verb_migration() {
    require_dotnet
    choose_package_set
    install_for up
    export RefresherDesign=true ConnectionStrings__refresher=Host=localhost ConnectionStrings__redis=localhost MasterKey__Value=nothing-is-opened-or-wrapped-with-this
    dotnet tool restore > /dev/null
    dotnet build Refresher.Scheduler -nologo -v q -clp:ErrorsOnly -p:PackageSet="$(package_set)"
    local ef=(dotnet ef migrations) projects=(--project Refresher.Tasks --startup-project Refresher.Scheduler --no-build)
    if [ "${#ARGS[@]}" -eq 0 ]; then
        "${ef[@]}" has-pending-model-changes "${projects[@]}"
    else
        "${ef[@]}" add "${ARGS[0]}" "${projects[@]}"
    fi
}
