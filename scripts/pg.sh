#!/usr/bin/env bash
# shellcheck disable=SC2015,SC2016,SC2317
# A throw-away PostgreSQL cluster around one command:
#
#     scripts/pg.sh cargo test -p zhigong-kernel
#     scripts/pg.sh                      # holds it until Ctrl-C and prints its address
#     PG_DURABLE=1 scripts/pg.sh CMD…    # with fsync, for crash tests
#
# Exports ZHIGONG_TEST_PG=postgres://postgres@127.0.0.1:PORT/postgres, returns the
# command's status, and leaves nothing behind: the server is stopped and its
# directory deleted when the command ends, on Ctrl-C and on SIGTERM; what a
# SIGKILL left is removed by the next start. Also works as root, whom PostgreSQL
# refuses to serve: the server then runs as `postgres` or, failing that, `nobody`.
# Without PG_DURABLE a power cut may lose data; a killed process does not. On SIGUSR1 every process of the server is
# killed at once, and it starts again at the same port.

. "$(dirname "$0")/tools.sh"
need_postgres

# Not the checkout: the server's user must be able to reach the directory, and a
# socket path may not exceed 107 bytes. In memory where nothing need be durable and
# there is room: every test makes a database of a thousand files and removes it.
PREFIX=/tmp/zhigong-pg
[ -n "${PG_DURABLE:-}" ] || PREFIX="$(room_in_memory || echo /tmp)/zhigong-pg"
SERVER_USER=""
if [ "$EUID" = 0 ]; then
  for SERVER_USER in postgres nobody ""; do
    [ -n "$SERVER_USER" ] && id -u "$SERVER_USER" >/dev/null 2>&1 && break
  done
  [ -n "$SERVER_USER" ] || stop "没有可用来运行 PostgreSQL 的普通用户(postgres 或 nobody)。" \
    "There is no ordinary user (postgres or nobody) to run PostgreSQL as." "useradd --system postgres"
fi

# Runs a command as the server's user, outside any directory closed to that user.
as_server() (
  cd /
  if [ -z "$SERVER_USER" ]; then
    exec "$@"
  elif has setpriv; then
    exec setpriv --reuid "$(id -u "$SERVER_USER")" --regid "$(id -g "$SERVER_USER")" --clear-groups -- \
      env HOME=/tmp USER="$SERVER_USER" "$@"
  elif has runuser; then
    exec runuser -u "$SERVER_USER" -- "$@"
  else
    exec su -s /bin/sh "$SERVER_USER" -c 'exec "$0" "$@"' -- "$@"
  fi
)

remove_cluster() {
  if [ -f "$1/data/postmaster.pid" ]; then
    as_server "$ZHIGONG_PG_BIN/pg_ctl" -D "$1/data" -m immediate -w stop >/dev/null 2>&1 || true
  fi
  rm -rf "$1"
}

# Removes clusters whose script is gone (their last part is its process id).
sweep() {
  local dir
  for dir in /tmp/zhigong-pg.* /dev/shm/zhigong-pg.*; do
    [ -d "$dir" ] && [ ! -L "$dir" ] && [ -f "$dir/owner" ] || continue
    [ -O "$dir/owner" ] || continue
    kill -0 "$(cat "$dir/owner")" 2>/dev/null || remove_cluster "$dir"
  done
}

# A free port below the range the system hands out to outgoing connections.
pick_port() {
  local port
  for _ in $(seq 50); do
    port=$((15000 + RANDOM % 15000))
    port_taken "$port" || {
      printf '%s\n' "$port"
      return
    }
  done
  return 1
}

