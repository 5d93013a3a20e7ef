# Runs a throw-away PostgreSQL in the directory $1 for as long as standard input stays open, and removes
# the directory afterwards: also when the process that holds the other end was killed.
# Prints "ready" once the server takes connections; otherwise says why it cannot, and ends.
# Obeys the lines "stop fast", "stop immediate" and "start" that it reads, and prints "done" after each.

trap '' PIPE
directory=$1
data=$directory/data
if [ "$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }')" -gt 1000000 ] 2>/dev/null; then
    # In memory a new database takes a twentieth of the time.
    data=$(mktemp -d /dev/shm/tallybook-postgres-XXXXXX)
fi

for candidate in /usr/lib/postgresql/*/bin "$(pg_config --bindir 2>/dev/null)" \
    "$(dirname "$(readlink -f "$(command -v initdb)")")"; do
    if [ -x "$candidate/initdb" ] && [ -x "$candidate/pg_ctl" ]; then
        bin=$candidate
    fi
done

make_cluster() {
    "$bin/initdb" --pgdata="$data" --username=postgres --auth=trust --encoding=UTF8 --no-sync "$@" \
        >"$directory/log" 2>&1
}

start() {
    if [ -z "$bin" ]; then
        echo "there is no initdb on the PATH, where pg_config points, or under /usr/lib/postgresql"
        return 1
    fi
    # Debian's C.UTF-8 knows the case of all letters, as the locales of real servers do; C exists everywhere.
    make_cluster --locale=C.UTF-8 || make_cluster --locale=C || return 1
    cat >>"$data/postgresql.conf" <<CONF
listen_addresses = ''
unix_socket_directories = '$directory'
port = 5432
max_connections = 200
autovacuum = off
fsync = off
full_page_writes = off
synchronous_commit = off
wal_level = minimal
min_wal_size = 32MB
max_wal_size = 64MB
max_wal_senders = 0
CONF
    resume
}

resume() {
    "$bin/pg_ctl" --pgdata="$data" --log="$directory/log" --silent --wait start >/dev/null </dev/null
}

obey() {
    while read -r order mode; do
        case $order in
        start) resume ;;
        stop) "$bin/pg_ctl" --pgdata="$data" --mode="$mode" --silent --wait stop >/dev/null 2>&1 </dev/null ;;
        esac && echo done
    done
}

if start; then
    echo ready
    obey
    "$bin/pg_ctl" --pgdata="$data" --mode=immediate --silent stop >/dev/null 2>&1
else
    cat "$directory/log" 2>/dev/null
fi
cd /
rm -rf "$directory" "$data"
