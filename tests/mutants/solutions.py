#!/usr/bin/env python3
"""Small mistakes in our solutions, and whether `check` notices.

    solutions.py BUILD                 all exercises and steps
    solutions.py BUILD ID...           these: greedy_cook, 2.3
    solutions.py BUILD --most 12       so many mutants of each (default: 40)

BUILD is a build directory with the exercises in it. Each mutant is judged as a
learner's file would be, sanitizers included; nothing in the repository changes.
Of a step, only the lines that its starter lacks are changed: those that a
reader writes. A survivor that survivors.md does not explain makes the run fail.
"""
import argparse
import collections
import concurrent.futures
import difflib
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


class Exercises:
    def __init__(self, build):
        self.grader = build / 'bin' / 'grader'
        self.bundle = json.loads(
            (build / 'exercises' / 'bundle.json').read_text())
        self.known = {one['id']: one for one in self.bundle['exercises']}

    def candidates(self, name):
        return candidates_of(self.known[name]['solution'])

    def verdict(self, name, text):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            learner = root / f'{name}.cpp'
            learner.write_text(text)
            # A root of its own: what is remembered of a learner's points goes
            # there.
            bundle = dict(self.bundle, root=folder, build=folder, exercises=[
                dict(self.known[name], learner=str(learner))])
            (root / 'bundle.json').write_text(json.dumps(bundle))
            check = [self.grader, '--bundle', root / 'bundle.json', 'check',
                     name]
            # What fails without sanitizers need not be compiled for them.
            fast = verdict_of([*check, '--fast'])
            return verdict_of(check) if fast == 'survived' else fast


class Steps:
    def __init__(self, build):
        self.step = build / 'bin' / 'step'
        self.setup = (build / 'steps' / 'setup.txt').read_text()
        self.known = {}  # "2.3": its solution
        for file in sorted(mutants.TOP.glob('solutions/*/steps/*.cpp')):
            numbers = file.parts[-3][:2], file.stem.split('_')[0]
            self.known['{}.{}'.format(*map(int, numbers))] = file

    def candidates(self, name):
        file = self.known[name]
        starter = (mutants.TOP / 'tests/steps' / file.parts[-3] / file.stem
                   / 'starter.cpp')
        difference = difflib.SequenceMatcher(
            None, starter.read_text().splitlines(),
            file.read_text().splitlines(), False)
        written = {line + 1
                   for what, _, _, begin, end in difference.get_opcodes()
                   if what != 'equal' for line in range(begin, end)}
        return [one for one in candidates_of(file) if one.line in written]

    def verdict(self, name, text):
        file = self.known[name]
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / 'tests').mkdir()
            (root / 'tests/steps').symlink_to(mutants.TOP / 'tests/steps')
            steps = pathlib.Path('chapters') / file.parts[-3] / 'steps'
            (root / steps).mkdir(parents=True)
            (root / steps / file.name).write_text(text)
            transcript = f'{file.stem}.txt'
            (root / steps / transcript).symlink_to(
                mutants.TOP / steps / transcript)
            (root / 'setup.txt').write_text(re.sub(
                r'root .*\nbuild .*', f'root {root}\nbuild {root}/build',
                self.setup, count=1))
            return verdict_of([self.step, '--setup', root / 'setup.txt',
                               'check', name])


def verdict_of(check):
    result = subprocess.run(check, capture_output=True, text=True, timeout=600)
    if 'does not compile' in result.stdout:
        return 'invalid'
    if result.returncode not in (0, 1):
        sys.exit(f'{check[0].name} check {check[-1]}: status '
                 f'{result.returncode}\n{result.stdout}{result.stderr}')
    return 'killed' if result.returncode else 'survived'


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('build', type=pathlib.Path)
    parser.add_argument('ids', nargs='*', metavar='ID')
    parser.add_argument('--most', type=int, default=40)
    parser.add_argument('--jobs', type=int, default=2)
    words = parser.parse_args()
    build = words.build.resolve()
    known = {name: judge for judge in (Exercises(build), Steps(build))
             for name in sorted(judge.known)}
    unknown = [one for one in words.ids if one not in known]
    if unknown:
        parser.error(f'there is no exercise or step {unknown[0]}')

    chosen = []
    for name in words.ids or known:
        found = known[name].candidates(name)
        random.Random(f'{SEED} {name}').shuffle(found)
        chosen += [(name, one) for one in found[:words.most]]

    counts = collections.defaultdict(collections.Counter)
    open_ones = 0
    with concurrent.futures.ThreadPoolExecutor(words.jobs) as pool:
        verdicts = pool.map(
            lambda job: known[job[0]].verdict(job[0], job[1].mutated()),
            chosen)
        for (name, candidate), verdict in zip(chosen, verdicts):
            before, after = candidate.shown()
            if verdict == 'survived' and mutants.explained(
                    {'place': candidate.place, 'before': before,
                     'after': after}):
                verdict = 'explained'
            counts[name][verdict] += 1
            if verdict == 'survived':
                open_ones += 1
                print(f'{candidate.place}: {candidate.kind}\n'
                      f'    - {before}\n    + {after}', flush=True)

    total = sum(counts.values(), collections.Counter())
    print(f'\n{"exercise or step":20} {"mutants":>8} {"killed":>7} '
          f'{"explained":>10} {"survived":>9}')
    for name, count in [*counts.items(), ('all', total)]:
        valid = sum(count.values()) - count['invalid']
        print(f'{name:20} {valid:8} {count["killed"]:7} '
              f'{count["explained"]:10} {count["survived"]:9}')
    sys.exit(1 if open_ones else 0)


if __name__ == '__main__':
    main()
