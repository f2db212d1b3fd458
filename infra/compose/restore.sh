#!/usr/bin/env bash
# Puts a backup into a new, empty database. What is in the database now is thrown away, once you have typed its name.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"

[ $# -eq 1 ] || { echo "Usage: $0 FILE, the name of a backup: docker compose exec worker ls /var/lib/refresher/backups" >&2; exit 2; }
file=/var/lib/refresher/backups/$(basename "$1")
compose=(docker compose)
"${compose[@]}" run --rm --no-deps --entrypoint test worker -r "$file" || { echo "There is no $file in the worker's volume." >&2; exit 1; }

echo "This throws away what is in the database now, and puts $(basename "$1") in its place."
read -r -p 'Type "refresher" to go on: ' answer
[ "$answer" = refresher ] || { echo "Nothing was changed."; exit 1; }

"${compose[@]}" stop gateway web api worker scheduler
"${compose[@]}" exec postgres dropdb --username refresher --force --maintenance-db postgres refresher
"${compose[@]}" exec postgres createdb --username refresher --maintenance-db postgres refresher
"${compose[@]}" run --rm --no-deps worker restore "$file"
"${compose[@]}" exec redis sh -c 'REDISCLI_AUTH="$REDIS_PASSWORD" redis-cli flushall'
"${compose[@]}" up --detach
