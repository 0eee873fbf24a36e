#!/bin/sh
# Shows that the chaos harness finds out builds that lack a rule of the product:
#
#   src/test/mutants/run.sh              every one, some five minutes each
#   src/test/mutants/run.sh no-recovery  one
#
# Each patch beside this file takes a rule away; its head says which promise must be found broken, and by
# which run. They are built and run in a work tree of their own, of what is committed. Exit code 0: each was
# found out; 1: one was not, or a patch fits no longer.
set -u
here=$(cd "$(dirname "$0")" && pwd)
checkout=$(git -C "$here" rev-parse --show-toplevel)
work=$(mktemp -d)
trap 'git -C "$checkout" worktree remove --force "$work/tree" 2>/dev/null; rm -rf "$work"' EXIT
[ $# -gt 0 ] || set -- $(cd "$here" && ls ./*.patch | sed 's|^\./||; s|\.patch$||')
missed=0
git -C "$checkout" worktree add -q --detach "$work/tree" || exit 1
cd "$work/tree" || exit 1
for name; do
  patch="$here/$name.patch"
  if [ ! -f "$patch" ]; then
    echo "There is no mutant \"$name\" in $here: nothing was run." >&2
    exit 1
  fi
  rule=$(sed -n 's/^Rule: //p' "$patch")
  run=$(sed -n 's/^Chaos: //p' "$patch")
  git checkout -q -- . || exit 1 # what stands in target is built anew where it has to be
  if ! git apply "$patch"; then
    echo "$name: its patch fits no longer: make it anew." >&2
    missed=1
    continue
  fi
  if ! mvn -B -q -ntp package -DskipTests -Dspotless.check.skip=true >"$work/$name.log" 2>&1; then
    echo "$name: could not be built:" >&2
    tail -n 20 "$work/$name.log" >&2
    missed=1
    continue
  fi
  # The launcher's own line of JSON, "rules" with a count of violations each.
  line=$(./longshore chaos $run --directory "$work/$name" 2>>"$work/$name.log" | tail -n 1)
  found=$(printf '%s' "$line" | sed -n "s/.*\"$rule\":\([0-9]*\).*/\1/p")
  if [ "${found:-0}" -gt 0 ]; then
    echo "$name: found out: $rule: $found"
    grep -m 1 "VIOLATION $rule" "$work/$name.log" | cut -c 1-300
  else
    echo "$name: NOT found out ($rule): $line" >&2
    tail -n 5 "$work/$name.log" >&2
    missed=1
  fi
  rm -rf "${work:?}/$name"
done
exit $missed
