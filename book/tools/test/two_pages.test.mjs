// A chapter with two pages: the climb in steps, and the piece.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SampleBook } from './sample_book.mjs';

const CLIMB = 'book/01_kettle.md';
const PIECE = 'book/01_kettle_piece.md';

const PIECE_OPENING = `# 1. The kettle: the real one

## From ours to the real one

| It has | Ours |
|---|---|
| a lid | – |

Minutes: 5 to read, 0 to do.

> [!TIP]
> *Predict:* what does the lid do?

`;

const step = (heading, minutes) => `title = Some tea
minutes = ${minutes}
heading = ${heading}
`;

const exercise = (heading) => `chapter = 1
title = Pour slowly
minutes = 20
points = 4
hint1 = What flows?
hint2 = Look.
hint3 = Pour.
heading = ${heading}
`;

// The sample chapter, cut in two above "Milk".
function makeBook(t) {
  const book = new SampleBook(t);
  const text = book.read();
  const cut = text.indexOf('## Milk');
  book.write(PIECE, PIECE_OPENING + text.slice(cut));
  book.write(
    CLIMB,
    text
      .slice(0, cut)
      .replace('## Water', '## Step 1: water')
      .replace('(#water)', '(#step-1-water)')
      .replace('## Tea', '## Step 2: tea')
      .replace('Minutes: 5.', 'Minutes: 5 to read, 15 to do.'),
  );
  book.replace('"01_kettle.md"', '"01_kettle.md", "01_kettle_piece.md"', 'book/book.json');
  book.write('tests/steps/01_kettle/1_water/1_water.ini', step('Step 1: water', 5));
  book.write('tests/steps/01_kettle/2_tea/2_tea.ini', step('Step 2: tea', 10));
  book.sync();
  return book;
}

test('a chapter may have two pages', (t) => {
  assert.deepEqual(makeBook(t).check(), []);
});

test('a climb has a section for each step, in order', (t) => {
  const book = makeBook(t);
  book.replace('## Step 2: tea', '## Step 2: coffee');
  const [first, ...rest] = book.check();
  assert.deepEqual(rest, []);
  assert.match(first, /^book\/01_kettle.md:\d+: part 2 of the climb is "## Step 2: tea", as tests/);
  book.replace('## Step 2: coffee', '## Step 2: tea\n\n## Step 3: cups');
  assert.match(book.check().join('\n'), /"## Step 3: cups" has no files/);
});

test('the minutes to do are those of the steps and exercises', (t) => {
  const book = makeBook(t);
  book.replace('15 to do', '16 to do');
  assert.match(book.check().join('\n'), /^book\/01_kettle.md:\d+: the opening lacks .* 15 to do"$/);
});

test('the page of the piece opens with a table', (t) => {
  const book = makeBook(t);
  book.replace('| It has | Ours |\n|---|---|\n| a lid | – |\n\n', '', PIECE);
  assert.match(book.check().join('\n'), /^book\/01_kettle_piece.md:1: the page opens with a table/);
  book.replace('## From ours', '## Hours', PIECE);
  assert.match(book.check().join('\n'), /the first part of this page is "## From ours to the real/);
});

test('an exercise is on the page with its heading', (t) => {
  const book = makeBook(t);
  const manifest = 'tests/exercises/pour_slowly/pour_slowly.ini';
  book.write('chapters/01_kettle/exercises/pour_slowly.cpp', 'int pour();\n');
  book.write('chapters/01_kettle/exercises/pour_slowly.hpp', '// Water. This file is the contract\n');
  book.write(manifest, exercise('Sugar'));
  book.replace('0 to do', '20 to do', PIECE);
  assert.deepEqual(book.sync().updated, [PIECE]);
  assert.deepEqual(book.check(), []);

  book.write(manifest, exercise('Step 2: tea'));
  book.replace('20 to do', '0 to do', PIECE);
  assert.match(book.check().join('\n'), /the opening lacks .* 35 to do"\n.*lacks <!-- exercises:beg/);
  book.replace('15 to do', '35 to do');
  const part = '## Exercises\n\n<!-- exercises:begin 01_kettle -->\n<!-- exercises:end -->\n';
  book.write(CLIMB, `${book.read()}\n${part}`);
  assert.deepEqual(book.sync().updated, [CLIMB, PIECE]);
  assert.deepEqual(book.check(), []);
});

test('a term of the climb is known on the page of the piece', (t) => {
  const book = makeBook(t);
  book.replace('Each pot is full.', 'A **spout** is where tea leaves a pot.', PIECE);
  book.sync('glossary.md');
  assert.deepEqual(book.check(), []);
  book.replace('makes a system call', 'makes, with a spout, a system call', CLIMB);
  assert.match(book.check().join('\n'), /^book\/01_kettle.md:\d+: "spout" is used before book\/01_k/);
});

test('what the climb explains, the page of the piece may show', (t) => {
  const book = makeBook(t);
  book.replace('| gaps | 2 |', '| gaps | 1 |', 'book/concepts.md');
  const listing = '```cpp file=chapters/01_kettle/kettle.cpp region=later\n```\n\n';
  book.replace('Each pot is full.', `${listing}Each pot is full.`, PIECE);
  book.sync();
  assert.match(book.check().join('\n'), /^book\/01_kettle_piece.md:\d+: this listing uses "gaps"/);
  book.replace('makes a system call', 'makes, without gaps, a system call', CLIMB);
  assert.deepEqual(book.check(), []);
});
