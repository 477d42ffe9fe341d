#!/usr/bin/env node
// Measures the chapters against the aims of the book's style. Not a gate: a
// number that is off is a question to the author.
//
//   node book/tools/report.mjs
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { predictions, questions } from './checks.mjs';
import { count, openBook, prose } from './pages.mjs';
import { sentences, words } from './sentences.mjs';

const AIMS = {
  words: [1500, 2500],
  sentence: [16, 18],
  stretch: [0, 150],
  predict: [2, Infinity],
  questions: [4, 4],
};
const WEASELS = ['simply', 'just', 'obviously', 'easily', 'of course', 'note that'];
const CODE = ['cpp', 'console', 'python', 'sh', 'ini', 'json'];

// The measures of one page.
export function measure(page) {
  const text = page.blocks.filter(isProse);
  const open = text.filter(({ details }) => details === 0);
  const total = (blocks) => blocks.reduce((sum, block) => sum + words(prose(block)).length, 0);
  const code = page.fences.filter(({ lang }) => CODE.includes(lang));
  const listings = code.filter(({ lang }) => lang === 'cpp' || lang === 'python');
  const said = text.flatMap((block) =>
    sentences(block)
      .filter(isWhole)
      .map((one) => ({ ...one, words: words(prose({ ...block, text: one.text })).length })),
  );
  return {
    name: page.name,
    words: total(open),
    folded: total(text.filter(({ details }) => details > 0)),
    listings: listings.length,
    longest: Math.max(0, ...listings.map(({ body }) => body.length)),
    transcripts: code.filter(({ lang }) => lang === 'console').length,
    sentence: said.length ? said.reduce((sum, one) => sum + one.words, 0) / said.length : 0,
    longestSentences: said.sort((a, b) => b.words - a.words).slice(0, 3),
    ...stretches(open, code),
    predict: predictions(page).length,
    questions: questions(page).length,
    terms: page.inlines.filter(({ kind }) => kind === 'bold').length,
    weasels: weasels(text),
  };
}

function isProse({ kind, generated }) {
  return ['paragraph', 'item', 'row', 'heading'].includes(kind) && !generated;
}

// Headings, rows and most items of lists are no sentences.
function isWhole({ text }) {
  return /[.!?:]["')*_]*$/.test(text);
}

// Words from one block of code to the next: the mean, and the longest with its line.
function stretches(blocks, code) {
  const ends = [...code.map(({ line }) => line), Infinity];
  const found = ends.map((end, i) => {
    const between = blocks.filter(({ line }) => line > (ends[i - 1] ?? 0) && line < end);
    return {
      line: between[0]?.line ?? 0,
      words: between.reduce((sum, block) => sum + words(prose(block)).length, 0),
    };
  });
  const all = found.reduce((sum, one) => sum + one.words, 0);
  return {
    stretch: all / Math.max(1, code.length),
    longestStretch: found.reduce((most, one) => (one.words > most.words ? one : most)),
  };
}

function weasels(blocks) {
  return blocks.flatMap((block) =>
    WEASELS.flatMap((word) => {
      const pattern = new RegExp(`(?<![\\w-])${word}(?![\\w-])`, 'gi');
      return [...block.text.matchAll(pattern)].map((match) => ({
        word,
        line: block.line + count(block.text.slice(0, match.index), /\n/g),
      }));
    }),
  );
}

// --- As text -------------------------------------------------------------------------

const COLUMNS = [
  ['words', 'words'],
  ['folded', 'folded'],
  ['listings', 'list.'],
  ['longest', 'longest'],
  ['transcripts', 'runs'],
  ['sentence', 'w/sent.'],
  ['stretch', 'w/code'],
  ['predict', 'predict'],
  ['questions', 'quest.'],
  ['terms', 'terms'],
];

// The table of the chapters, an asterisk at what misses its aim, and below it
// what a number alone does not say.
export function report(book) {
  const all = book.pages.filter(({ chapter }) => chapter).map(measure);
  const width = Math.max(8, ...all.map(({ name }) => name.length));
  const row = (first, cells) =>
    first.padEnd(width) + cells.map((cell) => cell.padStart(9)).join('');
  return [
    row(
      'chapter',
      COLUMNS.map(([, title]) => title),
    ),
    ...all.map((one) =>
      row(
        one.name,
        COLUMNS.map(([key]) => cell(key, one[key])),
      ),
    ),
    row(
      'together',
      COLUMNS.map(([key]) => together(key, all)),
    ),
    '',
    'Aims: 1500-2500 words, 16-18 words a sentence, code every 150 words, 2 Predict boxes,',
    '4 questions. * misses its aim. "folded": words in folded answers, not in "words".',
    ...all.flatMap(details),
    '',
  ].join('\n');
}

function cell(key, value) {
  const shown = key === 'sentence' ? value.toFixed(1) : String(Math.round(value));
  const [low, high] = AIMS[key] ?? [0, Infinity];
  const off = Number(shown) < low || Number(shown) > high;
  return shown + (off ? '*' : ' ');
}

function together(key, all) {
  if (all.length === 0 || ['sentence', 'stretch', 'longest'].includes(key)) return '';
  return `${all.reduce((sum, one) => sum + one[key], 0)} `;
}

function details({ name, longestSentences, longestStretch, weasels: found }) {
  const quote = (text) => (text.length > 70 ? `${text.slice(0, 67)}...` : text);
  return [
    '',
    `${name}: longest stretch without code: ${longestStretch.words} words from line ` +
      `${longestStretch.line}; longest sentences:`,
    ...longestSentences.map((one) => `  ${one.words} words, line ${one.line}: ${quote(one.text)}`),
    ...found.map(({ word, line }) => `  "${word}", line ${line}`),
  ];
}

if (process.argv[1] && fs.realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
  process.stdout.write(report(openBook(root)));
}
