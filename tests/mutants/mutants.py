#!/usr/bin/env python3
"""Small mistakes in chapters/ and common/, and whether the tests notice.

    mutants.py BUILD --list            the choice, without running anything
    mutants.py BUILD                   runs what BUILD/mutants/results.tsv lacks
    mutants.py BUILD --again survived  runs the survivors once more
    mutants.py BUILD --sample 12       another, smaller choice; nothing is kept
    mutants.py BUILD --summary         the figures of results.tsv

BUILD is a separate build directory (see README.md), which is never changed: a
mutant is a copy of one source in front of the others, and its objects and
programs are in BUILD/mutants.
"""
import argparse
import concurrent.futures
import hashlib
import json
import os
import pathlib
import random
import re
import resource
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time

import source

TOP = pathlib.Path(__file__).resolve().parents[2]
SEED = 20
SOURCES, HEADERS = 284, 30  # how many mutants of .cpp, of .hpp
SLOW = 0.4  # seconds of a case that runs last
# The kinds in turn: those that are seldom equivalent come more often.
TURNS = ('drop', 'comparison', 'condition', 'off by one', 'logic', 'drop',
         'boolean', 'condition', 'return early', 'comparison', 'drop', 'swap')
COLUMNS = ('id', 'place', 'kind', 'before', 'after', 'verdict', 'by',
           'seconds')
# They are not compiled on Linux, so tests/pieces cannot see them.
LEFT_OUT = ('kqueue_selector.cpp', 'kqueue_selector.hpp')


# In functions of these types, "return {};" changes nothing.
SAME = ('return 0;', 'return false;', 'return nullptr;', 'return "";')


def flat(text):
    return re.sub(r'\s+', ' ', text)


def is_program(file):
    return file.endswith(('/main.cpp', '/asyncio_debug.cpp'))


class Candidate:
    def __init__(self, file, text, mutant, occurrence):
        self.file, self.text, self.mutant = file, text, mutant
        self.kind = mutant.kind
        self.line = text.count('\n', 0, mutant.begin) + 1
        column = mutant.begin - (text.rfind('\n', 0, mutant.begin) + 1)
        line = text.splitlines()[self.line - 1]
        # It stays the same when lines are added elsewhere.
        self.id = hashlib.sha1('\0'.join(
            (file, line, str(column), str(occurrence), mutant.before,
             mutant.after)).encode()).hexdigest()[:10]

    @property
    def place(self):
        return f'{self.file}:{self.line}'

    def shown(self):
        """Before and after, with the rest of the line where they are short."""
        m, text = self.mutant, self.text
        first = text.rfind('\n', 0, m.begin) + 1
        last = text.find('\n', m.end)
        return (flat(text[first:last]).strip(),
                flat(text[first:m.begin] + m.after + text[m.end:last]).strip())

    def mutated(self):
        m = self.mutant
        return self.text[:m.begin] + m.after + self.text[m.end:]


def candidates_of(file):
    text = (TOP / file).read_text()
    seen, result = {}, []
    for mutant in source.mutants_of(text):
        line = text[text.rfind('\n', 0, mutant.begin) + 1:
                    text.find('\n', mutant.begin)]
        key = (line, mutant.before, mutant.after)
        seen[key] = seen.get(key, 0) + 1
        result.append(Candidate(file, text, mutant, seen[key]))
    return result


def in_turns(candidates, generator):
    """All of them: kind after kind, each in a random order."""
    kinds = {kind: [] for kind in source.KINDS}
    for candidate in candidates:
        kinds[candidate.kind].append(candidate)
    for rest in kinds.values():
        generator.shuffle(rest)
    begin = generator.randrange(len(TURNS))
    result, turn = [], 0
    while any(kinds.values()):
        kind = TURNS[(begin + turn) % len(TURNS)]
        turn += 1
        if kinds[kind]:
            result.append(kinds[kind].pop())
    return result


