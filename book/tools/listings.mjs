#!/usr/bin/env node
// Text and code cannot drift: the listings and transcripts of the book are
// copies of sources that are compiled and tested, and this tool makes them.
//
//   node book/tools/listings.mjs sync [PAGE.md...]    writes them
//   node book/tools/listings.mjs check [PAGE.md...]   tells of all that is wrong
//
// With names of pages, these only. Needs no package, only Node.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, openBook, parsePage, problem } from './pages.mjs';
import { listing, MAX_COLUMNS, MAX_LINES, SOURCED } from './sources.mjs';
import { checkPages } from './checks.mjs';
import { checkNames } from './names.mjs';
import { checkConcepts } from './concepts.mjs';
import { checkTerms, glossary } from './terms.mjs';
import { checkExercises, fillExercises } from './exercises.mjs';
import { checkSpoilers } from './spoilers.mjs';
import { checkSteps } from './steps.mjs';

export { attributes, openBook, slug, slugger } from './pages.mjs';
export { listing } from './sources.mjs';

const LANGUAGES = [...SOURCED, 'sh', 'ini', 'json', 'drawing', 'text'];

// A page's text with every fence that names a source filled from it, and what
// could not be filled.
export function fill(root, page) {
  const problems = [];
  const out = [];
  let from = 0;
  for (const fence of page.fences) {
    if (!SOURCED.includes(fence.lang) || !fence.closed || fence.quoted) continue;
    try {
      const { lines } = listing(root, fence);
      out.push(...page.lines.slice(from, fence.line), ...indented(lines, fence.indent));
      from = fence.end - 1;
    } catch (error) {
      problems.push(problem(page, fence.line, error.message));
    }
  }
  return { text: [...out, ...page.lines.slice(from)].join('\n'), problems };
}

function indented(lines, indent) {
  return lines.map((line) => (line ? indent + line : line));
}

// --- sync ------------------------------------------------------------------------

// Fills the pages of these names, or all. Returns the files that it changed and
// the problems that it met.
export function sync(root, names = []) {
  const book = openBook(root);
  const updated = [];
  const problems = [];
  const write = (page, text) => {
    if (text === page?.text) return;
    fs.writeFileSync(path.join(root, page.file), text);
    updated.push(page.file);
  };
  for (const page of chosen(book, names)) {
    const filled = fill(root, page);
    problems.push(...filled.problems);
    write(page, fillExercises(root, parsePage(page.name, filled.text)));
  }
  if (names.length === 0 || names.includes('glossary.md')) {
    const old = book.pages.find((page) => page.name === 'glossary.md');
    write(old ?? { file: 'book/glossary.md' }, glossary(openBook(root)));
  }
  return { updated, problems };
}

function chosen(book, names) {
  const strange = names.find((name) => name !== 'glossary.md' && !book.onDisk.includes(name));
  if (strange) throw new Error(`there is no page book/${strange}`);
  return book.pages.filter((page) => names.length === 0 || names.includes(page.name));
}

// --- check -----------------------------------------------------------------------

// All that is wrong with the pages of these names, or with the whole book.
export function check(root, names = []) {
  const book = openBook(root);
  const pages = chosen(book, names);
  const whole = names.length === 0;
  const problems = [
    ...pages.flatMap((page) => checkFences(root, page)),
    ...checkPages(book, pages, whole),
    ...checkNames(book, pages, whole),
    ...checkConcepts(book, pages, whole),
    ...checkTerms(book, pages, whole),
    ...checkExercises(book, pages, whole),
    ...checkSteps(book, pages),
    ...checkSpoilers(book, pages),
    ...checkGlossary(book, pages),
  ];
  const order = new Map(book.pages.map((page, i) => [page.file, i]));
  const rank = (file) => order.get(file) ?? order.size;
  return problems.sort((a, b) => rank(a.file) - rank(b.file) || a.line - b.line);
}

export function checkFences(root, page) {
  return page.fences.flatMap((fence) => {
    const wrong = fenceProblem(fence);
    if (wrong) return [problem(page, fence.line, wrong)];
    if (!SOURCED.includes(fence.lang)) return sizeProblems(page, fence, fence.body);
    try {
      const { lines } = listing(root, fence);
      return [...driftProblems(page, fence, lines), ...sizeProblems(page, fence, lines)];
    } catch (error) {
      return [problem(page, fence.line, error.message)];
    }
  });
}

function fenceProblem({ lang, attrs, rest, closed, quoted, ticks }) {
  if (!closed) return `this fence has no end: add a line ${ticks}`;
  if (ticks[0] === '~') return 'a fence is made of ``` here, so that the tools see it';
  if (quoted) return 'a fence inside a quote is not filled: move it out of the quote';
  if (!lang) return `this fence has no language: it is one of ${LANGUAGES.join(', ')}`;
  if (!LANGUAGES.includes(lang)) {
    return `no fence has the language ${lang} here: it is one of ${LANGUAGES.join(', ')}`;
  }
  if (rest) return `'${rest}' is no attribute: attributes are key=value or key="some words"`;
  if (lang === 'drawing' && !attrs.alt?.trim()) {
    return 'this picture has no alt="...": say in a sentence what it shows';
  }
  return null;
}

function driftProblems(page, fence, want) {
  const have = fence.body;
  const at = want.findIndex((line, i) => line !== have[i]);
  if (at < 0 && have.length === want.length) return [];
  const line = fence.line + 1 + (at < 0 ? want.length : at);
  return [
    problem(
      page,
      line,
      `this is not what ${fence.attrs.file} says: ` +
        `run "node book/tools/listings.mjs sync ${page.name}"`,
    ),
  ];
}

// Transcripts may be wide and long: they are what a program printed.
function sizeProblems(page, fence, lines) {
  if (fence.lang === 'console' || fence.lang === 'drawing') return [];
  const problems = [];
  if (lines.length > MAX_LINES) {
    problems.push(
      problem(
        page,
        fence.line,
        `this listing has ${lines.length} lines, and may ` +
          `have ${MAX_LINES}: cut it into smaller regions`,
      ),
    );
  }
  lines.forEach((line, i) => {
    const columns = [...line].length;
    if (columns > MAX_COLUMNS) {
      problems.push(
        problem(
          page,
          fence.line + 1 + i,
          `this line of a listing has ${columns} ` +
            `columns, and may have ${MAX_COLUMNS}: break it in its source`,
        ),
      );
    }
  });
  return problems;
}

function checkGlossary(book, pages) {
  const page = pages.find(({ name }) => name === 'glossary.md');
  if (!page || page.text === glossary(book)) return [];
  return [
    problem(
      page,
      1,
      'this is not what the bold terms of the chapters say: ' +
        'run "node book/tools/listings.mjs sync glossary.md"',
    ),
  ];
}

// --- Command line ------------------------------------------------------------------

function main([command, ...names]) {
  const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
  const pages = names.map((name) => path.basename(name));
  if (command === 'sync') {
    const { updated, problems } = sync(root, pages);
    updated.forEach((file) => console.log(`updated ${file}`));
    return report(problems);
  }
  if (command === 'check') return report(check(root, pages));
  console.error('Usage: node book/tools/listings.mjs sync|check [PAGE.md...]');
  return 2;
}

function report(problems) {
  problems.forEach((one) => console.error(format(one)));
  if (problems.length) {
    console.error(problems.length === 1 ? '1 problem' : `${problems.length} problems`);
  }
  return problems.length ? 1 : 0;
}

if (process.argv[1] && fs.realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    process.exitCode = main(process.argv.slice(2));
  } catch (error) {
    console.error(`listings: ${error.message}`);
    process.exitCode = 2;
  }
}
