#!/usr/bin/env node
// Builds the book's site, a folder that needs no server.
//
//   node build.mjs [--check | --draft] [--weights]
//
// The listings must be what the sources say (node listings.mjs sync). A problem ends the build
// with its file and line; with --draft it is told, and the site is built all the same. --check
// builds nothing. --weights tells how much a page is to load.

import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import MiniSearch from 'minisearch';
import { sourceFile } from './code.mjs';
import { nameOf, PRINT, SITE, sourcePage } from './flavours.mjs';
import { escapeHtml } from './html.mjs';
import { check } from './listings.mjs';
import { renderPage } from './markdown.mjs';
import { chapterNumber, format, openBook } from './pages.mjs';
import { printPage, sitePage, sourceIndex, sourcePageHtml } from './template.mjs';
import { plainWord, terms, termSlug } from './terms.mjs';

const require = createRequire(import.meta.url);
const { OPTIONS } = require('./theme/search.js');

const TOOLS = path.dirname(fileURLToPath(import.meta.url));
const THEME = path.join(TOOLS, 'theme');
const ASSETS = ['book.css', 'print.css', 'book.js', 'search.js', 'loop-player.js', 'play.js'];

/** The repository that these tools belong to, and where the book is built. */
export const ROOT = path.resolve(TOOLS, '../..');
export const OUT = path.join(ROOT, 'build/book');

/** Title, language and the names of the pages that exist, in their order. */
export function readBook(root) {
  const book = JSON.parse(fs.readFileSync(path.join(root, 'book/book.json'), 'utf8'));
  const pages = book.pages.filter((name) => fs.existsSync(path.join(root, 'book', name)));
  return { root, lang: 'en', screenOnly: [], ...book, pages };
}

/** Renders the pages: book.rendered. Pages that are nothing on paper are in the site only. */
export function renderBook(root, flavour) {
  const book = readBook(root);
  const names = book.pages.filter((name) =>
    flavour.kind === 'site' || !book.screenOnly.includes(name));
  book.terms = terms(openBook(root));
  book.rendered = names.map((name) =>
    renderPage(book, name, fs.readFileSync(path.join(root, 'book', name), 'utf8'), flavour));
  book.problems = book.rendered.flatMap((page) => page.problems);
  if (!flavour.folded) book.rendered.push(answersPage(book.rendered));
  return book;
}

/** What is folded on the screen, page by page. */
function answersPage(pages) {
  const parts = pages.filter(({ answersHtml }) => answersHtml)
    .map(({ title, answersHtml }) => `<h2>${escapeHtml(title)}</h2>\n${answersHtml}`);
  return {
    name: 'answers.md', title: 'Answers and hints', pictures: new Map(), problems: [],
    html: `<h1 id="answers">Answers and hints</h1>\n${parts.join('')}`,
  };
}

/** Every problem of the book, as lines of text: of the texts, and of their rendering. */
export function problemsOf(book) {
  const lines = [...check(book.root), ...book.problems].map(format);
  return [...new Set(lines)];
}

// Pages of which a section is a worse answer than one of any other page.
const FRONT = ['README.md', 'preface.md', 'instructor.md', 'play.md'];

function kindOf(name) {
  if (FRONT.includes(name)) return 'front';
  const explains = chapterNumber(name) !== null || name === 'common_mistakes.md';
  return explains ? 'chapter' : 'back';
}

/** A function that gives the names of a chapter's text that it has not been given before. */
function newNames() {
  const seen = new Set();
  return (text) => {
    const fresh = [...new Set(text.match(/\w+_\w+/g))].filter((name) => !seen.has(name));
    fresh.forEach((name) => seen.add(name));
    return fresh.join(' ');
  };
}

/** The sections below the heading "Exercises". */
function exercisesOf({ sections }) {
  const begin = sections.findIndex(({ level, title }) => level === 2 && title === 'Exercises') + 1;
  if (begin === 0) return new Set();
  const end = sections.findIndex(({ level }, index) => index >= begin && level === 2);
  return new Set(sections.slice(begin, end === -1 ? undefined : end));
}

/** What the search finds: the sections of the pages, and each entry of the glossary. */
function searchDocuments(book) {
  const fresh = newNames();
  // The glossary's entries are found one by one.
  const sections = book.rendered.filter(({ name }) => name !== 'glossary.md').flatMap((page) => {
    const exercises = exercisesOf(page);
    return page.sections.map((section) => {
      const { id, title, sentences, code } = section;
      return {
        id: `${nameOf(page.name)}.html#${id}`,
        names: chapterNumber(page.name) === null ? '' : fresh([...sentences, ...code].join(' ')),
        title, page: page.title, sentences, code: code.join(' '),
        kind: exercises.has(section) ? 'exercise' : kindOf(page.name),
      };
    });
  });
  const titles = new Map(book.rendered.map(({ name, title }) => [name, title]));
  const definitions = book.terms.map(({ text, page, sentence }) => ({
    id: `${nameOf(page.name)}.html#${termSlug(text)}`,
    term: plainWord(text),
    title: plainWord(text), page: `Defined in ${titles.get(page.name)}`,
    sentences: [sentence.replaceAll('`', '')], kind: 'term',
  }));
  return [...definitions, ...sections];
}

