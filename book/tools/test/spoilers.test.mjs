// Predict boxes: what a transcript above has shown is no question.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SampleBook } from './sample_book.mjs';

const PAGE = 'book/01_kettle.md';
const ANSWER = '```console file=chapters/01_kettle/expected/tea.txt again=1\n';

// The sample with another transcript on a page, below the line `words`.
function showing(t, output, page = PAGE, words = 'see [the water](#water).') {
  const book = new SampleBook(t);
  book.write('chapters/01_kettle/expected/other.txt', `$ 01_kettle --other\n${output}\n`);
  const fence = '```console file=chapters/01_kettle/expected/other.txt\n```';
  book.replace(words, `${words}\n\n${fence}`, page);
  book.sync();
  return book;
}

function expectOnly(book, line, pattern) {
  const problems = book.check();
  assert.equal(problems.length, 1, problems.join('\n'));
  assert.ok(problems[0].startsWith(`${PAGE}:${line}: `), `${problems[0]} is not at ${line}`);
  assert.match(problems[0], pattern);
}

// The line of the answer's fence, and in it that of `text`.
function answerLine(book, text = '```console') {
  const lines = book.read().split('\n');
  const begin = lines.indexOf('<details><summary>The run</summary>');
  return lines.findIndex((line, i) => i > begin && line.startsWith(text)) + 1;
}

test('a line of an answer that is above its box, on the page or on one before it', (t) => {
  for (const [page, words] of [
    [PAGE, 'see [the water](#water).'],
    ['book/README.md', 'See [the chapter](01_kettle.md).'],
  ]) {
    const book = showing(t, 'the pot is warm', page, words);
    expectOnly(book, answerLine(book), /again=1, but 2 of these lines were shown before/);
    const shown = new RegExp(`shown before: .*${page}:\\d+`);
    assert.match(book.check()[0], shown);
    book.replace(ANSWER, ANSWER.replace('again=1', 'again=2'));
    assert.deepEqual(book.check(), []);
  }
});

test('without again= each line is told, with its place above', (t) => {
  const book = new SampleBook(t);
  book.replace(ANSWER, ANSWER.replace(' again=1', ''));
  const above = book.lineOf('the water boils');
  const line = answerLine(book, 'the water boils');
  expectOnly(book, line, new RegExp(`01_kettle.md:${above} shows this line .* again=1 in the fence`));
});

test('what is below a box, or on a later page, spoils nothing', (t) => {
  const below = showing(t, 'the pot is warm', PAGE, 'Each pot is full.');
  assert.deepEqual(below.check(), []);
});

test('lines that tell nothing', (t) => {
  const book = new SampleBook(t);
  const endings = ['(exit status 3)', '(killed by signal 11)', '...', ''];
  const output = endings.map((ending) => `(here) ${ending}`).join('\n');
  book.write('chapters/01_kettle/expected/tea.txt', `$ 01_kettle\nthe water boils\n${endings.join('\n')}\nwarm`);
  book.write('chapters/01_kettle/expected/other.txt', `$ 01_kettle\n${output}\n${endings.join('\n')}\n---`);
  book.replace(
    'see [the water](#water).',
    'see [the water](#water).\n\n```console file=chapters/01_kettle/expected/other.txt\n```',
  );
  book.sync();
  assert.deepEqual(book.check(), []);
});

test('again= that is wrong, or needless', (t) => {
  const many = new SampleBook(t);
  many.replace(ANSWER, ANSWER.replace('again=1', 'again=3'));
  expectOnly(many, answerLine(many), /again=3, but 1 of these lines were shown before/);
  const trap = new SampleBook(t);
  trap.replace('file=book/traps/01_cold.txt', 'file=book/traps/01_cold.txt again=1');
  expectOnly(trap, trap.lineOf('01_cold.txt'), /belongs to the answer of a Predict box/);
});

test('a box without an answer', (t) => {
  const book = new SampleBook(t);
  book.replace('<details><summary>The answer</summary>\n\nThe sugar.\n\n</details>\n', '');
  expectOnly(book, book.lineOf('what comes last'), /this Predict box has no answer/);
});
