// Terms: bold once, where they are defined, and not used before.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pattern } from '../terms.mjs';
import { SampleBook } from './sample_book.mjs';

const PAGE = 'book/01_kettle.md';

function only(book) {
  const problems = book.check().filter((one) => !one.includes('glossary.md:1'));
  assert.equal(problems.length, 1, problems.join('\n'));
  return problems[0];
}

function expectProblem(t, text, expected) {
  const book = new SampleBook(t);
  const line = book.add(text);
  const problem = only(book);
  assert.ok(problem.startsWith(`${PAGE}:${line}: `), problem);
  assert.match(problem, expected);
}

test('the glossary is made of the defining sentences', (t) => {
  const book = new SampleBook(t);
  assert.match(
    book.read('book/glossary.md'),
    /\* \*\*pot\*\* \(\[chapter 1\]\(01_kettle.md#water\)\): A pot is a thing that keeps tea .*\n$/,
  );
  book.add('Cold tea. **Afterglow** is what [a pot](#water) keeps for `two` hours. Warm tea.');
  assert.match(book.check().join('\n'), /book\/glossary.md:1: .*sync glossary.md/);
  assert.deepEqual(book.sync('glossary.md').updated, ['book/glossary.md']);
  assert.match(
    book.read('book/glossary.md'),
    /\*\*afterglow\*\* .*: Afterglow is what \[a pot\]\(#water\) keeps for `two` hours.\n\n.*pot/,
  );
});

test('of two definitions the glossary has the first', (t) => {
  const book = new SampleBook(t);
  book.add('A **pot** is another thing, too.');
  assert.deepEqual(book.sync().updated, []);
});

test('bold where no term is defined', (t) => {
  const book = new SampleBook(t);
  book.write('book/README.md', '# Tea\n\nThis is **important**.\n');
  assert.match(only(book), /^book\/README.md:3: "important" is bold: bold is for terms/);
});

test('definitions that are none', (t) => {
  expectProblem(
    t,
    'A **Pot** is what we had above, is it not.',
    /\*\*Pot\*\* is defined already in book\/01_kettle.md:28/,
  );
  expectProblem(t, '> A **lid** is what lies on a pot.', /no running text/);
  expectProblem(t, '### The **lid** is what lies on a pot.', /no running text/);
  expectProblem(t, 'It is a **lid** that lies on a pot.', /cannot stand alone/);
  expectProblem(t, 'We have a **lid**.', /cannot stand alone/);
  expectProblem(t, 'A **lid** is what lies on a pot:', /has no end/);
});

test('a definition in a folded text', (t) => {
  const book = new SampleBook(t);
  book.add('<details><summary>Q</summary>\n\nA **lid** is what lies on a pot.\n\n</details>');
  assert.match(only(book), /folded text: unfold it/);
});

test('a use before the definition', (t) => {
  const book = new SampleBook(t);
  const line = book.add('Some\nPots have lids.');
  book.replace('Each pot is full.', 'A **lid** is what lies on a pot.');
  assert.match(
    only(book),
    new RegExp(
      `^${PAGE}:${line + 1}: "lid" is used before ` +
        `${PAGE}:${book.lineOf('**lid**')} defines it`,
    ),
  );
});

test('the words before the outcomes are no outcome', (t) => {
  const book = new SampleBook(t);
  book.replace('After this chapter you can\n', 'After this chapter you can lift lids and\n');
  book.replace('Each pot is full.', 'A **lid** is what lies on a pot.');
  assert.match(only(book), /"lid" is used before/);
});

test('a use in an earlier chapter', (t) => {
  const book = new SampleBook(t);
  const line = book.add('A lid is missing.');
  book.write('book/02_pot.md', '# 2. Pot\n\nA **lid** is what lies on a pot.\n');
  const problems = book.check('01_kettle.md');
  assert.equal(problems.length, 1);
  assert.ok(problems[0].startsWith(`${PAGE}:${line}: "lid" is used before book/02_pot.md:3`));
});

test('what is no use: code, titles, outcomes, the question, the same paragraph', (t) => {
  const book = new SampleBook(t);
  book.replace('*Who is ready?*', '*Who has a lid?*');
  book.replace('* pour it.', '* lift a lid.');
  book.replace('## Milk', '## The lid');
  book.add('A `lid` in code, a lid-less pot, a solid. See [lid.hpp](README.md).');
  book.replace('`lid`', '`boil`');
  book.replace('Each pot is full.', 'We need a lid. A **lid** is what lies on a pot.');
  book.sync('glossary.md');
  assert.deepEqual(book.check(), []);
});

test('everyday words may be used before, and the list of them is honest', (t) => {
  const book = new SampleBook(t);
  book.add('A lid is missing.');
  book.replace('Each pot is full.', 'A **lid** is what lies on a pot.');
  book.sync('glossary.md');
  book.write('book/tools/everyday.txt', '# Words\nlid\n');
  assert.deepEqual(book.check(), []);
  book.write('book/tools/everyday.txt', '# Words\nlid\npot\n');
  assert.deepEqual(book.check(), [
    'book/tools/everyday.txt:3: "pot" is no term that is used before its definition: take it out',
  ]);
});

test('which words are the term', () => {
  const yes = {
    'event loop': ['an Event loop', 'event loops', 'event\nloop'],
    category: ['categories'],
    box: ['boxes'],
    level: ['(level)'],
  };
  const no = {
    'event loop': ['event looping', 'the EVENT loop'],
    level: ['level-triggered', 'LEVEL', 'level.hpp', 'sublevel'],
    key: ['kies'],
  };
  for (const [term, texts] of Object.entries(yes)) {
    texts.forEach((text) => assert.match(text, pattern(term)));
  }
  for (const [term, texts] of Object.entries(no)) {
    texts.forEach((text) => assert.doesNotMatch(text, pattern(term)));
  }
});
