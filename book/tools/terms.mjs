// Terms: the words in bold. Each is defined once, in a chapter, in a sentence
// that can stand alone, and is not used before. The glossary is made of these.
import fs from 'node:fs';
import path from 'node:path';
import { count, problem, sectionOf, slug } from './pages.mjs';
import { hide, sentences, words } from './sentences.mjs';

const EVERYDAY = 'book/tools/everyday.txt';

// All bold words of the chapters, in the order of the book.
export function terms(book) {
  return chapters(book).flatMap((page) =>
    page.inlines
      .filter(({ kind }) => kind === 'bold')
      .map((bold) => ({
        page,
        bold,
        line: bold.line,
        key: plainWord(bold.text).toLowerCase(),
        text: bold.text,
        sentence: definition(bold),
        section: sectionOf(page, bold.line),
      })),
  );
}

// A type's name is a term with its backticks.
export function plainWord(text) {
  return text.replaceAll('`', '');
}

// The address of a term's definition in its page, and of its entry in the glossary.
export function termSlug(text) {
  return `term-${slug(plainWord(text))}`;
}

function chapters(book) {
  return book.pages.filter(({ chapter }) => chapter);
}

// The sentence that contains a bold word, without the bold.
function definition({ block, at }) {
  const found = sentences(block)
    .filter((sentence) => sentence.at <= at)
    .at(-1);
  return found.text.replace(/\*\*|__/g, '');
}

// --- The glossary ------------------------------------------------------------------

export function glossary(book) {
  const known = new Map();
  for (const term of terms(book)) {
    if (!known.has(term.key)) known.set(term.key, term);
  }
  const sorted = [...known.values()].sort((a, b) => a.key.localeCompare(b.key, 'en'));
  return [
    '# Glossary',
    '',
    '<!-- made from the bold terms of the chapters: see book/tools/terms.mjs -->',
    '',
    'Each word that the chapters define, with a link to the place, in the defining sentence.',
    ...sorted.flatMap((term) => ['', entry(term)]),
    '',
  ].join('\n');
}

function entry({ text, page, section, sentence }) {
  const anchor = section ? `#${section.slug}` : '';
  const word = /^[A-Z][^A-Z]*$/.test(text) ? text.toLowerCase() : text;
  return `* **${word}** ([chapter ${page.chapter}](${page.name}${anchor})): ${sentence}`;
}

// --- The check -------------------------------------------------------------------------

export function checkTerms(book, pages, whole) {
  const all = terms(book);
  const everyday = readEveryday(book.root);
  const mine = (one) => pages.some(({ name }) => name === one.page.name);
  const first = all.filter(({ key }, i) => all.findIndex((other) => other.key === key) === i);
  const early = chapters(book).flatMap((page, i, inOrder) =>
    pages.includes(page) ? earlyUses(page, inOrder.slice(0, i), first) : [],
  );
  return [
    ...checkBold(pages),
    ...all.filter(mine).flatMap((term) => checkDefinition(term, first)),
    ...early.filter(({ term }) => !everyday.has(term.key)).map(earlyProblem),
    ...(whole ? checkEveryday(everyday, early) : []),
  ];
}

function checkBold(pages) {
  const free = ({ chapter, name }) => chapter || name === 'glossary.md';
  return pages
    .filter((page) => !free(page))
    .flatMap((page) =>
      page.inlines
        .filter(({ kind }) => kind === 'bold')
        .map(({ line, text }) =>
          problem(page, line, `"${text}" is bold: bold is for terms, where a chapter defines them`),
        ),
    );
}

// What a sentence that leans on the one before it begins with.
const LEANING = new RegExp(
  '^(It|Its|This|That|These|Those|They|Their|Such|He|She|His|Her|There|' +
    'But|And|Or|So|Then|Therefore|Hence|Thus|Both|Neither|Either|Here|Otherwise|Instead|Also)\\b',
);

