#!/bin/sh
# Takes the place of the entrypoint of Odoo's image: hands Odoo its secrets from files, as
# environment variables, so that they stand in no compose file, no configuration and no process
# list. PostgreSQL needs no waiting for: docker-compose.yml starts Odoo when it is healthy.
set -eu
secrets="${SECRETS_FOLDER:-/run/secrets}"

read_secret() {
    if [ ! -r "$secrets/$1" ]; then
        echo "The secret file '$1' is missing or not readable: run deploy/prepare.sh first." >&2
        exit 78
    fi
    cat "$secrets/$1"
}

PGPASSWORD="$(read_secret db_password)"
ODOO_ADMIN_PASSWD="$(read_secret master_password)"
export PGPASSWORD ODOO_ADMIN_PASSWD
exec "$@"
