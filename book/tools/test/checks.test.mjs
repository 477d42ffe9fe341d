// Pages: links, anchors, pictures, tags, a chapter's parts, book.json.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SampleBook } from './sample_book.mjs';

const PAGE = 'book/01_kettle.md';

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

// --- Links and pictures ------------------------------------------------------------

test('links that lead nowhere', (t) => {
  expectProblem(t, 'Words\nand [a link](02_pot.md).', /there is no book\/02_pot.md/, 1);
  expectProblem(
    t,
    '[a link](../chapters/01_kettle/pot.cpp)',
    /there is no chapters\/01_kettle\/pot.cpp/,
  );
  expectProblem(t, '[a link](#waters)', /no heading #waters/);
  expectProblem(
    t,
    '[a link](README.md#the-tea)',
    /README.md has no heading #the-tea: did you mean #tea\?/,
  );
  expectProblem(t, '[a link](../chapters/01_kettle/kettle.cpp#L3)', /#L3 cannot be checked/);
  expectProblem(t, '[a link](../../elsewhere)', /leads out of the project/);
  expectProblem(t, '[a link](/etc/passwd)', /leads out of the project/);
  expectProblem(t, '[a link](javascript:x)', /no address that a book can have/);
  expectProblem(t, '[a link][there]', /write the address of \[a link\] in the link/);
  expectProblem(t, '[](README.md)', /has no words/);
});

test('links that lead somewhere', (t) => {
  const book = new SampleBook(t);
  book.add(
    '[a](https://docs.python.org/3/#x), [b](../chapters/01_kettle), [c](#milk), ' +
      '[d](README.md#tea), [e](#the-trap-cold-water), `[boil](degrees)`',
  );
  assert.deepEqual(book.check(), []);
});

test('the second of two like headings has an anchor of its own', (t) => {
  const book = new SampleBook(t);
  book.add('### Note\n\n### Note\n\n[one](#note) [two](#note-1)');
  assert.deepEqual(book.check(), []);
  book.replace('(#note-1)', '(#note-2)');
  expectOnly(book, PAGE, /no heading #note-2/);
});

test('images need a file, a text and a page that shows them', (t) => {
  expectProblem(t, '![A pot](pot.svg)', /there is no book\/pot.svg/);
  const book = new SampleBook(t);
  book.write('book/pot.svg', '<svg/>');
  expectOnly(book, 'book/pot.svg:1: ', /no page shows it/);
  const line = book.add('![](pot.svg)');
  expectOnly(book, `${PAGE}:${line}: `, /the image pot.svg has no text/);
  book.write('book/cup.png', '');
  book.replace('![](pot.svg)', '![A pot](pot.svg)');
  expectOnly(book, 'book/cup.png:1: ', /no page shows it/);
  book.write('README.md', '![A cup](book/cup.png)\n');
  assert.deepEqual(book.check(), []);
});

test('the player shows the trace of a transcript', (t) => {
  const book = new SampleBook(t);
  book.write('chapters/01_kettle/expected/tea.trace.json', '[]');
  book.write('chapters/01_kettle/expected/milk.trace.json', '[]');
  book.add('[Watch](../chapters/01_kettle/expected/tea.trace.json "loop-player")');
  assert.deepEqual(book.check(), []);
  book.replace('tea.trace.json', 'milk.trace.json');
  expectOnly(book, PAGE, /has no transcript milk.txt beside it/);
  book.replace('../chapters/01_kettle/expected/milk.trace.json', 'README.md');
  expectOnly(book, PAGE, /the player shows .*, and not README.md/);
  book.replace('"loop-player"', '"player"');
  expectOnly(book, PAGE, /no title here but "loop-player"/);
  book.replace('"player"', '"trace-opener"');
  assert.deepEqual(book.check(), []);
});

// --- Tags ------------------------------------------------------------------------------

test('raw HTML', (t) => {
  expectProblem(t, 'some <b>words', /<b> is raw HTML/);
  expectProblem(t, 'a Future<T> of ours', /<T> is raw HTML/);
  expectProblem(
    t,
    '<details open><summary>Q</summary>\n\n</details>',
    /<details open> is raw HTML/,
  );
  expectProblem(t, '<details><summary>Q</summary>\n\nText', /<details> is never closed/);
  expectProblem(t, 'Text\n\n</details>', /closes nothing: <details> is missing/, 2);
  expectProblem(t, '<summary>Q</summary>\n\nText', /<summary> belongs inside <details>/);
  expectProblem(t, '<details><summary>Q</summary>\nText\n\n</details>', /empty line is missing/, 1);
  expectProblem(t, '<details>\n\nText\n\n</details>', /on one line/);
});

test('a block of code that no tool would see', (t) => {
  expectProblem(t, 'Text\n\n    int x;\n', /use a fence/, 2);
  const book = new SampleBook(t);
  book.add('* An item\n\n    and its second paragraph\n\nText\n    that goes on');
  assert.deepEqual(book.check(), []);
});

// --- A chapter's parts ---------------------------------------------------------------------

test('a missing part', (t) => {
  for (const part of [
    'The trap: cold water',
    'What CPython does',
    'Design note: electric kettles',
    'Check yourself',
  ]) {
    const book = new SampleBook(t);
    book.replace(`## ${part}`, '### Something');
    const problems = book.check().filter((one) => one.includes('lacks its part'));
    assert.equal(problems.length, 1, part);
    assert.match(problems[0], new RegExp(`## ${part.split(':')[0]}`));
  }
});

test('the first part, and a part out of order', (t) => {
  const book = new SampleBook(t);
  book.replace('## The line we earn', '## The line');
  expectOnly(
    book,
    `${PAGE}:${book.lineOf('## The line')}: `,
    /first part .* "## The line we earn"/,
  );

  const other = new SampleBook(t);
  other.replace('## What CPython does', '## X');
  other.replace('## Design note: electric kettles', '## What CPython does');
  other.replace('## X', '## Design note: electric kettles');
  expectOnly(
    other,
    `${PAGE}:${other.lineOf('## Design note')}: `,
    /is too early: it comes after "## What CPython does"/,
  );
});

test('a step after the trap', (t) => {
  const book = new SampleBook(t);
  book.replace('## What CPython does', '## More\n\n## What CPython does');
  expectOnly(book, `${PAGE}:${book.lineOf('## More')}: `, /no part of a chapter here/);
});

test('too few and too many steps', (t) => {
  const book = new SampleBook(t);
  book.replace('## Milk', '### Milk');
  expectOnly(book, `${PAGE}:${book.lineOf('## The line')}: `, /4 to 8 steps .* this has 3/);
  book.replace('### Milk', '## 1\n\n## 2\n\n## 3\n\n## 4\n\n## 5\n\n## 6');
  expectOnly(book, PAGE, /this has 9/);
});

test('what comes before the first step', (t) => {
  const cases = [
    ['After this chapter you can', 'Here you learn to', /lacks its outcomes/],
    ['* boil water;\n* pour it.', 'boil water', /comes a list/],
    ['Minutes', 'Time', /a line or row with "Minutes"/],
    ['Files:', 'Sources:', /a line or row with "Files"/],
    ['```drawing alt="Water goes into a pot."', '```json', /lacks its picture/],
  ];
  for (const [from, to, pattern] of cases) {
    const book = new SampleBook(t);
    book.replace(from, to);
    expectOnly(book, PAGE, pattern);
  }
});

test('boxes, questions and markers', (t) => {
  const cases = [
    ['*Predict:* what comes last', 'What comes last', /2 Predict boxes or more .* this has 1/],
    [
      '<details><summary>Four?</summary>\n\nYes.\n\n</details>\n',
      '',
      /4 folded questions .* this has 3/,
    ],
    [
      'exercises:begin 01_kettle',
      'exercises:begin 02_pot',
      /in this page it is "exercises:begin 01_kettle"/,
    ],
    ['<!-- exercises:begin 01_kettle -->\n', '', /lacks <!-- exercises:begin 01_kettle -->/],
    ['<!-- exercises:end -->\n', '', /has no end: add <!-- exercises:end -->/],
  ];
  for (const [from, to, pattern] of cases) {
    const book = new SampleBook(t);
    book.replace(from, to);
    expectOnly(book, PAGE, pattern);
  }
});

test('from chapter 2 on there is something to watch', (t) => {
  const book = new SampleBook(t);
  const text = book
    .read()
    .replace('# 1. The kettle', '# 2. The pot')
    .replace('exercises:begin 01_kettle', 'exercises:begin 02_pot')
    .replace('A **pot** is a thing that keeps tea warm.', '')
    .replace('again=1', 'again=4');
  const pages = '"01_kettle.md", ';
  book.replace(pages, `${pages}"02_pot.md", `, 'book/book.json');
  book.write('book/02_pot.md', text);
  expectOnly(book, 'book/02_pot.md:', /lacks its part "## Watch it run"/);
  book.write('book/02_pot.md', text.replace('## What CP', '## Watch it run\n\n## What CP'));
  expectOnly(book, 'book/02_pot.md:', /there is nothing to watch/);
});

test('titles and levels of headings', (t) => {
  const book = new SampleBook(t);
  book.replace('# 1. The kettle', '# 2. The kettle');
  expectOnly(book, `${PAGE}:1: `, /begins with its number: "# 1. ..."/);
  expectProblem(t, '# Another', /one title, .* this has 2/);
  expectProblem(t, '#### Deep', /level 4 below one of level 2/);
  const other = new SampleBook(t);
  other.write('book/README.md', 'Text\n');
  expectOnly(other, 'book/README.md:1: ', /this has 0/);
  other.write('book/README.md', '## Early\n\n# Title\n');
  expectOnly(other, 'book/README.md:3: ', /the title comes first/);
});

// --- The whole book ----------------------------------------------------------------------------

test('pages and book.json agree', (t) => {
  const book = new SampleBook(t);
  book.write('book/extra.md', '# Extra\n');
  expectOnly(book, 'book/extra.md:1: ', /not in book\/book.json/);
  book.remove('book/extra.md');
  book.replace('"README.md"', '"README.md", "extra.md"', 'book/book.json');
  expectOnly(book, 'book/book.json:1: ', /names extra.md, and there is no such page/);
});

test('traps and Python programs are shown, and have a transcript', (t) => {
  const book = new SampleBook(t);
  book.write('book/traps/01_hot.cpp', 'int main() {}\n');
  book.write('book/traps/refused/01_cold.cpp', 'int main() {\n');
  book.write('book/traps/refused/01_cold.txt', '$ g++ -c book/traps/refused/01_cold.cpp\n');
  book.write('book/python/milk.txt', '$ python3 milk.py\n');
  const problems = book.check();
  assert.deepEqual(problems, [
    'book/python/milk.txt:1: no program prints it: take it out',
    'book/traps/01_hot.cpp:1: it has no transcript: add book/traps/01_hot.txt',
    'book/traps/01_hot.cpp:1: no page shows it: show a part of it or take it out',
    'book/traps/refused/01_cold.cpp:1: no page shows it: show a part of it or take it out',
  ]);
});

test('all problems in one run, in the order of the book', (t) => {
  const book = new SampleBook(t);
  const first = book.add('[a](none.md)\n\n```\n```');
  book.write('book/README.md', '# Tea\n\n<b>\n');
  assert.deepEqual(
    book.check().map((one) => one.split(': ')[0]),
    ['book/README.md:3', `${PAGE}:${first}`, `${PAGE}:${first + 2}`],
  );
});
