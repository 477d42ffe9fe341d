// The exercises' part of a chapter comes from the manifests.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPage } from '../pages.mjs';
import { measure } from '../report.mjs';
import { SampleBook } from './sample_book.mjs';

const PAGE = 'book/01_kettle.md';

const MANIFEST = `# What the grader reads.
chapter = 1
title = Pour slowly
minutes = 20
points = 4
hint1 = What flows out of flow_out(), and into cup_?
hint2 = Look at \`boil()\`.   # not shown
hint3 = Pour, wait, pour.
heading = Water
`;

function makeBook(t) {
  const book = new SampleBook(t);
  book.write('tests/exercises/pour_slowly/exercise.ini', MANIFEST);
  book.write('chapters/01_kettle/exercises/pour_slowly.cpp', 'int pour() { throw std::runtime_error("empty"); }\n');
  book.write('chapters/01_kettle/exercises/pour_slowly.hpp', `// Pour slowly: water, drop
// by drop. This file is the contract: do not edit it.
#pragma once

namespace exercises {

// No can holds more.
inline constexpr int kMost(3);

// A can with a
// long spout.
class Can {
 public:
  // Holds less than a bath.
  explicit Can(int litres) : litres_(litres) {}
  // Called when it is empty.
  std::function<void()> refill;

  // You write these two.
  //
  // Never more than one drop:
  //
  //   drop 1 at 5 ms
  //
  // * Throws std::runtime_error
  //   when the can is empty.
  // * Stops at the rim <of the cup>.
  int pour(std::chrono::milliseconds
               pause);
  int pour_all();

 protected:
  int litres_;
  // Nothing else calls this.
  void drip();
};

// What is poured.
struct Water {
  // None or more.
  int drops = 0;
};

// You write this, too. Empties it.
void empty(Can& can);

}  // namespace exercises
`);
  return book;
}

test('sync writes an exercise', (t) => {
  const book = makeBook(t);
  assert.deepEqual(book.sync().updated, [PAGE]);
  const file = 'chapters/01_kettle/exercises/pour_slowly.cpp';
  const contract = 'chapters/01_kettle/exercises/pour_slowly.hpp';
  assert.ok(
    book.read().includes(`<!-- exercises:begin 01_kettle -->

### Pour slowly

\`pour_slowly\` · 20 minutes · 4 points · read [Water](#water) · write [${file}](../${file}) · [the contract](../${contract}) as code

Water, drop by drop.

A can with a long spout.

\`explicit Can(int litres)\` (given): Holds less than a bath.

\`std::function<void()> refill\` (given): Called when it is empty.

\`int pour(std::chrono::milliseconds pause)\`, \`int pour_all()\`: Never more than one drop:

\`\`\`text
drop 1 at 5 ms
\`\`\`

* Throws \`std::runtime_error\` when the can is empty.
* Stops at the rim \\<of the cup>.

\`void empty(Can& can)\`: Empties it.

\`\`\`sh
./workbook check pour_slowly
\`\`\`

<details><summary>Hint 1</summary>

What flows out of \`flow_out()\`, and into \`cup_\`?

</details>

<details><summary>Hint 2</summary>

Look at \`boil()\`.

</details>

<details><summary>Hint 3</summary>

Pour, wait, pour.

</details>

<!-- exercises:end -->
`),
    book.read(),
  );
  assert.deepEqual(book.check(), []);
  assert.deepEqual(book.sync().updated, []);
});

test('a case may have a heading of its own', (t) => {
  const book = makeBook(t);
  const withCase = (heading) =>
    book.write(
      'tests/exercises/pour_slowly/exercise.ini',
      `${MANIFEST}\n[dry]\ntitle = t\npoints = 4\nwhy = w\nheading = ${heading}\n`,
    );
  withCase('Exercises');
  book.sync();
  assert.ok(
    book.read().includes('read [Water](#water) and [Exercises](#exercises) ·'),
    book.read(),
  );
  withCase('Nowhere');
  book.sync();
  const problems = book.check();
  assert.equal(problems.length, 1);
  assert.match(problems[0], /exercise\.ini:15: .*has no heading "Nowhere"/);
});

test('the shortest comes first, unless the manifests say otherwise', (t) => {
  const book = makeBook(t);
  const other = (more) =>
    MANIFEST.replace('Pour slowly', 'Boil')
      .replace('20', '10')
      .replace('chapter = 1', 'chapter = 01_kettle') + more;
  book.write('tests/exercises/boil_it/exercise.ini', other(''));
  book.sync();
  assert.ok(book.lineOf('### Boil') < book.lineOf('### Pour'));
  book.write('tests/exercises/boil_it/exercise.ini', other('order = 30\n'));
  book.sync();
  assert.ok(book.lineOf('### Boil') > book.lineOf('### Pour'));
});

test('what is no manifest is left alone, and a section has keys of its own', (t) => {
  const book = makeBook(t);
  book.write('tests/exercises/README.md', 'title = none\n');
  book.write('tests/exercises/pour_slowly/probe.cpp', 'chapter = 1\ntitle = none\n');
  book.write('tests/exercises/pour_slowly/exercise.ini', `${MANIFEST}[limits]\nminutes = 99\n`);
  book.sync();
  assert.match(book.read(), /· 20 minutes ·/);
  assert.doesNotMatch(book.read(), /none/);
});

test('sync takes away what no manifest has', (t) => {
  const book = makeBook(t);
  const before = book.read();
  book.sync();
  book.remove('tests/exercises/pour_slowly/exercise.ini');
  book.sync();
  assert.equal(book.read(), before);
});

test('a chapter that is behind its manifests', (t) => {
  const book = makeBook(t);
  const line = book.lineOf('exercises:begin');
  assert.match(
    book.check()[0],
    new RegExp(`^${PAGE}:${line}: the exercises are not what .*sync 01_kettle.md`),
  );
  book.sync();
  book.replace('What flows', 'What runs', PAGE);
  assert.match(book.check()[0], /the exercises are not what their manifests say/);
});

test('a manifest that lacks a key, or leads to no heading', (t) => {
  const book = makeBook(t);
  book.replace('heading = Water', 'heading = Waters', 'tests/exercises/pour_slowly/exercise.ini');
  book.replace('hint3 = Pour, wait, pour.\n', '', 'tests/exercises/pour_slowly/exercise.ini');
  book.sync();
  assert.deepEqual(book.check(), [
    'tests/exercises/pour_slowly/exercise.ini:1: the manifest lacks its key hint3',
    'tests/exercises/pour_slowly/exercise.ini:8: book/01_kettle.md has no heading "Waters"',
  ]);
});

test('a manifest of no chapter', (t) => {
  const book = makeBook(t);
  book.replace('chapter = 1', 'chapter = 9', 'tests/exercises/pour_slowly/exercise.ini');
  assert.deepEqual(book.check(), [
    'tests/exercises/pour_slowly/exercise.ini:2: no page is of chapter 9: fix the key chapter',
  ]);
});

test('the words of an exercise are not measured', (t) => {
  const book = makeBook(t);
  const words = () => {
    const { words: open, folded } = measure(readPage(book.root, '01_kettle.md'));
    return [open, folded];
  };
  const before = words();
  assert.deepEqual(book.sync().updated, [PAGE]);
  assert.deepEqual(words(), before);
});
