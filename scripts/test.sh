#!/usr/bin/env bash
# Runs the whole suite: what needs no server on both cores, then what starts servers, three beside
# each other (each process of tests has its own Kafka and PostgreSQL), then what must be alone. Every
# part is run whatever became of the one before. What failed is run once more, alone: some tests
# stop real servers and wait for them. Only what fails twice fails the run, and both are named.
# At the end it says how long each part took.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly PYTEST=.venv/bin/pytest
readonly FAILED_LAST=.pytest_cache/v/cache/lastfailed
readonly PASSED=0 TESTS_FAILED=1 # exit codes of pytest; any other is no test's failure
readonly AT_ONCE=2
readonly AT_ONCE_ON_SERVERS=3 # one more than cores: these wait for servers most of the time
readonly STILL_FAILING_MAX=10

say() { printf '\n\033[1m==>\033[0m %s\n' "$*"; }

failed() { # the tests that failed and have not passed since, one a line
  [ -f "$FAILED_LAST" ] || return 0
  .venv/bin/python -c 'import json, sys
for name in json.load(open(sys.argv[1])): print(name)' "$FAILED_LAST"
}

any_failed=no broken=() took=()
part() { # a name, then pytest's arguments
  local name=$1 code=0 began=$SECONDS seconds
  shift
  say "$name"
  "$PYTEST" -q "$@" || code=$?
  seconds=$((SECONDS - began))
  took+=("$(printf '%3d min %02d s  %s' $((seconds / 60)) $((seconds % 60)) "$name")")
  case $code in
    "$PASSED") ;;
    "$TESTS_FAILED") any_failed=yes ;;
    *) broken+=("$name: pytest ended with exit code $code") ;;
  esac
}

rm -f "$FAILED_LAST"
part "Without servers" -n "$AT_ONCE" -m "not stack and not browser"
part "On real Kafka, PostgreSQL and Chromium" -n "$AT_ONCE_ON_SERVERS" --dist worksteal --durations=15 \
  -m "(stack or browser) and not alone"
part "On real servers, one after the other" --durations=15 -m alone

first=()
if [ "$any_failed" = yes ]; then
  mapfile -t first < <(failed)
  say "${#first[@]} failed. Once more, alone:"
  printf '      %s\n' "${first[@]}"
  part "Once more" --last-failed --last-failed-no-failures none --maxfail="$STILL_FAILING_MAX"
fi

mapfile -t twice < <(failed)
for one in "${first[@]}"; do
  if printf '%s\n' "${twice[@]}" | grep --quiet --line-regexp --fixed-strings -e "$one"; then
    say "FAILED  $one"
  else
    say "Failed once, then passed: $one"
  fi
done
for one in "${broken[@]}"; do say "FAILED  $one"; done
say "Each part took:"
printf '  %s\n' "${took[@]}"
if [ ${#twice[@]} -gt 0 ] || [ ${#broken[@]} -gt 0 ]; then exit 1; fi
say "All tests passed."
