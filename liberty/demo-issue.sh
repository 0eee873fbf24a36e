#!/bin/sh
# The command behind ./longshore demo's issues: demo-issue.sh ID DESCRIPTION
# Real work on the checkout that it stands in, and its result on standard output.
set -eu
cd "$(dirname "$0")/.."
sources="src/main/java migrations"

case $2 in
  Count*)
    # shellcheck disable=SC2086 # a list of directories
    find $sources -type f -exec cat {} + | wc -l | xargs printf 'issue %s: %s lines\n' "$1"
    ;;
  Hash*)
    cksum target/server/apps/longshore.war | xargs printf 'issue %s: checksum %s, %s bytes, %s\n' "$1"
    ;;
  Compress*)
    # shellcheck disable=SC2086
    plain=$(find $sources -type f -exec cat {} + | wc -c)
    # shellcheck disable=SC2086
    packed=$(find $sources -type f -exec cat {} + | gzip -9 | wc -c)
    echo "issue $1: $((plain)) bytes become $((packed)), $((100 - 100 * packed / plain)) % are saved"
    ;;
  Fail*)
    if [ "${LONGSHORE_ATTEMPT:-1}" -lt 2 ]; then
      echo "issue $1: not today" >&2
      exit 1
    fi
    echo "issue $1: second attempt, all is well"
    ;;
  Find*)
    # shellcheck disable=SC2086
    find $sources -type f -exec wc -l {} + | grep -v ' total$' | sort -rn | head -n 1 |
      xargs printf 'issue %s: %s lines in %s\n' "$1"
    ;;
  *)
    echo "issue $1: nobody knows how to \"$2\"" >&2
    exit 1
    ;;
esac
