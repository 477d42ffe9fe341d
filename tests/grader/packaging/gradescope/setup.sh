#!/usr/bin/env bash
# Runs once, when Gradescope builds the image, and does everything that is slow.
# Configuring compiles nothing; `exercises` are the probes, the same with our
# solutions, and the grader.
set -euo pipefail
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
  bubblewrap cmake g++ libboost-program-options-dev libfmt-dev mold \
  ninja-build nlohmann-json3-dev
cd /autograder/source/workbook
cmake -B build -G Ninja -DWORKBOOK_TESTS=OFF
# One job at a time: a compiler may need a third of the container's memory.
cmake --build build --parallel 1 --target exercises
# Students' programs run as another user, who must be able to read this.
chmod o+x /autograder /autograder/source
chmod -R o+rX /autograder/source/workbook
# Options that make no sense, or a missing isolation, are an error here, and not
# for each student.
# shellcheck source=/dev/null
. /autograder/source/course.sh
nothing=$(mktemp -d)
build/bin/grader --bundle build/exercises/bundle.json grade one --gradescope \
  --submission "$nothing" --out "$nothing/results.json" "${GRADE[@]}"
rm -r "$nothing"