make_cluster() {
  CLUSTER="$(mktemp -d "$PREFIX.XXXXXX")"
  printf '%s\n' "$$" >"$CLUSTER/owner"
  chmod 755 "$CLUSTER"
  mkdir "$CLUSTER/data" "$CLUSTER/socket"
  chmod 700 "$CLUSTER/data" "$CLUSTER/socket"
  : >"$CLUSTER/log"
  [ -z "$SERVER_USER" ] || chown "$SERVER_USER" "$CLUSTER/data" "$CLUSTER/socket" "$CLUSTER/log"
  as_server "$ZHIGONG_PG_BIN/initdb" -D "$CLUSTER/data" --username=postgres --auth=trust \
    --locale=C --encoding=UTF8 --no-sync >"$CLUSTER/initdb.log" 2>&1 || {
    cat "$CLUSTER/initdb.log" >&2
    stop "PostgreSQL 初始化失败,原因见上。" "initdb failed; the reason is above."
  }
  local durable=off
  [ -z "${PG_DURABLE:-}" ] || durable=on
  # Everything not named here keeps its default, the transaction level above all.
  as_server tee -a "$CLUSTER/data/postgresql.conf" >/dev/null <<CONF
listen_addresses = '127.0.0.1'
unix_socket_directories = '$CLUSTER/socket'
max_connections = 500
fsync = $durable
synchronous_commit = $durable
full_page_writes = $durable
CONF
  [ -n "${PG_DURABLE:-}" ] || as_server tee -a "$CLUSTER/data/postgresql.conf" >/dev/null <<CONF
wal_level = minimal
max_wal_senders = 0
max_wal_size = 512MB
CONF
}

# Two scripts may pick the same port at once: the loser tries another.
start_cluster() {
  for _ in 1 2 3 4 5; do
    PG_PORT="$(pick_port)" || break
    if as_server "$ZHIGONG_PG_BIN/pg_ctl" -D "$CLUSTER/data" -l "$CLUSTER/log" -o "-p $PG_PORT" -w -t 60 start \
      >/dev/null 2>&1 </dev/null; then
      return
    fi
    grep -q 'Address already in use' "$CLUSTER/log" || break
    : >"$CLUSTER/log"
  done
  tail -n 20 "$CLUSTER/log" >&2
  stop "PostgreSQL 启动失败,原因见上。" "PostgreSQL did not start; the reason is above."
}

CHILD=""
CLUSTER=""
finish() {
  local status=$?
  trap '' INT TERM HUP
  [ -z "$CLUSTER" ] || remove_cluster "$CLUSTER"
  exit "$status"
}
# The command runs in a process group of its own, so the signal reaches all of it.
interrupted() {
  trap '' INT TERM HUP
  if [ -n "$CHILD" ]; then
    kill -s "$1" -- "-$CHILD" 2>/dev/null || true
    wait "$CHILD" 2>/dev/null || true
  fi
  exit "$2"
}
children_of() {
  if has pgrep; then
    pgrep -P "$1" || true
  else
    grep -l "^PPid:[[:space:]]*$1\$" /proc/[0-9]*/status 2>/dev/null | cut -d/ -f3 || true
  fi
}
# The whole tree: what is left of a server would hold its directory.
crash() {
  local pid
  pid="$(head -n 1 "$CLUSTER/data/postmaster.pid" 2>/dev/null)" || return 0
  # shellcheck disable=SC2046
  kill -KILL "$pid" $(children_of "$pid") 2>/dev/null || true
  sleep 0.5
  rm -f "$CLUSTER/data/postmaster.pid" "$CLUSTER"/socket/.s.PGSQL.*
  as_server "$ZHIGONG_PG_BIN/pg_ctl" -D "$CLUSTER/data" -l "$CLUSTER/log" -o "-p $PG_PORT" -w -t 60 start \
    >/dev/null 2>&1 </dev/null || true
}
trap finish EXIT
trap crash USR1
trap 'interrupted INT 130' INT
trap 'interrupted TERM 143' TERM
trap 'interrupted HUP 129' HUP

sweep
make_cluster
start_cluster
export ZHIGONG_TEST_PG="postgres://postgres@127.0.0.1:$PG_PORT/postgres"

if [ $# = 0 ]; then
  say "export ZHIGONG_TEST_PG=$ZHIGONG_TEST_PG"
  say "按 Ctrl-C 停止并删除 / Ctrl-C stops and deletes it"
  set -- sleep 2147483647
fi

# A process group of its own must not read the terminal: it would be stopped.
if [ -t 0 ]; then exec </dev/null; fi
set -m
"$@" <&0 &
CHILD=$!
set +m
# A signal ends the waiting, not the command.
while :; do
  status=0
  wait "$CHILD" || status=$?
  kill -0 "$CHILD" 2>/dev/null || break
done
exit "$status"
