# What a verb needs on this machine, and installing it on Debian and its kin.

has() { command -v "$1" > /dev/null 2>&1; }
has_postgres() { compgen -G '/usr/lib/postgresql/*/bin/postgres' > /dev/null || has postgres; }

# Debian's Python, whose packages another one in the path does not see.
has_python() { /usr/bin/python3 -c "import $1" > /dev/null 2>&1; }

# The Debian packages that are missing for: up | test | peers. Only what the verb needs, and only what is not there in some other form.
missing_packages() {
    # What bench measures beside ours. It goes on without them.
    if [ "$1" = peers ]; then
        has_python celery || echo python3-celery
        has_python django_celery_beat || echo python3-django-celery-beat
        has_python redis || echo python3-redis
        has_python psycopg2 || echo python3-psycopg2
        return
    fi
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