def shares(sizes, total):
    """How many of each file: more of long ones, some of all."""
    if total < len(sizes):  # a sample: one of each of some files
        files = sorted(f for f in sizes if sizes[f] > 0)
        return {files[i * len(files) // total]: 1 for i in range(total)}
    weights = {f: n ** 0.8 * (0.4 if is_program(f) else 1)
               for f, n in sizes.items() if n > 0}
    whole = sum(weights.values())
    result = {f: min(sizes[f], max(1, round(total * w / whole)))
              for f, w in weights.items()}
    order = sorted(result, key=lambda f: (-result[f], f))
    step = 0
    while sum(result.values()) != total and step < 10 * total:
        f = order[step % len(order)]
        step += 1
        if sum(result.values()) > total and result[f] > 1:
            result[f] -= 1
        elif sum(result.values()) < total and result[f] < sizes[f]:
            result[f] += 1
    return result


def plan(seed, sources, headers):
    """For each file: how many mutants, and the candidates in their order."""
    files = sorted(str(p.relative_to(TOP)) for pattern in
                   ('common/*.?pp', 'common/trace/*.?pp',
                    'chapters/*/*.?pp')
                   for p in TOP.glob(pattern) if p.name not in LEFT_OUT)
    result = {}
    for ending, total in (('.cpp', sources), ('.hpp', headers)):
        lists = {f: [c for c in in_turns(candidates_of(f),
                                         random.Random(f'{seed} {f}'))
                     if c.mutant.before not in SAME]
                 for f in files if f.endswith(ending)}
        sizes = {f: len(c) for f, c in lists.items()}
        for file, share in (shares(sizes, total) if total else {}).items():
            result[file] = (share, lists[file])
    return result


# --- Building ------------------------------------------------------------------


class Build:
    """The build directory's rules for making things."""

    def __init__(self, directory):
        self.directory = directory.resolve()
        database = json.loads(
            (self.directory / 'compile_commands.json').read_text())
        self.compile = {}  # object -> (source, command)
        for entry in database:
            command = shlex.split(entry['command'])
            if '-o' not in command:
                continue
            name = command[command.index('-o') + 1]
            file = os.path.relpath(entry['file'], TOP)
            self.compile[name] = (file, command)
        self.needs = {}  # object -> sources and headers of ours
        current = None
        for line in self.ninja('-t', 'deps').splitlines():
            if line and not line[0].isspace():
                current = line.split(':')[0]
                self.needs[current] = set()
            elif current and line.strip().startswith(str(TOP)):
                self.needs[current].add(os.path.relpath(line.strip(), TOP))
        self.links = {}

    def ninja(self, *arguments):
        return subprocess.run(
            ('ninja', '-C', str(self.directory), *arguments), check=True,
            capture_output=True, text=True).stdout

    def link(self, program):
        """The command that links bin/PROGRAM, as a list."""
        if program not in self.links:
            last = self.ninja('-t', 'commands', f'bin/{program}')
            line = last.strip().splitlines()[-1]
            self.links[program] = shlex.split(
                line.removeprefix(': && ').removesuffix(' && :'))
        return self.links[program]

    def programs(self):
        return sorted(p.name for p in (self.directory / 'bin').iterdir()
                      if re.fullmatch(r'\d\d_\w+', p.name)
                      and (TOP / 'chapters' / p.name).is_dir())

    def pieces(self):
        return sorted(p.name for p in (self.directory / 'bin').iterdir()
                      if re.fullmatch(r'pieces_\d\d', p.name))


def limits():
    os.setsid()
    resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
    resource.setrlimit(resource.RLIMIT_FSIZE, (256 << 20, 256 << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def run(command, directory, timeout, environment=None, log=None):
    """The status and output; (None, output) when it took too long."""
    log = log or directory / 'output.txt'
    with open(log, 'wb') as out:
        process = subprocess.Popen(
            command, cwd=directory, stdout=out, stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL, preexec_fn=limits,
            env={**os.environ, **(environment or {})})
        try:
            status = process.wait(timeout)
        except subprocess.TimeoutExpired:
            status = None
        finally:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()
    with open(log, 'rb') as written:
        return status, written.read(1 << 20).decode(errors='replace')


# --- The tests -----------------------------------------------------------------


class Tests:
    """How long the tests take when nothing is wrong, measured once."""

    def __init__(self, build, scratch):
        self.file = scratch / 'baseline.json'
        self.scratch = scratch
        newest = max((build.directory / 'bin' / name).stat().st_mtime
                     for name in build.pieces())
        if not self.file.exists() or self.file.stat().st_mtime < newest:
            self.measure(build)
        self.times = json.loads(self.file.read_text())
        for name, cases in self.times.items():
            for slow in (False, True):
                (scratch / f'{name}.{"slow" if slow else "quick"}').write_text(
                    ''.join(self.quoted(c) for c, t in cases.items()
                            if (t > SLOW) == slow))

    @staticmethod
    def quoted(case):
        return '"' + case.replace('\\', '\\\\').replace(',', '\\,') + '"\n'

    def measure(self, build):
        times = {}
        for name in build.pieces():
            status, output = run(
                [str(build.directory / 'bin' / name), '-d', 'yes'],
                self.scratch, 900)
            if status != 0:
                sys.exit(f'{name} fails without a mutant:\n{output[-3000:]}')
            # A section has a separate line, and may have a case's name.
            names = subprocess.run(
                [str(build.directory / 'bin' / name),
                 '--list-test-names-only'], capture_output=True,
                text=True).stdout.splitlines()
            times[name] = dict.fromkeys(filter(None, names), 0.0)
            for seconds, case in re.findall(r'^([\d.]+) s: (.*)$', output,
                                            re.M):
                if case in times[name]:
                    times[name][case] = max(times[name][case], float(seconds))
        self.file.write_text(json.dumps(times, indent=1))

    def seconds(self, name, slow):
        return sum(t for t in self.times[name].values() if (t > SLOW) == slow)


def failed_case(output):
    match = re.search(r'^-{79}\n(.*)\n', output, re.M)
    return match.group(1).strip() if match else 'no case'


def archive_of(name):
    """The library that an object belongs to, as link commands name it."""
    match = re.match(r'CMakeFiles/(\w+)\.dir/', name)
    return match and f'lib{match.group(1)}.a'


class Worker:
    """Makes mutants one after the other, in a separate directory."""

    def __init__(self, build, tests, directory):
        self.build, self.tests, self.directory = build, tests, directory
        shutil.rmtree(directory, ignore_errors=True)
        (directory / 'bin').mkdir(parents=True)
        (directory / 'work').mkdir()

    def compile(self, objects):
        """False when one of them does not compile."""
        for name in objects:
            if name in self.objects:
                continue
            file, command = self.build.compile[name]
            command = list(command)
            out = self.directory / f'{len(self.objects)}.o'
            command[command.index('-o') + 1] = str(out)
            command.remove('-Werror')
            overlay = str(self.directory / 'overlay')
            at = command.index('-c') + 1
            if file == self.candidate.file:
                command[at] = f'{overlay}/{file}'
            # The object gets the place of the source instead of the copy's.
            if name.startswith('CMakeFiles/common.dir/'):
                # common is built without; here it saves half of the time.
                command[1:1] = ['-include', str(
                    self.build.directory / 'CMakeFiles/chapter_pch.dir' /
                    'cmake_pch.hxx')]
            command[1:1] = ['-w', '-g0', f'-I{overlay}',
                            f'-fmacro-prefix-map={overlay}={TOP}']
            done = subprocess.run(command, cwd=self.build.directory,
                                  capture_output=True, text=True)
            if done.returncode != 0:
                self.error = done.stderr
                return False
            self.objects[name] = str(out)
        return True

    def link(self, program):
        """The program with the mutant's objects; None where it cannot be."""
        command = list(self.build.link(program))
        words = set(command)
        extra = [path for name, path in self.objects.items()
                 if archive_of(name) in words]
        command = [self.objects.get(word, word) for word in command]
        out = self.directory / 'bin' / program
        command[command.index('-o') + 1] = str(out)
        at = next(i for i, word in enumerate(command) if word.endswith('.a'))
        command[at:at] = extra
        done = subprocess.run(command, cwd=self.build.directory,
                              capture_output=True, text=True)
        if done.returncode != 0:
            self.error = done.stderr
            return None
        return out

    def pieces(self, name, slow):
        """Runs a piece's tests: the test that kills, or None."""
        chosen = self.tests.scratch / f'{name}.{"slow" if slow else "quick"}'
        if not chosen.read_text():
            return None
        normal = self.tests.seconds(name, slow)
        status, output = run(
            [str(self.directory / 'bin' / name), '--abort', '-f', str(chosen)],
            self.directory / 'work', 10 + 6 * normal,
            log=self.directory / 'output.txt')
        if status == 0:
            return None
        if status is None:
            return f'{name}: timeout'
        if 'No test cases matched' in output:
            raise RuntimeError(f'{name}: {output[-500:]}')
        how = f' (signal {-status})' if status < 0 else ''
        return f'{name}: {failed_case(output)}{how}'

    def transcripts(self, program):
        # Of every program there is one, so that all are found in one folder.
        files = sorted((TOP / 'chapters' / program / 'expected').glob('*.txt'))
        status, output = run(
            [str(self.build.directory / 'bin' / 'transcript'), '--programs',
             str(self.directory / 'bin'),
             *(str(f.relative_to(TOP)) for f in files)],
            TOP, 60, log=self.directory / 'output.txt')
        if status != 0:
            return f'transcript {program}' + (
                ': timeout' if status is None else '')
        status, output = run(
            [str(self.build.directory / 'bin' / 'manners_test')],
            self.directory / 'work', 60,
            {'WORKBOOK_PROGRAM': str(self.directory / 'bin' / program)},
            log=self.directory / 'output.txt')
        if status != 0:
            return f'manners {program}'
        return None

    def try_mutant(self, candidate):
        """Verdict and killer: killed, survived, or invalid."""
        self.candidate, self.objects, self.error = candidate, {}, ''
        overlay = self.directory / 'overlay'
        shutil.rmtree(overlay, ignore_errors=True)
        copy = overlay / candidate.file
        copy.parent.mkdir(parents=True)
        copy.write_text(candidate.mutated())

        touched = [name for name, needs in self.build.needs.items()
                   if candidate.file in needs and name in self.build.compile]
        number = '00'
        if candidate.file.startswith('chapters/'):
            number = candidate.file.split('/')[1][:2]
        of_program = is_program(candidate.file)
        pieces = [] if of_program else [
            p for p in self.build.pieces() if p[-2:] >= number]

        def touched_by(program, whole):
            """The program's parts that must be made again."""
            words = set(self.build.link(program))
            own = [n for n in touched if n in words]
            libraries = [n for n in touched if archive_of(n) in words]
            if not whole:
                # Inline functions come from the first object that has them:
                # the tests' own, and the piece's.
                libraries = [n for n in libraries
                             if re.match(r'lib(common\w*|' + number +
                                         r'_\w+_piece)\.a', archive_of(n))]
            return libraries + own

        # A source is one object. A header is many: those of its own chapter
        # first, all of them if it survives.
        rounds = [False, True] if len(touched) > 8 and pieces else [True]
        for whole in rounds:
            for name in pieces if whole else pieces[:1]:
                if not self.compile(touched_by(name, whole)):
                    return 'invalid', 'does not compile'
                if not self.link(name):
                    return 'invalid', 'does not link'
                by = self.pieces(name, False)
                if by:
                    return 'killed', by
        for program in self.build.programs():
            if program[:2] >= number and (
                    not of_program or program in candidate.file):
                if not self.compile(touched_by(program, True)):
                    return 'invalid', 'does not compile'
                if not self.link(program):
                    return 'invalid', 'does not link'
                by = self.transcripts(program)
                if by:
                    return 'killed', by
        for name in pieces[:1]:
            by = self.pieces(name, True)
            if by:
                return 'killed', by
        if not self.objects:
            raise RuntimeError(f'no program is linked with {candidate.file}')
        return 'survived', ''


# --- The run -------------------------------------------------------------------


class Results:
    """A table on disk, a line a mutant; the last line of an id counts."""

    def __init__(self, file):
        self.file, self.rows, self.lock = file, {}, threading.Lock()
        if file and file.exists():
            for line in file.read_text().splitlines():
                cells = line.split('\t')
                if len(cells) != len(COLUMNS) or cells[0] == 'id':
                    continue
                if cells[2] != 'return early' or cells[3] not in SAME:
                    self.rows[cells[0]] = dict(zip(COLUMNS, cells))

    def add(self, candidate, verdict, by, seconds):
        before, after = candidate.shown()
        cells = (candidate.id, candidate.place, candidate.kind, before, after,
                 verdict, by, f'{seconds:.1f}')
        row = dict(zip(COLUMNS, (flat(c) for c in cells)))
        with self.lock:
            self.rows[row['id']] = row
            if self.file:
                new = not self.file.exists()
                with open(self.file, 'a') as out:
                    if new:
                        out.write('\t'.join(COLUMNS) + '\n')
                    out.write('\t'.join(row.values()) + '\n')
            print(f'{verdict:8} {candidate.place} [{candidate.kind}] '
                  f'{row["before"]} -> {row["after"]}  {row["by"]} '
                  f'({seconds:.0f} s)', flush=True)


class Queue:
    """Hands out the next candidate of each file until its share is full."""

    def __init__(self, chosen, results, again):
        self.lock = threading.Lock()
        self.results = results
        self.slots = []
        self.rest = {}
        for file, (share, candidates) in chosen.items():
            if again:
                wanted = [c for c in candidates if results.rows.get(
                    c.id, {}).get('verdict') == again]
                share = len(wanted)
            else:
                known = [c for c in candidates if c.id in results.rows]
                share -= sum(1 for c in known if results.rows[c.id]['verdict']
                             in ('killed', 'survived'))
                wanted = [c for c in candidates if c.id not in results.rows]
            self.rest[file] = wanted
            self.slots += [(file.endswith('.hpp'), place / (share + 1), file)
                           for place in range(1, share + 1)]
        # All files advance together; headers, which take long, come last.
        self.slots.sort()
        self.slots.reverse()

    def slot(self):
        with self.lock:
            return self.slots.pop()[-1] if self.slots else None

    def candidate(self, file):
        with self.lock:
            return self.rest[file].pop(0) if self.rest[file] else None


def work(worker, queue, results, deadline):
    while time.monotonic() < deadline:
        file = queue.slot()
        if file is None:
            return
        while True:
            candidate = queue.candidate(file)
            if candidate is None:
                break
            begin = time.monotonic()
            verdict, by = worker.try_mutant(candidate)
            results.add(candidate, verdict, by, time.monotonic() - begin)
            if verdict != 'invalid':
                break


def summary(rows):
    valid = [r for r in rows if r['verdict'] in ('killed', 'survived')]
    print(f'\n{"file":48} killed survived')
    for title in ('file', 'kind'):
        groups = {}
        for row in valid:
            key = (row['place'].rsplit(':', 1)[0] if title == 'file'
                   else row['kind'])
            groups.setdefault(key, []).append(row['verdict'])
        if title == 'kind':
            print(f'\n{"kind":48} killed survived')
        for key in sorted(groups):
            print(f'{key:48} {groups[key].count("killed"):6} '
                  f'{groups[key].count("survived"):8}')
    killed = sum(r['verdict'] == 'killed' for r in valid)
    timeouts = sum('timeout' in r['by'] for r in valid)
    survivors = [r for r in valid if r['verdict'] == 'survived']
    invalid = sum(r['verdict'] == 'invalid' for r in rows)
    print(f'\n{len(valid)} mutants, {killed} killed '
          f'({timeouts} of them by the time limit), {len(survivors)} survived; '
          f'{invalid} more did not compile')
    unexplained = [r for r in survivors if not explained(r)]
    if unexplained:
        print(f'{len(unexplained)} survivors without an explanation:')
        for row in unexplained:
            print(f'  {row["place"]} [{row["kind"]}]\n'
                  f'    - {row["before"]}\n    + {row["after"]}')
    return unexplained


def explained(row):
    """survivors.md has, for the file, the line before and the line after."""
    file = row['place'].rsplit(':', 1)[0]
    section = False
    text = (TOP / 'tests/mutants/survivors.md').read_text()
    lines = text.splitlines()
    for i, line in enumerate(lines):
        if line.startswith('## '):
            section = line[3:].strip() == file
        elif section and line.strip() == '- ' + row['before'] and (
                i + 1 < len(lines)
                and lines[i + 1].strip() == '+ ' + row['after']):
            return True
    return False


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('build', type=pathlib.Path)
    parser.add_argument('--list', action='store_true')
    parser.add_argument('--summary', action='store_true')
    parser.add_argument('--sample', type=int, metavar='N')
    parser.add_argument('--again', metavar='VERDICT')
    parser.add_argument('--jobs', type=int, default=2)
    parser.add_argument('--minutes', type=float, default=1e6,
                        help='begin no mutant after this')
    arguments = parser.parse_args()

    if arguments.sample:
        chosen = plan(SEED + 1, arguments.sample, 0)
    else:
        chosen = plan(SEED, SOURCES, HEADERS)
    if arguments.list:
        for share, candidates in chosen.values():
            for c in candidates[:share]:
                before, after = c.shown()
                print(f'{c.id} {c.place} [{c.kind}]\n  - {before}\n  + {after}')
        print(sum(share for share, _ in chosen.values()), 'mutants')
        return 0

    scratch = arguments.build / 'mutants'
    scratch.mkdir(exist_ok=True)
    results = Results(None if arguments.sample else scratch / 'results.tsv')
    if not arguments.summary:
        build = Build(arguments.build)
        scratch = scratch.resolve()
        tests = Tests(build, scratch)
        queue = Queue(chosen, results, arguments.again)
        deadline = time.monotonic() + 60 * arguments.minutes
        with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
            ways = [pool.submit(work,
                                Worker(build, tests, scratch / f'worker{n}'),
                                queue, results, deadline)
                    for n in range(arguments.jobs)]
            for way in ways:
                way.result()
    unexplained = summary(results.rows.values())
    # A sample only shows that the script works: something must be killed.
    if arguments.sample:
        return 0 if any(r['verdict'] == 'killed'
                        for r in results.rows.values()) else 1
    return 1 if unexplained else 0


if __name__ == '__main__':
    sys.exit(main())
