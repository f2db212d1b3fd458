#!/usr/bin/env bash
# Writes .env with random secrets, readable by its owner alone. An .env that is there is left as it is.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"

[ $# -eq 2 ] || { echo "Usage: $0 DOMAIN E-MAIL, as in: $0 example.org you@example.org" >&2; exit 2; }
[[ $1 =~ ^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$ ]] || { echo "'$1' is no domain." >&2; exit 2; }
[[ $2 =~ ^[^[:space:]@]+@[^[:space:]@]+$ ]] || { echo "'$2' is no mail address." >&2; exit 2; }
target=${ENV_FILE:-.env}
[ ! -e "$target" ] || { echo "$target is there and stays as it is: its secrets open the data. To begin anew, move it away." >&2; exit 1; }

# Letters and digits only: nothing that a shell, a connection string or YAML would read otherwise.
random() { LC_ALL=C tr -dc 'A-HJ-NP-Za-km-z2-9' < <(head -c "$(($1 * 16))" /dev/urandom) | head -c "$1"; }

umask 077
set -C
while IFS= read -r line; do
    case $line in
        DOMAIN=*) line=DOMAIN=$1 ;;
        ACME_EMAIL=*) line=ACME_EMAIL=$2 ;;
        ADMIN_PASSWORD=) line+=$(random 22) ;;
        API_KEY=) line+=$(random 40) ;;
        MASTER_KEY=) line+=$(random 48) ;;
        POSTGRES_PASSWORD= | REDIS_PASSWORD= | MONITOR_PASSWORD= | REPORTS_PASSWORD=) line+=$(random 32) ;;
    esac
    printf '%s\n' "$line"
done < .env.example > "$target"
chmod 600 "$target"
echo "$target is written. The first login, user admin, is ADMIN_PASSWORD in it; the Api's first key is API_KEY."