function checkDefinition(term, first) {
  const { page, line, bold, key, text, sentence } = term;
  const add = (words) => [problem(page, line, words)];
  const original = first.find((other) => other.key === key);
  if (original !== term) {
    return add(
      `**${text}** is defined already in ${original.page.file}:${original.line}: ` +
        'bold is for the one definition',
    );
  }
  if (!['paragraph', 'item'].includes(bold.block.kind) || bold.block.quote) {
    return add(`**${text}** is in no running text: define it in a paragraph`);
  }
  if (bold.block.details > 0) return add(`**${text}** is defined in a folded text: unfold it`);
  if (!/[.!?]["')\]*_]*$/.test(sentence)) {
    return add(`the sentence that defines **${text}** has no end: the glossary quotes it alone`);
  }
  if (LEANING.test(sentence) || words(sentence).length < 5) {
    return add(
      `the sentence that defines **${text}** cannot stand alone, as it must in the ` +
        `glossary: "${shorten(sentence)}"`,
    );
  }
  return [];
}

function shorten(text) {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

// --- Uses before the definition --------------------------------------------------------

// Titles, outcomes and code may name what is yet to come; running text may not,
// save in the paragraph that defines it.
function earlyUses(page, before, all) {
  const later = all.filter(({ page: home }) => !before.includes(home));
  return page.blocks
    .filter((block) => isRunningText(page, block))
    .flatMap((block) => {
      const text = hide(block, ' ');
      return later.flatMap((term) => {
        const at = text.search(pattern(term.text));
        if (at < 0 || isKnown(term, page, block)) return [];
        const line = block.line + count(text.slice(0, at), /\n/g);
        return [{ page, line, term }];
      });
    });
}

function isKnown({ page: home, bold }, page, block) {
  return home.name === page.name && block.line >= bold.block.line;
}

function earlyProblem({ page, line, term }) {
  return problem(
    page,
    line,
    `"${term.text}" is used before ${term.page.file}:${term.line} ` +
      'defines it: use other words, define it sooner, or, if it is an everyday word as well, ' +
      `list it in ${EVERYDAY}`,
  );
}

// The whole word, or its simple plural, with a small or a capital first letter.
// It is not part of a file's name, nor of a longer word with a hyphen.
export function pattern(term) {
  const escape = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\s+/g, '\\s+');
  const first = `[${term[0].toLowerCase()}${term[0].toUpperCase()}]`;
  const rest = /[^aeiou]y$/.test(term)
    ? `${escape(term.slice(1, -1))}(?:y|ies)`
    : `${escape(term.slice(1))}(?:e?s)?`;
  return new RegExp(`(?<![\\w-])${first}${rest}(?![\\w-]|\\.\\w)`);
}

function isRunningText(page, block) {
  if (['heading', 'marker', 'tags'].includes(block.kind) || block.generated) return false;
  const isQuestion = block === page.blocks[1] && /^\*[^*].*\*$/s.test(block.text);
  return !isQuestion && !isOutcome(page, page.blocks.indexOf(block));
}

// The list after "After this chapter you can" promises what is to come.
function isOutcome(page, i) {
  const { blocks } = page;
  if (blocks[i].kind !== 'item') return false;
  let before = i;
  while (before >= 0 && blocks[before].kind === 'item') before--;
  return /After this chapter you can/.test(blocks[before]?.text ?? '');
}

// --- Terms that are everyday words as well -----------------------------------------------

function readEveryday(root) {
  const file = path.join(root, EVERYDAY);
  if (!fs.existsSync(file)) return new Map();
  const lines = fs.readFileSync(file, 'utf8').split('\n');
  return new Map(
    lines.flatMap((line, i) =>
      line.trim() && !line.startsWith('#') ? [[line.trim(), i + 1]] : [],
    ),
  );
}

function checkEveryday(everyday, early) {
  return [...everyday]
    .filter(([word]) => !early.some(({ term }) => term.key === word))
    .map(([word, line]) =>
      problem(
        EVERYDAY,
        line,
        `"${word}" is no term that is used before its definition: take it out`,
      ),
    );
}
