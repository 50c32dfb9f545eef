#!/usr/bin/env bash
# postgres.sh FOLDER ADDRESS PORT: a PostgreSQL of the system with an empty database, at an address; trusts everybody.
set -eu
folder=$1 address=$2 port=$3
binaries=$(ls -d /usr/lib/postgresql/*/bin 2> /dev/null | tail -1)
[ -x "$binaries/initdb" ] || { echo "no PostgreSQL here: apt-get install postgresql" >&2; exit 1; }
if [ "$(id -u)" = 0 ]; then
  chown postgres "$folder"
  exec setpriv --reuid postgres --regid postgres --clear-groups "$0" "$@"
fi
"$binaries/initdb" -D "$folder/data" -A trust > "$folder/initdb.log"
echo "host all all 0.0.0.0/0 trust" >> "$folder/data/pg_hba.conf"
exec "$binaries/postgres" -D "$folder/data" -p "$port" -c "listen_addresses=$address" -c "unix_socket_directories=$folder" -c "cluster_name=accounts in the mesh"
