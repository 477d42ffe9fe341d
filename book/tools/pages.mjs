// Reads the book's Markdown, as far as the checks need it: fences, headings,
// blocks of prose, and what is inside these (links, code, bold, tags).
// Every piece knows its line, so that a problem can say where it is.
import fs from 'node:fs';
import path from 'node:path';

// A problem is one line for the author: where, what is wrong, what to do.
export function problem(page, line, text) {
  const file = typeof page === 'string' ? page : page.file;
  return { file, line, text };
}

export function format({ file, line, text }) {
  return `${file}:${line}: ${text}`;
}

// The book below a repository's root: its pages in the order of book.json.
export function openBook(root) {
  const folder = path.join(root, 'book');
  const {
    title,
    lang,
    pages: order,
  } = JSON.parse(fs.readFileSync(path.join(folder, 'book.json'), 'utf8'));
  const onDisk = fs
    .readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .sort();
  const names = [
    ...order.filter((name) => onDisk.includes(name)),
    ...onDisk.filter((name) => !order.includes(name)),
  ];
  const pages = names.map((name) => readPage(root, name));
  return { root, folder, title, lang, order, onDisk, pages };
}

export function readPage(root, name) {
  return parsePage(name, fs.readFileSync(path.join(root, 'book', name), 'utf8'));
}

// "02_event_loop.md" is chapter 2; other pages have no number.
export function chapterNumber(name) {
  const match = name.match(/^(\d\d)_\w+\.md$/);
  return match ? Number(match[1]) : null;
}

// A chapter may have two pages: its climb, 02_event_loop.md, in which the reader
// builds the piece in steps, and 02_event_loop_piece.md about the real code.
export function chapterFolder(name) {
  return name.replace(/(_piece)?\.md$/, '');
}

export function isPiece(name) {
  return name.endsWith('_piece.md');
}

export function hasPiece(book, { name }) {
  return book.onDisk.includes(`${chapterFolder(name)}_piece.md`);
}

export function parsePage(name, text) {
  const lines = text.split('\n');
  const page = {
    name,
    file: `book/${name}`,
    text,
    lines,
    chapter: chapterNumber(name),
    fences: [],
    headings: [],
    blocks: [],
    comments: [],
  };
  const kinds = findFencesAndComments(page);
  findBlocks(page, kinds);
  page.inlines = page.blocks.flatMap((block) => inlines(block));
  addSlugs(page);
  return page;
}

// --- Lines: fences and comments ------------------------------------------------

const FENCE = /^((?: {0,3}> ?)*)( *)(`{3,}|~{3,})\s*([^`]*)$/;

// Says of every line whether it belongs to a fence, to a comment or to the text.
function findFencesAndComments(page) {
  const { lines } = page;
  const kinds = new Array(lines.length).fill('text');
  for (let i = 0; i < lines.length; i++) {
    const fence = lines[i].match(FENCE);
    if (fence) {
      const end = endOfFence(lines, i, fence);
      page.fences.push(makeFence(lines, i, end, fence));
      kinds.fill('fence', i, Math.min(end + 1, lines.length));
      i = end;
    } else if (lines[i].trimStart().startsWith('<!--')) {
      let end = i;
      while (end < lines.length - 1 && !lines[end].includes('-->')) end++;
      const body = lines.slice(i, end + 1).join('\n');
      page.comments.push({ line: i + 1, text: body.replace(/^\s*<!--|-->\s*$/g, '').trim() });
      kinds.fill('comment', i, end + 1);
      i = end;
    }
  }
  return kinds;
}

