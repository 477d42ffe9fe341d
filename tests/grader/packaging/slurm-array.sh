#!/usr/bin/env bash
#SBATCH --job-name=workbook
#SBATCH --cpus-per-task=1
#SBATCH --mem=768M
#SBATCH --time=00:20:00
# A task a student. CLASS: a folder with a folder per student; OUT, SEED, and
# WORKBOOK, a built copy of the workbook that every node can read.
#
#   sbatch --array=1-"$(ls -d CLASS/*/ | wc -l)" \
#     --export=ALL,CLASS=...,OUT=...,SEED=...,WORKBOOK=... slurm-array.sh
#
# Then write the pages: grade class CLASS --out OUT --seed SEED. It grades no
# student twice.
set -euo pipefail
student=$(find "$CLASS" -mindepth 1 -maxdepth 1 -type d ! -name '.*' \
  -printf '%f\n' |
  LC_ALL=C sort | sed -n "${SLURM_ARRAY_TASK_ID}p")
[ -n "$student" ] || {
  echo "there is no student $SLURM_ARRAY_TASK_ID in $CLASS" >&2
  exit 1
}
mkdir -p "$OUT/students/$student"
exec "$WORKBOOK/build/bin/grader" --bundle "$WORKBOOK/build/exercises/bundle.json" \
  grade one --submission "$CLASS/$student" --out "$OUT/students/$student/results.json" \
  --seed "$SEED" --require-isolation
