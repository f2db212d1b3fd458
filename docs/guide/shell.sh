# What the guide's commands need, for a shell in the repository's folder while the system runs: . docs/guide/shell.sh
# psql, redis-cli and curl reach the local servers, with the passwords that the start made.
STATE=${REFRESHER_STATE:-.refresher}

# The address of an end point, as .refresher/endpoints.json has it: `endpoint api/http`.
endpoint() { sed -n "s|.*\"$1\": *\"\([^\"]*\)\".*|\1|p" "$STATE/endpoints.json"; }

# A password that the AppHost made: the core set keeps it with the data, the full set among the AppHost's user secrets.
secret() {
    local text
    text=$(cat "$STATE/data/parameters.json" "$HOME/.microsoft/usersecrets/refresher-apphost/secrets.json" 2> /dev/null |
        sed -n "s|.*\"\(Parameters:\)\{0,1\}$1\": *\"\([^\"]*\)\".*|\2|p" | head -n 1)
    printf "%b" "$text" # JSON writes some signs as \\u002B
}

API=$(endpoint api/http)
WEB=$(endpoint web/http)
key=$(sed -n 's/.*"key": *"\([^"]*\)".*/\1/p' "$STATE/credentials.json")
api() { curl -sS -w '\n' -H "Authorization: Bearer $key" -H 'Content-Type: application/json' "$@"; }

postgres=$(endpoint postgres/tcp)
postgres=${postgres#*://}
export PGHOST=${postgres%:*} PGPORT=${postgres#*:} PGUSER=postgres PGDATABASE=refresher PGTZ=UTC PAGER=cat
PGPASSWORD=$(secret postgres-password)
export PGPASSWORD

redis=$(endpoint redis/tcp)
redis=${redis#*://}
REDISCLI_AUTH=$(secret redis-password)
export REDISCLI_AUTH
redis-cli() { command redis-cli --no-raw -h "${redis%:*}" -p "${redis#*:}" "$@"; }

# The metrics of one process of a role (api, scheduler, web, worker), as Prometheus reads them.
metrics() { curl -sS "$(endpoint "$1/management")/metrics"; }

# The process ids of a role. A process is called after its machine and its id.
pids() { api "$API/api/v1/workers?role=$1" | grep -o "\"name\":\"[^\"]*\",\"role\"" | sed 's/.*\.\([0-9]*\)",.*/\1/'; }

# Does a command again and again until its output has what it should, and shows it: `until_seen PATTERN COMMAND…`. Gives up after a minute.
until_seen() {
    local pattern=$1 seen tries
    shift
    for tries in $(seq 120); do
        if seen=$("$@" 2>&1) && grep -Eq -- "$pattern" <<< "$seen"; then
            printf '%s\n' "$seen"
            return
        fi
        sleep 0.5
    done
    printf 'No %s after %s looks. The last one:\n%s\n' "$pattern" "$tries" "$seen" >&2
    return 1
}
