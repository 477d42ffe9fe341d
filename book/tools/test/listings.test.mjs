// Fences: what sync writes into them, and what check says about them.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { SampleBook } from './sample_book.mjs';

const PAGE = 'book/01_kettle.md';

// Adds the text to the sample book; the one problem must be at its first line,
// or so many lines below.
function expectProblem(t, text, pattern, below = 0) {
  const book = new SampleBook(t);
  const line = book.add(text);
  expectOnly(book, `${PAGE}:${line + below}: `, pattern);
}

function expectOnly(book, start, pattern) {
  const problems = book.check();
  assert.equal(problems.length, 1, problems.join('\n'));
  assert.ok(problems[0].startsWith(start), `${problems[0]} is not at ${start}`);
  assert.match(problems[0], pattern);
}

test('a book without a mistake has no problem', (t) => {
  assert.deepEqual(new SampleBook(t).check(), []);
});

test('sync fills a region, un-indented and without the marks of other regions', (t) => {
  const book = new SampleBook(t);
  assert.ok(
    book
      .read()
      .includes(
        [
          '```cpp file=chapters/01_kettle/kettle.cpp region=boil',
          '// Boils the water.',
          'void boil(int degrees) {',
          '',
          '  std::puts("the water boils");',
          '',
          '  ::read(0, nullptr, 0);',
          '}',
          '```',
        ].join('\n'),
      ),
    book.read(),
  );
});

test('sync fills a region of Python', (t) => {
  assert.ok(new SampleBook(t).read().includes('region=tea\nprint("tea")\n```'));
});

test('an excerpt keeps the command, and has dots for what is left out', (t) => {
  const book = new SampleBook(t);
  assert.ok(
    book.read().includes('to="boils"\n$ 01_kettle\n...\nthe water boils\n...\n```'),
    book.read(),
  );
});

test('an excerpt from the start or to the end has dots on the other side alone', (t) => {
  const book = new SampleBook(t);
  book.add(
    '```console file=chapters/01_kettle/expected/tea.txt to="cold"\n```\n\n' +
      '```console file=chapters/01_kettle/expected/tea.txt from="is warm"\n```',
  );
  book.sync();
  assert.ok(book.read().includes('to="cold"\n$ 01_kettle\nthe pot is cold\n...\n```'));
  assert.ok(
    book
      .read()
      .includes(
        'from="is warm"\n$ 01_kettle\n...\nthe pot is warm\nthe tea took 0.100 seconds\n```',
      ),
  );
  assert.deepEqual(book.check(), []);
});

test('a transcript that goes on gets no dots of ours beside its own', (t) => {
  const book = new SampleBook(t);
  book.write('book/traps/01_cold.txt', '$ 01_cold\nERROR: cold\n...\n(exit status 1)\n');
  book.replace('book/traps/01_cold.txt', 'book/traps/01_cold.txt to="..."');
  book.sync();
  assert.ok(book.read().includes('to="..."\n$ 01_cold\nERROR: cold\n...\n```'));
});

test('sync says what it changed, and changes nothing twice', (t) => {
  const book = new SampleBook(t);
  book.replace('the water boils', 'the water cooks', 'chapters/01_kettle/kettle.cpp');
  assert.deepEqual(book.sync().updated, [PAGE]);
  assert.deepEqual(book.sync().updated, []);
});

test('sync of one page leaves the others alone', (t) => {
  const book = new SampleBook(t);
  book.replace('print("tea")', 'print("coffee")', 'book/python/tea.py');
  book.replace('A **pot** is a thing that', 'A **pot** is what');
  assert.deepEqual(book.sync('README.md').updated, []);
  assert.throws(() => book.sync('none.md'), /no page book\/none.md/);
});

