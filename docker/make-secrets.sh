#!/bin/sh
# Makes the passwords of the compose file's `cluster` profile, in secrets/. What is there already is kept, so a password
# of your own goes into its file before; the addresses are made from those that are there.
set -eu
cd "$(dirname "$0")/.."
umask 077
mkdir -p secrets

random() { openssl rand -hex 24; }
# Every byte of it, so that a password of your own may hold what an address may not.
percent_encoded() { printf '%s' "$1" | od -An -v -tx1 | tr -d ' \n' | sed 's/../%&/g'; }
make() { [ -s "secrets/$1" ] || printf '%s\n' "$2" > "secrets/$1"; }

make postgres_password "$(random)"
make admin_token "$(random)"
make kurrentdb.env "KURRENTDB_DEFAULT_ADMIN_PASSWORD=$(random)
KURRENTDB_DEFAULT_OPS_PASSWORD=$(random)"

admin="$(sed -n 's/^KURRENTDB_DEFAULT_ADMIN_PASSWORD=//p' secrets/kurrentdb.env)"
nodes=kurrentdb-1:2113,kurrentdb-2:2113,kurrentdb-3:2113
make event_store "esdb://admin:$(percent_encoded "$admin")@$nodes?tls=true&tlsCAFile=/etc/cairn/roots/ca.crt"
password="$(percent_encoded "$(cat secrets/postgres_password)")"
make database "postgres://cairn:$password@postgres-cluster:5432/cairn"

# Compose mounts a secret's file as it is, and the containers' users are not this one: the folder keeps others out.
chmod 644 secrets/postgres_password secrets/admin_token secrets/event_store secrets/database
chmod 700 secrets
echo 'The passwords are in secrets/. The admin token of Cairn is in secrets/admin_token.'
