// The report counts what it says it counts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBook, parsePage } from '../pages.mjs';
import { measure, report } from '../report.mjs';
import { SampleBook } from './sample_book.mjs';

const PAGE = parsePage(
  '01_kettle.md',
  `# Tea

One two three. It is just \`four words\` [or so](a.md).

\`\`\`cpp
a
b
\`\`\`

<details><summary>Not counted</summary>

Folded words, of course.

</details>

A **pot** is a thing. Simply so.

\`\`\`console
$ tea
\`\`\`

<!-- exercises:begin 01_kettle -->

Not counted either.

<!-- exercises:end -->

* an item

> [!TIP]
> *Predict:* what?

## Check yourself

<details><summary>Why?</summary>

Because.

</details>
`,
);

test('the measures of a page', () => {
  const found = measure(PAGE);
  // Tea; 3 + 7; 5 + 2; an item; Predict what; Check yourself
  assert.equal(found.words, 1 + 3 + 7 + 5 + 2 + 2 + 2 + 2);
  assert.equal(found.folded, 4 + 1);
  assert.equal(found.listings, 1);
  assert.equal(found.longest, 2);
  assert.equal(found.transcripts, 1);
  assert.equal(found.predict, 1);
  assert.equal(found.questions, 1);
  assert.equal(found.terms, 1);
  assert.equal(found.stretch, 12);
  assert.deepEqual(found.longestStretch, { line: 1, words: 11 });
});

test('sentences: the mean and the longest, with their lines', () => {
  const { sentence, longestSentences } = measure(PAGE);
  // 3, 7, 4 (folded), 5, 2, 2, 1 (folded)
  assert.equal(sentence, (3 + 7 + 4 + 5 + 2 + 2 + 1) / 7);
  assert.deepEqual(
    longestSentences.map(({ words, line }) => [words, line]),
    [
      [7, 3],
      [5, 16],
      [4, 12],
    ],
  );
});

test('weasel words are found with their lines, and only as words', () => {
  assert.deepEqual(measure(PAGE).weasels, [
    { word: 'just', line: 3 },
    { word: 'of course', line: 12 },
    { word: 'simply', line: 16 },
  ]);
  assert.deepEqual(measure(parsePage('a.md', 'Adjust a just-made thing.\n')).weasels, []);
});

test('the table marks what misses its aim', (t) => {
  const text = report(openBook(new SampleBook(t).root));
  assert.match(text, /^chapter +words +folded/);
  assert.match(text, /^01_kettle.md +\d+\* /m);
  assert.match(text, /longest sentences:\n {2}\d+ words, line \d+: /);
});

test('an empty page is measured, too', () => {
  assert.equal(measure(parsePage('01_a.md', '')).words, 0);
});
