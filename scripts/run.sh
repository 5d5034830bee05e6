#!/usr/bin/env bash
# Builds what changed and starts the platform with its demo city:
#
#     make run                 # http://localhost:8080, data under ./data
#     make run PORT=8081
#
# When nothing changed, the checks before the start take well under a second.

. "$(dirname "$0")/build.sh"

PORT="${PORT:-8080}"
case "$PORT" in
'' | *[!0-9]* | ??????*) PORT_OK="" ;;
*) PORT_OK=$((PORT >= 1 && PORT <= 65535 ? 1 : 0)) ;;
esac
[ "$PORT_OK" = 1 ] || stop "端口 $PORT 不对,应是 1 到 65535 之间的数字。" \
  "PORT=$PORT is not a port: use a number from 1 to 65535." "make run PORT=8081"

free_port_after() {
  local port
  for port in $(seq $(($1 + 1)) $(($1 + 50))); do
    port_taken "$port" || {
      printf '%s\n' "$port"
      return
    }
  done
  printf '18080\n'
}

# Asked before the build, so that nobody waits for minutes to hear it, and once
# more after it.
refuse_taken_port() {
  port_taken "$PORT" || return 0
  local holder
  holder="$(port_holder "$PORT" | paste -sd '、' -)"
  case "$holder" in
  zhigong*) stop "端口 $PORT 上已经在运行本平台($holder),直接打开即可;要另开一个,请换端口。" \
    "The platform already runs on port $PORT: open it, or choose another port." \
    "http://localhost:$PORT" "make run PORT=$(free_port_after "$PORT") DATA=./data-2" ;;
  esac
  stop "端口 $PORT 已被占用:${holder:-另一个用户的程序}。请关掉它,或换一个端口。" \
    "Port $PORT is taken by ${holder:-a process of another user}. Stop it, or choose another port." \
    "make run PORT=$(free_port_after "$PORT")"
}

refuse_taken_port
# Every tool is looked for before the first long step.
need_rust
need_cc
need_openssl
need_node
build_web || stop "网页构建失败,原因见上。" "The web build failed; the reason is above."
if [ ! -x "$(server_binary)" ]; then step "cargo build (第一次要几分钟 / the first one takes minutes)"; fi
build_server || stop "服务端编译失败,原因见上。" "The server did not compile; the reason is above."
refuse_taken_port

cd "$ROOT"
exec "$(server_binary)" serve --demo --data "${DATA:-./data}" --listen "127.0.0.1:$PORT"