test('sync fills the rest of a page when one fence cannot be filled', (t) => {
  const book = new SampleBook(t);
  const line = book.add('```cpp file=chapters/01_kettle/kettle.cpp region=none\nold\n```');
  book.replace('the water boils', 'the water cooks', 'chapters/01_kettle/kettle.cpp');
  const { problems } = book.sync();
  assert.equal(problems.length, 1);
  assert.equal(problems[0].line, line);
  assert.match(book.read(), /region=none\nold\n```/);
  assert.match(book.read(), /std::puts\("the water cooks"\)/);
});

test('an indented fence stays indented', (t) => {
  const book = new SampleBook(t);
  book.add('* An item:\n\n  ```python file=book/python/tea.py region=tea\n  ```');
  book.sync();
  assert.match(book.read(), /region=tea\n {2}print\("tea"\)\n {2}```/);
  assert.deepEqual(book.check(), []);
});

test('drift of one character is found in its line', (t) => {
  const book = new SampleBook(t);
  book.replace('std::puts("the water boils")', 'std::puts("the water boilt")');
  expectOnly(book, `${PAGE}:${book.lineOf('boilt')}: `, /not what chapters.*sync 01_kettle.md/);
});

test('a white space more, a line more and a line less are drift', (t) => {
  for (const [from, to] of [
    ['  ::read(0, nullptr, 0);', '  ::read(0, nullptr, 0); '],
    ['  ::read(0, nullptr, 0);', '  ::read(0, nullptr, 0);\n'],
    ['  ::read(0, nullptr, 0);\n', ''],
    ['the pot is cold\nthe water', 'the water'],
  ]) {
    const book = new SampleBook(t);
    book.replace(from, to);
    expectOnly(book, PAGE, /not what chapters/);
  }
});

test('missing sources', (t) => {
  const source = 'chapters/01_kettle/kettle.cpp';
  expectProblem(
    t,
    '```cpp file=chapters/01_kettle/pot.cpp region=x\n```',
    /there is no file chapters\/01_kettle\/pot.cpp/,
  );
  expectProblem(
    t,
    `\`\`\`cpp file=${source} region=brew\n\`\`\``,
    /no region brew: it has boil, inside, later/,
  );
  expectProblem(
    t,
    '```cpp file=book/traps/01_cold.cpp region=brew\n```',
    /nor any other: mark one/,
  );
  expectProblem(t, '```cpp\nint x;\n```', /cpp needs file=/);
  expectProblem(t, '```cpp file=book/python/tea.py\n```', /no source of cpp/);
  expectProblem(t, '```console\n$ date\n```', /console needs file=/);
  expectProblem(t, '```console file=README.md\n```', /no source of console/);
  expectProblem(t, '```python\nprint(1)\n```', /python needs file=/);
});

test('marks that do not fit together', (t) => {
  const cases = [
    ['  // #endregion later', '', /lacks its other mark/],
    ['  // #region later\n', '', /lacks its other mark/],
    [
      '  // #region later\n',
      '  // #region later\n  // #region later\n',
      /twice in .*, lines 18 and 19/,
    ],
  ];
  for (const [from, to, pattern] of cases) {
    const book = new SampleBook(t);
    book.replace(from, to, 'chapters/01_kettle/kettle.cpp');
    const line = book.add('```cpp file=chapters/01_kettle/kettle.cpp region=later\n```');
    expectOnly(book, `${PAGE}:${line}: `, pattern);
  }
});

test('an empty region', (t) => {
  const book = new SampleBook(t);
  book.write('book/traps/01_cold.cpp', '// #region none\n\n// #endregion none\nint main() {}\n');
  const line = book.lineOf('file=book/traps/01_cold.cpp');
  book.replace('01_cold.cpp\n', '01_cold.cpp region=none\n');
  expectOnly(book, `${PAGE}:${line}: `, /region none .* is empty/);
});

test('words that a transcript has not, or not in this order', (t) => {
  const fence = '```console file=chapters/01_kettle/expected/tea.txt';
  expectProblem(t, `${fence} from="coffee"\n\`\`\``, /no line with from="coffee"/);
  expectProblem(
    t,
    `${fence} from="warm" to="cold"\n\`\`\``,
    /no line with to="cold" at or after line 4/,
  );
  expectProblem(t, `${fence} from="01_kettle"\n\`\`\``, /no line with from="01_kettle"/);
});

