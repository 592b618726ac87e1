#!/bin/sh
# Makes what docker-compose.yml expects and git must not hold: the secrets, and a certificate
# of our own until you put a real one in its place. What exists stays as it is.
set -eu
umask 077
here="$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)"
target="${1:-$here}"
name="${HOST_NAME:-localhost}"

if ! command -v openssl >/dev/null; then
    echo "openssl is needed (Debian package openssl)." >&2
    exit 69
fi

# The folder is closed to others; the files in it are readable, because the containers'
# users, who have other numbers than you, read them where they are mounted.
mkdir -p "$target/secrets" "$target/tls"
for secret in db_password master_password admin_password; do
    file="$target/secrets/$secret"
    if [ ! -s "$file" ]; then
        openssl rand -base64 24 | tr -d '\n' > "$file.part"
        chmod 644 "$file.part"
        mv "$file.part" "$file"
        echo "made $file"
    fi
done
if [ ! -e "$target/secrets/box_token" ]; then
    : > "$target/secrets/box_token"
    chmod 644 "$target/secrets/box_token"
fi
if [ ! -s "$target/tls/fullchain.pem" ]; then
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 825 \
        -subj "/CN=$name" -addext "subjectAltName=DNS:$name,DNS:localhost,IP:127.0.0.1" \
        -keyout "$target/tls/privkey.pem" -out "$target/tls/fullchain.pem" 2>/dev/null
    echo "made $target/tls/fullchain.pem: self-signed, for $name"
fi
