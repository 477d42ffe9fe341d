// How the Markdown is read: anchors, links, code, bold words, prose, sentences.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attributes, inlines, parsePage, prose, slug, slugger } from '../pages.mjs';
import { hide, sentences } from '../sentences.mjs';

const block = (text) => ({ text, line: 10 });
const kinds = (text) => inlines(block(text)).map(({ kind, text: words }) => `${kind} ${words}`);

test('anchors are those of GitHub', () => {
  assert.equal(slug('2. The event loop'), '2-the-event-loop');
  assert.equal(slug('What counts as slow?'), 'what-counts-as-slow');
  assert.equal(slug('The trap: a frame'), 'the-trap-a-frame');
  assert.equal(slug('Why call_soon() & friends'), 'why-call_soon--friends');
  assert.equal(slug('Future<T>'), 'futuret');
  assert.equal(slug('Größe'), 'größe');
});

test('like headings get unlike anchors', () => {
  const next = slugger();
  assert.deepEqual(['A b', 'A b', 'A b-1', 'A b'].map(next), ['a-b', 'a-b-1', 'a-b-1-1', 'a-b-2']);
});

test("a heading's anchor is that of its words", () => {
  const page = parsePage('a.md', '# A\n\n## The `run_once()` of [us](b.md), *really*\n');
  assert.equal(page.headings[1].slug, 'the-run_once-of-us-really');
});

test('attributes of a fence', () => {
  assert.deepEqual(attributes('file=a.cpp from="two words" to=\'a "b"\' alt="say \\"x\\""'), {
    attrs: { file: 'a.cpp', from: 'two words', to: 'a "b"', alt: 'say "x"' },
    rest: '',
  });
  assert.equal(attributes('file=a.cpp what').rest, 'what');
});

test('code, links, images, bold words and tags', () => {
  assert.deepEqual(kinds('a `b` ``c`d`` **e** ![f](g.svg)'), [
    'code b',
    'code c`d',
    'bold e',
    'image f',
  ]);
  assert.deepEqual(kinds('[`f()` here](a.md "t")'), ['link `f()` here', 'code f()']);
  assert.deepEqual(kinds('`**no** <b> [x](y)`'), ['code **no** <b> [x](y)']);
  assert.deepEqual(kinds('\\`no\\` 2 ** 3 snake__case__name'), []);
  assert.deepEqual(kinds('<details><summary>Why?</summary>'), [
    'tag <details>',
    'tag <summary>',
    'tag </summary>',
  ]);
  assert.deepEqual(kinds('<https://a.example> 1 < 2 > 1'), ['link https://a.example']);
  assert.deepEqual(kinds('[a][b]'), ['reference a']);
});

test('marks that open nothing', () => {
  for (const text of ['a `b', '[open', '![open', '**open', 'a <!-- `b` **c** --> d', '[a] b']) {
    assert.deepEqual(kinds(text), [], text);
  }
  assert.deepEqual(kinds('[a](b`c`d)'), ['link a']);
  assert.deepEqual(kinds('[a\\]b](c)'), ['link a\\]b']);
});

test('an empty line of a quote ends its paragraph', () => {
  const page = parsePage('a.md', '# A\n\n> one\n>\n> two\n');
  assert.deepEqual(
    page.blocks.map(({ text }) => text),
    ['A', 'one', 'two'],
  );
});

test('a link has its target and title, a piece has its line', () => {
  const [link, code] = inlines(block('one\n[two](a(1).md#b "loop-player")\n`three`'));
  assert.equal(link.target, 'a(1).md#b');
  assert.equal(link.title, 'loop-player');
  assert.equal(link.line, 11);
  assert.equal(code.line, 12);
});

test('code may go on in the next line', () => {
  assert.deepEqual(kinds('a `b\nc` d'), ['code b c']);
});

test('prose is what a reader reads', () => {
  assert.equal(
    prose(block('An *odd* **word**, `a_b()` and\n[a `c`](d.md).')),
    'An odd word, a_b() and a c.',
  );
  assert.equal(
    prose(block('`2 ** 3` is \\*not\\* bold'), () => 'X'),
    'X is *not* bold',
  );
});

test('blocks: what they are and where', () => {
  const page = parsePage(
    'a.md',
    [
      '# A',
      '',
      'one',
      'two',
      '',
      '* three',
      '* four',
      '',
      '> [!TIP]',
      '> five',
      '',
      '| a | b |',
      '|---|---|',
      '',
      '<details><summary>Q</summary>',
      '',
      'six',
      '',
      '</details>',
      '',
      '<!-- seven',
      'eight -->',
      '',
      '```sh',
      'nine',
      '```',
      'ten',
    ].join('\n'),
  );
  assert.deepEqual(
    page.blocks.map(({ kind, line, details }) => [kind, line, details]),
    [
      ['heading', 1, 0],
      ['paragraph', 3, 0],
      ['item', 6, 0],
      ['item', 7, 0],
      ['marker', 9, 0],
      ['paragraph', 10, 0],
      ['row', 12, 0],
      ['row', 13, 0],
      ['tags', 15, 0],
      ['paragraph', 17, 1],
      ['tags', 19, 1],
      ['paragraph', 27, 0],
    ],
  );
  assert.equal(page.blocks[1].text, 'one\ntwo');
  assert.equal(page.blocks[5].quote, true);
  assert.deepEqual(page.comments, [{ line: 21, text: 'seven\neight' }]);
  assert.deepEqual(
    page.fences.map(({ line, end, lang, body }) => [line, end, lang, body]),
    [[24, 26, 'sh', ['nine']]],
  );
});

test('a fence of four holds one of three', () => {
  const page = parsePage('a.md', '````json\n```\n````\nend\n');
  assert.deepEqual(
    page.fences.map(({ body }) => body),
    [['```']],
  );
  assert.equal(page.blocks[0].text, 'end');
});

test('sentences end at full stops that are in no code, address or abbreviation', () => {
  const text = 'One `a. B` [x y](p.md). Two, e.g. This? "Three." (Four!)\nFive';
  assert.deepEqual(
    sentences(block(text)).map((one) => one.text),
    ['One `a. B` [x y](p.md).', 'Two, e.g. This?', '"Three."', '(Four!)', 'Five'],
  );
  assert.deepEqual(
    sentences(block('One.\nTwo.')).map(({ line }) => line),
    [10, 11],
  );
});

test('hidden code keeps its place', () => {
  assert.equal(hide(block('a `b` [c](d) e'), ' '), 'a     [c     e');
});
