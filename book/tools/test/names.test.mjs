// Names in the text: what exists passes, what does not is told.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readOutside, nameProblem } from '../names.mjs';
import { readRepository, withoutCppComments } from '../repository.mjs';
import { SampleBook } from './sample_book.mjs';

const PAGE = 'book/01_kettle.md';

const POT = `class Pot {
 public:
  void fill(int cups);  // like pour_in() elsewhere
  template <typename T> T take();
};
`;

function repository(t) {
  const book = new SampleBook(t);
  book.write('chapters/01_kettle/pot.hpp', POT);
  book.write('chapters/01_kettle/lid.hpp', 'class Lid { int weight_; };');
  book.write('tests/exercises/pour_slowly/exercise.ini', 'title = Pour\n');
  book.write('tests/CMakeLists.txt', '# brewing_time\n');
  book.write('tests/grader/judge.cpp', 'add_options()("seed", 1); if (word == "--fast") {}');
  book.write(
    'book/tools/names.txt',
    '# CPython\nasyncio/events.py\n_run_once()\n[Errno 9] Bad file\n-X\n# POSIX\npoll(2)\n',
  );
  return { repository: readRepository(book.root), outside: readOutside(book.root) };
}

test('names that exist', (t) => {
  const known = repository(t);
  for (const text of [
    'boil()',
    'std::puts()',
    'Pot',
    'Pot::fill()',
    'pot.fill(2)',
    'take()',
    'kitchen::boil',
    'kettle.cpp',
    'chapters/01_kettle/pot.hpp',
    'chapters/NN_name/expected/CASE.txt',
    'chapters/01_kettle/',
    'book/traps/01_cold.cpp',
    '*.cpp',
    '--sugar',
    '-s',
    '--sugar 2',
    '--sugar=2',
    './workbook',
    './workbook run',
    './workbook run 1 --sugar',
    './workbook run kettle -s',
    './workbook run --quiet 1',
    './workbook run N',
    './workbook check pour_slowly',
    './workbook check <id>',
    '01_kettle',
    '01_kettle -s',
    '01_cold',
    'poll',
    'poll()',
    'poll(2)',
    '_run_once()',
    'asyncio/events.py',
    '[Errno 9] Bad file',
    'co_await boil()',
    'const Pot& pot',
    'for',
    '>=',
    '3',
    '0.5',
    '[&]',
    'true',
    'the water boils',
    'took 0.100 seconds',
    'the ... took',
    'void boil(int degrees)',
    '#include <cstdio>',
    'Makes tea',
    '-X dev',
    '--seed',
    '--fast',
    './workbook check 1',
    './workbook check --hard 1',
    './workbook check --quiet 1',
    'boil(_run_once())',
    '...',
  ]) {
    assert.equal(nameProblem(known, text), null, text);
  }
});

test('names that do not exist', (t) => {
  const known = repository(t);
  for (const [text, pattern] of [
    ['boyl()', /no source has boyl: fix it, or, .* add it to book\/tools\/names.txt/],
    ['degrees()', /no source has a function degrees\(\)/],
    ['pour_in()', /no source has pour_in/],
    ['Kettle', /no source has Kettle/],
    ['brewing_time', /no source has brewing_time/],
    ['Pot::weight_', /no source that has Pot has weight_/],
    ['std::map<Pot>', /no source has map/],
    ['tea.hpp', /there is no file tea.hpp/],
    ['chapters/02_pot/pot.cpp', /there is no file/],
    ['asyncio/tasks.py', /there is no file/],
    ['--milk', /no program has the option --milk/],
    ['-m', /no program has the option -m/],
    ['./workbook brew', /no command brew: it has run, check/],
    ['./workbook run 2', /knows no chapter 2/],
    ['./workbook run 1 --milk', /01_kettle has no option --milk/],
    ['./workbook run --hard 1', /run has no option --hard/],
    ['./workbook run --milk 1', /run has no option --milk/],
    ['./workbook run --milk', /run has no option --milk/],
    ['./workbook check pour_fast', /there is no exercise pour_fast/],
    ['02_pot', /there is no program 02_pot/],
    ['01_kettle --milk', /01_kettle has no option --milk/],
    ['KETTLE_DEBUG', /no source has KETTLE_DEBUG/],
    ['took 0.200 seconds', /printed in no transcript/],
    ['the water cooks', /printed in no transcript/],
    ['tea ... took ... the', /printed in no transcript/],
    ['water boil', /printed in no transcript/],
  ]) {
    assert.match(nameProblem(known, text) ?? 'nothing', pattern, text);
  }
});

test('a problem has its page and line; links and tables count too', (t) => {
  const book = new SampleBook(t);
  const line = book.add('Fine.\n[`nowhere()`](README.md)\n\n| a |\n|---|\n| `int \\| boyl` |');
  const problems = book.check();
  assert.deepEqual(
    problems.map((one) => one.split(': no')[0]),
    [`${PAGE}:${line + 1}`, `${PAGE}:${line + 5}`],
  );
  assert.match(problems[1], /no source has boyl/);
});

test('commands to type', (t) => {
  const book = new SampleBook(t);
  const line = book.add(
    [
      '```sh',
      './workbook run 1 # comment --milk',
      'KETTLE=1 ./workbook \\',
      '  run 1 --milk && brew --fast | ./workbook rum',
      'build/bin/01_kettle --milk; strtol book/python/milk.py',
      '```',
    ].join('\n'),
  );
  assert.deepEqual(
    book.check('01_kettle.md').map((one) => one.replace(/: fix.*|: it has.*/, '')),
    [
      `${PAGE}:${line + 3}: no source has KETTLE`,
      `${PAGE}:${line + 3}: there is no command brew`,
      `${PAGE}:${line + 3}: ./workbook has no command rum`,
      `${PAGE}:${line + 4}: 01_kettle has no option --milk`,
      `${PAGE}:${line + 4}: there is no file book/python/milk.py`,
    ],
  );
});

test('variables before a command, and alone', (t) => {
  const book = new SampleBook(t);
  book.write('chapters/01_kettle/heat.hpp', 'getenv("TEA_HEAT");');
  book.add('```sh\nTEA_HEAT=2 ./workbook run 1\nTEA_HEAT=2\n```');
  assert.deepEqual(book.check(), []);
});

test('the list of outside names is honest', (t) => {
  const book = new SampleBook(t);
  book.write('book/tools/names.txt', '# C++\nstrtol()\nstrtod()\nread(2)\nstrtol\n');
  book.add('A [link to strtod()](README.md) is no code.');
  assert.deepEqual(book.check(), [
    'book/tools/names.txt:3: no page uses strtod(): take it out',
    'book/tools/names.txt:4: the sources have read(2) themselves: take it out',
    'book/tools/names.txt:5: strtol is here twice: take one out',
  ]);
  assert.deepEqual(book.check('01_kettle.md'), []);
});

test('comments go, and what looks like one in a text stays', () => {
  assert.equal(
    withoutCppComments('a("//b"); // c\n/* d\ne */f(\'"\'); // "g'),
    'a("//b");  \n f(\'"\');  ',
  );
  assert.equal(withoutCppComments('R"x(// "a" )x" 1\'000 // b'), 'R"x(// "a" )x" 1\'000  ');
});
