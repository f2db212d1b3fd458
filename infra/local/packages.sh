# What a verb needs on this machine, and installing it on Debian and its kin.

has() { command -v "$1" > /dev/null 2>&1; }
has_postgres() { compgen -G '/usr/lib/postgresql/*/bin/postgres' > /dev/null || has postgres; }

# The Debian packages that are missing for: up | test. Only what the verb needs, and only what is not there in some other form.
missing_packages() {
    if [ "$(package_set)" = core ]; then
        has_postgres || echo postgresql
        has redis-server || echo redis-server
    fi
    has node || echo nodejs
    has npm || echo npm
    if [ "$1" = test ] && [ -d tests/Refresher.Browser.Tests ]; then
        has chromium || has google-chrome || echo chromium
    fi
    if [ "$1" = test ] && [ -d tests/Refresher.Chaos.Tests ]; then
        has faketime || echo faketime
    fi
}

require_dotnet() {
    has dotnet || die "the .NET 10 SDK is not installed; see https://dotnet.microsoft.com/download (Debian: apt-get install dotnet-sdk-10.0)"
    dotnet --version > /dev/null 2>&1 || die "no .NET SDK fits global.json; installed: $(dotnet --list-sdks | cut -d' ' -f1 | paste -sd' ')"
}

install_for() {
    local missing command
    missing=$(missing_packages "$1" | paste -sd' ')
    [ -n "$missing" ] || return 0
    say "Missing: $missing"
    command="apt-get install --no-install-recommends $missing"
    has apt-get || die "this machine has no apt-get; install the like of: $missing"
    [ "$(id -u)" = 0 ] || command="sudo $command"
    if [ -z "$YES" ]; then
        [ -t 0 ] || die "not installed: nobody to ask. Add --yes, or run: $command"
        read -r -p "Install with \`$command\`? [y/N] " answer
        case $answer in y | Y | yes) ;; *) die "not installed. To do it yourself: $command" ;; esac
    fi
    as_root true || die "not installed: neither root nor sudo. Have someone run: apt-get install --no-install-recommends $missing"
    as_root env STATE="$PWD/$STATE" bash infra/local/install.sh $missing || die "the installation failed; see $STATE/install.log, or run: $command"
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif has sudo; then
        sudo ${YES:+-n} "$@"
    else
        return 1
    fi
}