test('a transcript without its command', (t) => {
  const book = new SampleBook(t);
  book.write('book/traps/01_cold.txt', 'cold\n');
  expectOnly(book, PAGE, /does not begin with a line "\$ command"/);
});

test('listings that are too long or too wide', (t) => {
  const long = Array.from({ length: 16 }, (_, i) => `int x${i};`).join('\n');
  const book = new SampleBook(t);
  book.write('book/traps/01_cold.cpp', `${long}\n`);
  book.sync();
  expectOnly(
    book,
    `${PAGE}:${book.lineOf('file=book/traps/01_cold.cpp')}: `,
    /16 lines, and may have 15/,
  );

  const wide = new SampleBook(t);
  wide.write('book/traps/01_cold.cpp', `int x;\nint ${'y'.repeat(76)};\n`);
  wide.sync();
  expectOnly(wide, `${PAGE}:${wide.lineOf('yyy')}: `, /81 columns, and may have 80/);
  wide.write('book/traps/01_cold.cpp', `int x;\nint ${'y'.repeat(75)};\n`);
  wide.sync();
  assert.deepEqual(wide.check(), []);
});

test('transcripts may be long and wide', (t) => {
  const book = new SampleBook(t);
  book.write('book/traps/01_cold.txt', `$ 01_cold\n${`${'cold '.repeat(20)}\n`.repeat(20)}`);
  book.sync();
  assert.deepEqual(book.check(), []);
});

test('fences that are no fences of ours', (t) => {
  expectProblem(t, '```\ntext\n```', /has no language/);
  expectProblem(t, '```rust\nfn main() {}\n```', /no fence has the language rust/);
  expectProblem(t, '~~~cpp\nint x;\n~~~', /made of ```/);
  expectProblem(t, '> ```sh\n> ./workbook run\n> ```', /inside a quote/);
  expectProblem(
    t,
    '```cpp file=book/traps/01_cold.cpp lines=3\n```',
    /takes file, region, and no lines=/,
  );
  expectProblem(t, '```cpp file=book/traps/01_cold.cpp short\n```', /'short' is no attribute/);
  expectProblem(t, '```drawing\n───→\n```', /has no alt=/);
});

test('a fence without an end', (t) => {
  const book = new SampleBook(t);
  book.write('book/README.md', '# Tea\n\n```json\n{}\n');
  expectOnly(book, 'book/README.md:3: ', /has no end/);
});

test('with names, check looks at these pages alone', (t) => {
  const book = new SampleBook(t);
  book.write('book/README.md', '# Tea\n\n```\n```\n');
  assert.deepEqual(book.check('01_kettle.md'), []);
  assert.equal(book.check('README.md').length, 1);
});

test('the command: lines for the author, and an exit status', (t) => {
  const book = new SampleBook(t);
  const tools = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
  for (const name of fs.readdirSync(tools).filter((file) => file.endsWith('.mjs'))) {
    book.write(`book/tools/${name}`, fs.readFileSync(path.join(tools, name), 'utf8'));
  }
  const run = (...given) =>
    spawnSync(process.execPath, [path.join(book.root, 'book/tools/listings.mjs'), ...given], {
      encoding: 'utf8',
    });

  assert.equal(run('check').status, 0);
  const line = book.add('```\n```');
  const failed = run('check', 'book/01_kettle.md');
  assert.equal(failed.status, 1);
  assert.match(failed.stderr, new RegExp(`^${PAGE}:${line}: .*\\n1 problem\\n$`));
  book.replace('print("tea")', 'print("green tea")', 'book/python/tea.py');
  assert.equal(run('sync').stdout, `updated ${PAGE}\n`);
  assert.equal(run('frobnicate').status, 2);
  assert.match(run('check', 'none.md').stderr, /no page book\/none.md/);
});