function endOfFence(lines, start, [, quote, , ticks]) {
  for (let i = start + 1; i < lines.length; i++) {
    const line =
      lines[i].slice(0, quote.length) === quote ? lines[i].slice(quote.length) : lines[i];
    if (line.trim().startsWith(ticks) && /^\s*(`+|~+)\s*$/.test(line)) return i;
  }
  return lines.length;
}

function makeFence(lines, start, end, [, quote, indent, ticks, info]) {
  const [lang] = info.trim().split(/\s+/);
  return {
    line: start + 1,
    end: end + 1,
    closed: end < lines.length,
    quoted: quote !== '',
    indent,
    ticks,
    lang,
    ...attributes(info.trim().slice(lang.length)),
    body: lines
      .slice(start + 1, end)
      .map((line) => unindent(quote ? line.replace(/^(?: {0,3}> ?)+/, '') : line, indent.length)),
  };
}

function unindent(line, width) {
  return line.slice(Math.min(width, line.match(/^ */)[0].length));
}

// file=a.cpp region=b from="some text" -> { attrs: {...}, rest: what is no attribute }
export function attributes(info) {
  const attrs = {};
  const pattern = /(\w+)=(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+))/g;
  const rest = info
    .replace(pattern, (_, key, double, single, bare) => {
      attrs[key] = double !== undefined ? double.replace(/\\(.)/g, '$1') : (single ?? bare);
      return '';
    })
    .trim();
  return { attrs, rest };
}

// --- Blocks: headings, paragraphs, items, rows, tags ----------------------------

const HEADING = /^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$/;
const ITEM = /^\s*(?:[-*+]|\d+[.)])\s+/;
const TAGS_ALONE = /^\s*<\/?[A-Za-z][^>]*>/;

function findBlocks(page, kinds) {
  const state = { details: 0, block: null, inItem: false, exercises: false };
  page.lines.forEach((line, i) => {
    if (kinds[i] === 'comment') {
      if (line.includes('exercises:begin')) state.exercises = true;
      if (line.includes('exercises:end')) state.exercises = false;
    }
    if (kinds[i] !== 'text' || line.trim() === '') {
      state.block = null;
      return;
    }
    addLine(page, state, line, i + 1);
  });
}

function addLine(page, state, line, number) {
  const heading = line.match(HEADING);
  if (heading) return addHeading(page, state, heading, number);
  if (TAGS_ALONE.test(line)) return addTags(page, state, line, number);

  const bare = line.replace(/^ {0,3}(?:> ?)+/, '');
  const quote = bare !== line;
  const kind = kindOf(bare);
  if (bare.trim() === '') {
    state.block = null;
  } else if (kind === 'paragraph' && state.block && state.block.quote === quote) {
    state.block.text += `\n${bare}`;
  } else {
    startBlock(page, state, kind, bare.replace(ITEM, ''), number, quote);
    state.block.indent = line.match(/^ */)[0].length;
    if (kind === 'row' || kind === 'marker') state.block = null;
  }
}

function kindOf(bare) {
  if (/^\s*\|/.test(bare)) return 'row';
  if (/^\[!\w+\]\s*$/.test(bare)) return 'marker';
  if (ITEM.test(bare)) return 'item';
  return 'paragraph';
}

function startBlock(page, state, kind, text, line, quote = false) {
  state.block = {
    page,
    kind,
    text,
    line,
    quote,
    details: state.details,
    generated: state.exercises,
  };
  page.blocks.push(state.block);
}

function addHeading(page, state, [, marks, text], line) {
  startBlock(page, state, 'heading', text, line);
  page.headings.push({ line, level: marks.length, text, block: state.block });
  state.block = null;
}

// A line of tags such as <details><summary>Why?</summary>. The words between
// them are a block of their own.
function addTags(page, state, line, number) {
  startBlock(page, state, 'tags', line, number);
  state.details += count(line, /<details\b/gi) - count(line, /<\/details>/gi);
  state.block = null;
}

export function count(text, pattern) {
  return (text.match(pattern) ?? []).length;
}

// --- Inside a block --------------------------------------------------------------

const TAG = /^<\/?([A-Za-z][\w-]*)(?:\s[^<>]*)?\/?>/;
const AUTOLINK = /^<([a-z][a-z+.-]*:[^\s<>]*)>/i;

// The links, images, code spans, bold words and tags of a block, in order.
export function inlines(block) {
  const found = [];
  const skip = new Map(); // ends of links and of bold words, and where to go on
  const { text } = block;
  const add = (kind, at, fields) =>
    found.push({ kind, at, block, line: lineAt(block, at), ...fields });

  for (let at = 0; at < text.length;) {
    const rest = text.slice(at);
    if (skip.has(at)) {
      at = skip.get(at);
    } else if (text[at] === '\\') {
      at += 2;
    } else if (text[at] === '`') {
      at = addCode(rest, at, add);
    } else if (rest.startsWith('<!--')) {
      const end = text.indexOf('-->', at);
      at = end < 0 ? text.length : end + 3;
    } else if (AUTOLINK.test(rest)) {
      const [whole, target] = rest.match(AUTOLINK);
      add('link', at, { text: target, target, title: '', end: at + whole.length });
      at += whole.length;
    } else if (TAG.test(rest)) {
      const [whole, tag] = rest.match(TAG);
      add('tag', at, { tag: tag.toLowerCase(), text: whole, end: at + whole.length });
      at += whole.length;
    } else if (text[at] === '[' || rest.startsWith('![')) {
      at = addLink(text, at, add, skip);
    } else if (rest.startsWith('**') || rest.startsWith('__')) {
      at = addBold(text, at, add, skip);
    } else {
      at++;
    }
  }
  return found;
}

function lineAt(block, at) {
  return block.line + count(block.text.slice(0, at), /\n/g);
}

function addCode(rest, at, add) {
  const ticks = rest.match(/^`+/)[0];
  const pattern = new RegExp(`(?<!\`)${ticks}(?!\`)`, 'g');
  pattern.lastIndex = ticks.length;
  const end = pattern.exec(rest)?.index;
  if (end === undefined) return at + ticks.length;
  const code = rest.slice(ticks.length, end).replace(/\n/g, ' ');
  const inner = /^ .*\S.* $/.test(code) ? code.slice(1, -1) : code;
  add('code', at, { text: inner, end: at + end + ticks.length });
  return at + end + ticks.length;
}

function addLink(text, at, add, skip) {
  const image = text[at] === '!';
  const open = image ? at + 1 : at;
  const close = closingBracket(text, open);
  if (close < 0) return open + 1;
  const words = text.slice(open + 1, close);
  const target = text
    .slice(close + 1)
    .match(/^\(\s*(?:<([^>]*)>|([^\s()]*(?:\([^\s()]*\)[^\s()]*)*))(?:\s+"([^"]*)")?\s*\)/);
  if (!target) {
    if (/^\s?\[[^\]]*\]|^:\s/.test(text.slice(close + 1))) add('reference', at, { text: words });
    return open + 1;
  }
  const end = close + 1 + target[0].length;
  add(image ? 'image' : 'link', at, {
    text: words,
    target: target[1] ?? target[2],
    title: target[3] ?? '',
    end,
  });
  skip.set(close, end);
  return open + 1;
}

function closingBracket(text, open) {
  let depth = 0;
  for (let i = open; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '`') i = Math.max(i, text.indexOf('`', i + 1));
    else if (text[i] === '[') depth++;
    else if (text[i] === ']' && --depth === 0) return i;
  }
  return -1;
}

function addBold(text, at, add, skip) {
  const mark = text.slice(at, at + 2);
  const end = text.indexOf(mark, at + 2);
  const inWord = mark === '__' && /\w/.test(text[at - 1] ?? '');
  if (end < 0 || inWord || !/\S/.test(text[at + 2])) return at + 2;
  add('bold', at, { text: text.slice(at + 2, end).replace(/\s+/g, ' '), end: end + 2 });
  skip.set(end, end + 2);
  return at + 2;
}

// --- Prose -----------------------------------------------------------------------

// A block's text as a reader sees it: no marks, no link targets. Code spans are
// kept, or replaced by what code() makes of them.
export function prose(block, code = (text) => text) {
  const parts = [];
  let from = 0;
  for (const piece of inlines(block)) {
    if (piece.at < from || piece.kind === 'bold' || piece.kind === 'reference') continue;
    parts.push(withoutMarks(block.text.slice(from, piece.at)));
    if (piece.kind === 'code') parts.push(code(piece.text));
    if (piece.kind === 'link') parts.push(prose({ ...block, text: piece.text }, code));
    from = piece.end;
  }
  parts.push(withoutMarks(block.text.slice(from)));
  return parts.join('').replace(/\s+/g, ' ').trim();
}

function withoutMarks(text) {
  return text
    .replace(/<!--[^]*?-->/g, '')
    .replace(/\\([!-/:-@[-`{-~])|\*+|(?<!\w)_+|_+(?!\w)/g, '$1');
}

// --- Headings' addresses -----------------------------------------------------------

// The anchor that GitHub gives to a heading, of which this is the plain text.
export function slug(heading) {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '')
    .replace(/ /g, '-');
}

// Gives unlike anchors to like headings: name, name-1, name-2.
export function slugger() {
  const taken = new Map();
  return (heading) => {
    const first = slug(heading);
    let mine = first;
    while (taken.has(mine)) {
      taken.set(first, taken.get(first) + 1);
      mine = `${first}-${taken.get(first)}`;
    }
    taken.set(mine, 0);
    return mine;
  };
}

function addSlugs(page) {
  const next = slugger();
  for (const heading of page.headings) {
    heading.slug = next(prose(heading.block));
  }
}

// The heading that a line is under.
export function sectionOf(page, line, level = 6) {
  return page.headings.filter((h) => h.line <= line && h.level <= level).at(-1);
}