/** The search of the rendered book. */
export function searchEngine(book) {
  const engine = new MiniSearch(OPTIONS);
  for (const document of searchDocuments(book)) {
    engine.add({ ...document, url: document.id, body: document.sentences.join(' ') });
  }
  return engine;
}

function searchIndex(book) {
  return `window.BOOK_INDEX = ${JSON.stringify(JSON.stringify(searchEngine(book)))};\n`;
}

function write(out, name, content) {
  const file = path.join(out, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
}

/** What an earlier build left goes; a PDF or EPUB beside it stays. */
function clean(out) {
  if (!fs.existsSync(out)) return;
  for (const name of fs.readdirSync(out)) {
    if (!/\.(pdf|epub)$/.test(name)) fs.rmSync(path.join(out, name), { recursive: true });
  }
}

function writeAssets(out) {
  for (const name of ASSETS) {
    const file = path.join(THEME, name);
    if (fs.existsSync(file)) write(out, name, fs.readFileSync(file));
  }
  write(out, 'minisearch.js', fs.readFileSync(require.resolve('minisearch')
    .replace(/dist\/.*/, 'dist/umd/index.js')));
}

/** Where the pages show regions of a file: the links of each region, from the file's page. */
function placesOf(book, file) {
  const base = '../'.repeat(file.split('/').length);
  const places = new Map();
  for (const page of book.rendered) {
    for (const { region, id, section } of page.listings.filter((one) => one.file === file)) {
      const title = section ? `${page.title}, “${section.title}”` : page.title;
      const place = { href: `${base}${nameOf(page.name)}.html#${id}`, title };
      places.set(region, [...places.get(region) ?? [], place]);
    }
  }
  return places;
}

function writeSources(book, out) {
  const files = [...new Set(book.rendered.flatMap((page) => [...page.sources]))].sort();
  for (const file of files) {
    const code = fs.readFileSync(path.join(book.root, file), 'utf8');
    const html = sourceFile(code, file, placesOf(book, file));
    write(out, sourcePage(file), sourcePageHtml(book, file, html));
  }
  write(out, 'source/index.html', sourceIndex(book, files));
}

/** Writes the site of the rendered book into the folder `out`. */
export function writeSite(book, out) {
  clean(out);
  writeAssets(out);
  for (const page of book.rendered) {
    write(out, `${nameOf(page.name)}.html`, sitePage(book, page));
    for (const [name, bytes] of page.pictures) write(out, `pictures/${name}`, bytes);
    for (const [name, trace] of page.traces) {
      write(out, name, fs.readFileSync(path.join(book.root, trace)));
    }
  }
  write(out, 'search-index.js', searchIndex(book));
  writeSources(book, out);
}

/** Writes the whole book as one page to print. */
export function writePrintPage(root, out) {
  write(out, 'print.html', printPage(renderBook(root, PRINT)));
}

// --- How much there is to load ---------------------------------------------------------

const bytes = (out, name) => fs.statSync(path.join(out, name)).size;

/** What opening a page loads, in bytes; the data of its players apart. */
export function weigh(book, out) {
  return book.rendered.map((page) => {
    const html = fs.readFileSync(path.join(out, `${nameOf(page.name)}.html`), 'utf8');
    const data = [...html.matchAll(/<loop-player[\s\S]*?<\/loop-player>/g)]
      .reduce((sum, [player]) => sum + Buffer.byteLength(player), 0);
    const shared = [...html.matchAll(/<(?:script src|link rel="stylesheet" href)="([^"]+)"/g)]
      .reduce((sum, [, file]) => sum + bytes(out, file), 0);
    return { name: page.name, text: Buffer.byteLength(html) - data, shared, data };
  });
}

function weightTable(book, out) {
  const kilo = (size) => (size / 1000).toFixed(1).padStart(9);
  const rows = weigh(book, out).map(({ name, text, shared, data }) =>
    `${name.padEnd(26)}${kilo(text)}${kilo(shared)}${kilo(text + shared)}${kilo(data)}`);
  return ['kB to load                      page  css, js      sum  players', ...rows,
    `${'the search, when opened'.padEnd(44)}${
      kilo(bytes(out, 'minisearch.js') + bytes(out, 'search.js') + bytes(out, 'search-index.js'))}`,
  ].join('\n');
}

// --- The command --------------------------------------------------------------------------

function main(options) {
  const began = performance.now();
  const book = renderBook(ROOT, SITE);
  const problems = problemsOf(book);
  problems.forEach((line) => console.error(line));
  if (problems.length > 0 && !options.includes('--draft')) {
    console.error(`Problems: ${problems.length}. The book is not built.`);
    process.exitCode = 1;
    return;
  }
  if (options.includes('--check')) return;
  writeSite(book, OUT);
  writePrintPage(ROOT, OUT);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`The book, built in ${seconds} s: ${path.join(OUT, 'index.html')}`);
  if (options.includes('--weights')) console.log(`\n${weightTable(book, OUT)}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.slice(2));
