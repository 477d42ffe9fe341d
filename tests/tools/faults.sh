#!/bin/sh
# faults.sh: does each test exist that tests/pieces/README.md names among the
# faults? Names are in backticks: of a test case, or of a file in book/traps.
# Runs at the top of the repository.
set -u
table=tests/pieces/README.md

# shellcheck disable=SC2016
names=$(sed -n '/^## Faults/,$p' $table | grep '^|' | grep -o '`[^`]*`' |
  tr -d '`')
if [ -z "$names" ]; then
  echo "$table names no test" >&2
  exit 1
fi

cases=$(cat tests/pieces/*_test.cpp tests/grader/tests/*_test.cpp)
echo "$names" | {
  missing=0
  while read -r name; do
    case $name in
    refused/*) [ -e "book/traps/$name.txt" ] ;;
    *) case $cases in *"\"$name\""*) : ;; *) false ;; esac ;;
    esac || {
      echo "$table: there is no test \"$name\""
      missing=1
    }
  done
  exit $missing
}
