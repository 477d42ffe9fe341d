#!/bin/sh
# refused.sh COMPILER FILE.txt: a transcript of book/traps/refused has a command
# for GCC and one for Clang, and below each what that compiler complains of. This
# runs the one for COMPILER, at the top of the repository, and compares. The
# lines in our headers may move: only their names count. What is in the headers
# of the system is left out.
set -fu
compiler=$1 file=$2

case $("$compiler" --version) in
*clang*) name=clang++ ;;
*) name=g++ ;;
esac
arguments=$(sed -n "s/^\\$ $name //p" "$file")
if [ -z "$arguments" ]; then
  echo "$file: no line begins with \"$ $name \"" >&2
  exit 1
fi

without_lines() { sed -E 's,(\./(chapters|common)/[^:]+):[0-9]+:[0-9]+:,\1:LINE:,'; }

expected=$(awk -v begin="$ $name " '
  index($0, "$ ") == 1 { mine = index($0, begin) == 1; next }
  mine' "$file")
# shellcheck disable=SC2086
said=$(LC_ALL=C "$compiler" $arguments 2>&1) &&
  status=accepts || status=refuses
got=$(echo "$said" | grep -E 'error:|required from here$|requested here$' |
  grep -v '^/')

if [ "$(echo "$got" | without_lines)" != "$(echo "$expected" | without_lines)" ]; then
  printf '%s: %s says something else.\n\nexpected\n%s\n\ngot\n%s\n\nall of it\n%s\n' \
    "$file" "$compiler" "$expected" "$got" "$said"
  exit 1
fi
echo "$compiler $status it, as $file says"
