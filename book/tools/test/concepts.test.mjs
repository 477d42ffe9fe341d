// Concepts: nothing is used before its chapter, and that chapter speaks of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SampleBook } from './sample_book.mjs';

const PAGE = 'book/01_kettle.md';

function only(book, ...names) {
  const problems = book.check(...names);
  assert.equal(problems.length, 1, problems.join('\n'));
  return problems[0];
}

test("a listing with a later chapter's concept", (t) => {
  const book = new SampleBook(t);
  const line = book.add('```cpp file=chapters/01_kettle/kettle.cpp region=later\n```');
  book.sync();
  assert.match(
    only(book),
    new RegExp(
      `^${PAGE}:${line + 1}: this listing uses "gaps", ` +
        'which chapter 2 introduces \\(book/tools/concepts.md:6\\)',
    ),
  );
});

test('comments and texts of a listing use nothing', (t) => {
  const book = new SampleBook(t);
  book.write('book/traps/01_cold.cpp', 'f("std::optional");  // std::optional\n');
  book.write('book/traps/01_cold.txt', '$ 01_cold\nstd::optional\n');
  book.sync();
  assert.deepEqual(book.check(), []);
});

test("an exercise with a later chapter's concept", (t) => {
  const book = new SampleBook(t);
  book.write('chapters/01_kettle/exercises/pour.cpp', '// TODO\nstd::optional<int> pour();\n');
  assert.match(
    only(book),
    /^chapters\/01_kettle\/exercises\/pour.cpp:2: this exercise uses "gaps", .*chapter 2/,
  );
});

test('a concept of which the text is silent', (t) => {
  const book = new SampleBook(t);
  book.replace('makes a system call, see', 'see');
  const line = book.lineOf('region=boil');
  assert.match(
    only(book),
    new RegExp(
      `^${PAGE}:${line}: this listing uses "the kernel", ` +
        'and the text does not say "system call"',
    ),
  );
});

test('a concept of which the text speaks too late', (t) => {
  const book = new SampleBook(t);
  book.replace('makes a system call, see', 'see');
  book.replace('Each pot is full.', 'Each pot is full of system calls.');
  assert.match(only(book), /by the end of its section/);
});

test('a concept that another chapter shows first', (t) => {
  const book = new SampleBook(t);
  const listing = '```cpp file=chapters/01_kettle/kettle.cpp region=later\n```';
  book.write('book/02_pot.md', `# 2. Pot\n\n## Gaps\n\n${listing}\n`);
  book.write('book/03_lid.md', `# 3. Lid\n\n## Lids\n\n${listing}\n`);
  book.sync();
  const problems = () => book.check().filter((one) => one.includes('gaps'));
  assert.match(
    problems()[0],
    /^book\/02_pot.md:5: this listing uses "gaps", .* does not say "gaps"/,
  );
  book.write('book/02_pot.md', '# 2. Pot\n');
  assert.match(
    problems()[0],
    /^book\/02_pot.md:1: .* say "gaps": .* chapter 3 .*book\/03_lid.md:5/,
  );
  book.write('book/02_pot.md', '# 2. Pot\n\nMind the gap, or gaps.\n');
  assert.deepEqual(problems(), []);
});

test('the table itself', (t) => {
  const cases = [
    [
      '| gaps | 2 | `std::optional` | |',
      '| gaps | 2 | `std::(optional` | |',
      /recognised by nothing/,
    ],
    ['| gaps | 2 | `std::optional` | |', '| gaps | 2 | `std::span` | |', /recognised nowhere/],
    ['| gaps | 2 |', '| the kernel | 2 |', /is in the table twice/],
    ['| gaps | 2 |', '| gaps | 0 |', /sort the table/],
  ];
  for (const [from, to, pattern] of cases) {
    const book = new SampleBook(t);
    book.replace(from, to, 'book/tools/concepts.md');
    const problem = only(book);
    assert.match(problem, /^book\/tools\/concepts.md:6: /);
    assert.match(problem, pattern);
  }
});
