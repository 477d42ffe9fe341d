// The climb's steps: their sections, their order and their minutes; and chapters of several pages.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SampleBook } from './sample_book.mjs';

const PAGE = 'book/01_kettle.md';
const PIECE = 'book/01_kettle_piece.md';

const CLIMB = `# 1. The kettle

*Who is ready?*

## The line we earn

After this chapter you can

* boil water.

Minutes: 5 to read, 12 to do.

## Step 1: water

> [!NOTE]
> *Your turn:* write it, then \`./workbook check 1.1\`.

\`\`\`console file=chapters/01_kettle/steps/1_water.txt
\`\`\`

\`\`\`console file=tests/steps/01_kettle/1_water/starter.txt
\`\`\`

## Step 2: fire
`;

function manifest(title, minutes, heading) {
  return (
    `title = ${title}\nminutes = ${minutes}\nheading = ${heading}\nwhy = because\n` +
    'hint1 = a\nhint2 = b\nhint3 = c\n'
  );
}

// The sample's page becomes the piece's, and a climb comes before it.
function climbing(t) {
  const book = new SampleBook(t);
  const piece = book
    .read()
    .replace('# 1. The kettle', '# 1. The kettle: the piece')
    .replace('## The line we earn', '## From ours to the real one\n\n| what | where |\n|---|---|')
    .replace('Minutes: 5.', 'Minutes: 5 to read, 0 to do.');
  book.write(PIECE, piece);
  book.write(PAGE, CLIMB);
  book.replace('"01_kettle.md"', '"01_kettle.md", "01_kettle_piece.md"', 'book/book.json');
  for (const [step, minutes, heading] of [
    ['1_water', 5, 'Step 1: water'],
    ['2_fire', 7, 'Step 2: fire'],
  ]) {
    book.write(`chapters/01_kettle/steps/${step}.cpp`, 'int main() {}\n');
    book.write(`chapters/01_kettle/steps/${step}.txt`, `$ 1.${step[0]}\nit boils\n`);
    book.write(`tests/steps/01_kettle/${step}/starter.txt`, `$ 1.${step[0]}\nit is cold\n`);
    book.write(`tests/steps/01_kettle/${step}/${step}.ini`, manifest(step, minutes, heading));
  }
  book.sync();
  return book;
}

function expectOnly(book, start, pattern) {
  const problems = book.check();
  assert.equal(problems.length, 1, problems.join('\n'));
  assert.ok(problems[0].startsWith(start), `${problems[0]} is not at ${start}`);
  assert.match(problems[0], pattern);
}

test('a chapter of two pages, with steps', (t) => {
  const book = climbing(t);
  assert.deepEqual(book.check(), []);
  assert.match(book.read(), /\$ 1\.1\nit boils\n[^]*\$ 1\.1\nit is cold\n/);
});

test('minutes are those of the steps', (t) => {
  const book = climbing(t);
  book.replace('12 to do', '13 to do');
  expectOnly(book, `${PAGE}:${book.lineOf('Minutes')}: `, /take 12 minutes, and not 13/);
  book.replace('Minutes: 5 to read, 13 to do.', 'Minutes: some.');
  expectOnly(book, PAGE, /lacks "Minutes: ... to read, 12 to do."/);
});

test('each step has a section, and they are in order', (t) => {
  const book = climbing(t);
  book.replace('## Step 2: fire\n', '');
  book.replace('12 to do', '5 to do');
  expectOnly(book, 'tests/steps/01_kettle/2_fire/2_fire.ini:3: ', /has no heading "Step 2: fire"/);
  book.replace('## Step 1: water', '## Step 2: fire\n\n## Step 1: water');
  book.replace('5 to do', '12 to do');
  expectOnly(book, `${PAGE}:${book.lineOf('## Step 2')}: `, /"Step 2: fire" comes before/);
});

test('a manifest has its keys; a given step needs no hints', (t) => {
  const book = climbing(t);
  const file = 'tests/steps/01_kettle/2_fire/2_fire.ini';
  book.replace('hint2 = b\n', '', file);
  expectOnly(book, `${file}:1: `, /lacks its key hint2/);
  book.replace('hint1 = a\n', 'given = yes\n', file);
  assert.deepEqual(book.check(), []);
});

test('no command for a step that does not exist', (t) => {
  const book = climbing(t);
  book.replace('check 1.1', 'check 1.3');
  expectOnly(book, PAGE, /there is no exercise 1.3/);
});

test('a step uses nothing of a later chapter', (t) => {
  const book = climbing(t);
  book.write('chapters/01_kettle/steps/2_fire.cpp', 'std::optional<int> x;\n');
  expectOnly(book, 'chapters/01_kettle/steps/2_fire.cpp:1: ', /this step uses "gaps"/);
});

test('the parts of the two pages', (t) => {
  const book = climbing(t);
  book.replace('After this chapter you can', 'Here you can');
  expectOnly(book, PAGE, /lacks its outcomes/);
  const other = climbing(t);
  other.replace('| what | where |\n|---|---|', '', PIECE);
  expectOnly(other, PIECE, /lacks its table/);
  other.replace('## From ours to the real one', '## The line we earn', PIECE);
  expectOnly(other, PIECE, /first part .* "## From ours to the real one"/);
});

test('the climb is first, and the piece last', (t) => {
  const book = climbing(t);
  book.replace('"01_kettle.md", "01_kettle_piece.md"', '"01_kettle_piece.md", "01_kettle.md"', 'book/book.json');
  assert.match(book.check().join('\n'), /book.json has 01_kettle.md first, and 01_kettle_piece.md last/);
});

test('a term of the climb is known on the page of the piece, and not the other way round', (t) => {
  const book = climbing(t);
  book.replace('## Step 2: fire\n', 'A **lid** is what lies on it, as it says.\n\n## Step 2: fire\n');
  book.replace('Each pot is full.', 'Each lid fits.', PIECE);
  book.sync();
  assert.deepEqual(book.check(), []);
  book.replace('## Step 2: fire\n', 'The pot.\n\n## Step 2: fire\n');
  expectOnly(book, PAGE, /"pot" is used before book\/01_kettle_piece.md/);
});
