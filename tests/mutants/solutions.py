#!/usr/bin/env python3
"""Small mistakes in our solutions, and whether `check` notices.

    solutions.py BUILD                 all exercises
    solutions.py BUILD ID...           these
    solutions.py BUILD --most 12       so many mutants of each (default: 40)

BUILD is a build directory with the exercises in it. Each mutant is judged as a
learner's file would be, sanitizers included; nothing in the repository changes.
A survivor that survivors.md does not explain makes the run fail.
"""
import argparse
import collections
import concurrent.futures
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile

import mutants
import source

SEED = 20

# Mistakes that matter in answers, and that source.py does not make.
OTHERS = (
    ('lost move', re.compile(r'std::move\((\w+)\)'), r'\1'),
    ('reference', re.compile(r'\[(\w+)(?=[,\]])'), r'[&\1'),
    ('reference', re.compile(r'\[=\]'), '[&]'),
    ('copy', re.compile(r'\bauto& (\w+)'), r'auto \1'),
    ('order of memory', re.compile(r'\.(load|exchange)\(((?:\w+)?)\)'),
     r'.\1(\2, std::memory_order_relaxed)'),
)


def candidates_of(file):
    text = pathlib.Path(file).read_text()
    found = source.mutants_of(text)
    for kind, pattern, after in OTHERS:
        for match in pattern.finditer(text):
            if '//' in text[text.rfind('\n', 0, match.start()) + 1:match.start()]:
                continue
            new = match.expand(after).replace('(, ', '(')
            found.append(source.Mutant(kind, match.start(), match.end(),
                                       match[0], new))
    place = str(pathlib.Path(file).relative_to(mutants.TOP))
    return [mutants.Candidate(place, text, one, 0) for one in found
            if one.before != one.after]


class Judge:
    def __init__(self, build):
        self.grader = build / 'bin' / 'grader'
        self.bundle = json.loads(
            (build / 'exercises' / 'bundle.json').read_text())

    def exercises(self):
        return {one['id']: one for one in self.bundle['exercises']}

    def verdict(self, exercise, text):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            learner = root / f'{exercise["id"]}.cpp'
            learner.write_text(text)
            # A root of its own: what is remembered of a learner's points goes
            # there.
            bundle = dict(self.bundle, root=folder, build=folder,
                          exercises=[dict(exercise, learner=str(learner))])
            (root / 'bundle.json').write_text(json.dumps(bundle))
            result = subprocess.run(
                [self.grader, '--bundle', root / 'bundle.json', 'check',
                 exercise['id']], capture_output=True, text=True, timeout=600)
        if 'does not compile' in result.stdout:
            return 'invalid'
        if result.returncode not in (0, 1):
            sys.exit(f'grader check {exercise["id"]}: status '
                     f'{result.returncode}\n{result.stdout}{result.stderr}')
        return 'killed' if result.returncode else 'survived'


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('build', type=pathlib.Path)
    parser.add_argument('ids', nargs='*', metavar='ID')
    parser.add_argument('--most', type=int, default=40)
    parser.add_argument('--jobs', type=int, default=2)
    words = parser.parse_args()
    judge = Judge(words.build.resolve())
    known = judge.exercises()
    unknown = [one for one in words.ids if one not in known]
    if unknown:
        parser.error(f'there is no exercise {unknown[0]}')

    chosen = []
    for name in words.ids or sorted(known):
        found = candidates_of(known[name]['solution'])
        random.Random(f'{SEED} {name}').shuffle(found)
        chosen += [(known[name], one) for one in found[:words.most]]

    counts = collections.defaultdict(collections.Counter)
    open_ones = 0
    with concurrent.futures.ThreadPoolExecutor(words.jobs) as pool:
        verdicts = pool.map(
            lambda job: judge.verdict(job[0], job[1].mutated()), chosen)
        for (exercise, candidate), verdict in zip(chosen, verdicts):
            before, after = candidate.shown()
            if verdict == 'survived' and mutants.explained(
                    {'place': candidate.place, 'before': before,
                     'after': after}):
                verdict = 'explained'
            counts[exercise['id']][verdict] += 1
            if verdict == 'survived':
                open_ones += 1
                print(f'{candidate.place}: {candidate.kind}\n'
                      f'    - {before}\n    + {after}', flush=True)

    total = sum(counts.values(), collections.Counter())
    print(f'\n{"exercise":20} {"mutants":>8} {"killed":>7} {"explained":>10} '
          f'{"survived":>9}')
    for name, count in [*sorted(counts.items()), ('all', total)]:
        valid = sum(count.values()) - count['invalid']
        print(f'{name:20} {valid:8} {count["killed"]:7} '
              f'{count["explained"]:10} {count["survived"]:9}')
    sys.exit(1 if open_ones else 0)


if __name__ == '__main__':
    main()
