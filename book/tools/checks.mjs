// What every page must be: links and anchors that lead somewhere, pictures with
// a text, tags that a code host understands, and a chapter's parts in order.
import fs from 'node:fs';
import path from 'node:path';
import { count, isFirst, pagesOfChapter, parsePage, problem, prose } from './pages.mjs';

export function checkPages(book, pages, whole) {
  return [
    ...pages.flatMap((page) => [
      ...checkHeadings(page),
      ...checkLinks(book, page),
      ...checkTags(page),
      ...checkIndentedCode(page),
      ...(page.chapter ? checkChapter(page, pagesOfChapter(book, page.chapter)) : []),
    ]),
    ...(whole ? [...checkBookJson(book), ...checkFiles(book)] : []),
  ];
}

// --- Headings ----------------------------------------------------------------------

function checkHeadings(page) {
  const problems = [];
  const add = (line, text) => problems.push(problem(page, line, text));
  const titles = page.headings.filter(({ level }) => level === 1);
  if (titles.length !== 1) {
    add(titles[1]?.line ?? 1, `a page has one title, "# ...", and this has ${titles.length}`);
  } else if (page.headings[0] !== titles[0]) {
    add(titles[0].line, 'the title comes first: no heading may come before it');
  }
  page.headings.forEach(({ level, line, text }, i) => {
    const above = page.headings[i - 1]?.level ?? 0;
    if (level > above + 1 && i > 0) {
      add(line, `"${text}" is of level ${level} below one of level ${above}: skip no level`);
    }
  });
  return problems;
}

// --- Links and pictures --------------------------------------------------------------

function checkLinks(book, page) {
  return page.inlines.flatMap((piece) =>
    linkProblems(book, page, piece)
      .filter(Boolean)
      .map((text) => problem(page, piece.line, text)),
  );
}

function linkProblems(book, page, { kind, text, target, title }) {
  switch (kind) {
    case 'reference':
      return [`write the address of [${text}] in the link: [text](address)`];
    case 'image':
      return [
        !text.trim() && `the image ${target} has no text: ![what it shows](${target})`,
        targetProblem(book, page, target),
      ];
    case 'link':
      return [
        !text.trim() && `the link to ${target} has no words`,
        targetProblem(book, page, target),
        title && titleProblem(book, title, target),
      ];
    default:
      return [];
  }
}

function targetProblem(book, page, target) {
  if (/^(https?|mailto):/.test(target)) return null;
  if (/^[a-z]+:/i.test(target)) return `${target} is no address that a book can have`;
  const [file, anchor] = split(target);
  const place = path.resolve(book.folder, file || page.name);
  const relative = path.relative(book.root, place);
  if (relative.startsWith('..') || path.isAbsolute(file)) {
    return `${target} leads out of the project: link to a file of it, relative to book/`;
  }
  if (!fs.existsSync(place)) {
    return `there is no ${relative}, to which a link leads: fix the link or add the file`;
  }
  // A moment of a run, which is looked for when its player is made.
  if (anchor === undefined || file.endsWith('.trace.json')) return null;
  const other =
    file === '' ? page : book.pages.find(({ name }) => place === path.join(book.folder, name));
  if (!other) return `#${anchor} cannot be checked in ${relative}: link to the file alone`;
  if (other.headings.some(({ slug }) => slug === anchor)) return null;
  return `${other.file} has no heading #${anchor}${suggestion(other, anchor)}`;
}

function split(target) {
  const [file, anchor] = target.split('#');
  return [decode(file), anchor === undefined ? undefined : decode(anchor)];
}

// "a%20b" is "a b"; what is no such code stays as it is.
function decode(text) {
  return text.replace(/%20/g, ' ');
}

// The heading that shares most words with an anchor that does not exist.
function suggestion(page, anchor) {
  const words = new Set(anchor.split('-'));
  const likeness = ({ slug }) => slug.split('-').filter((word) => words.has(word)).length;
  const best = [...page.headings].sort((a, b) => likeness(b) - likeness(a))[0];
  return best && likeness(best) ? `: did you mean #${best.slug}?` : '';
}

// A link with the title "loop-player" shows a trace in the player, and those with "loop-knob" are
// runs that one player chooses from.
function titleProblem(book, title, target) {
  if (title === 'trace-opener') return null; // where the player opens a trace from the disk
  if (!['loop-player', 'loop-knob'].includes(title)) {
    return `a link has no title here but "loop-player" or "loop-knob", and not "${title}"`;
  }
  const [trace] = split(target);
  if (!/^\.\.\/chapters\/\w+\/expected\/[\w-]+\.trace\.json$/.test(trace)) {
    return `the player shows ../chapters/NN_name/expected/CASE.trace.json, and not ${target}`;
  }
  const transcript = trace.replace(/\.trace\.json$/, '.txt');
  if (fs.existsSync(path.resolve(book.folder, transcript))) return null;
  return `the trace ${trace} has no transcript ${path.basename(transcript)} beside it`;
}

// --- Tags and other Markdown that a code host shows otherwise ----------------------------

function checkTags(page) {
  const problems = [];
  const add = (line, text) => problems.push(problem(page, line, text));
  const open = [];
  for (const { kind, line, text, tag } of page.inlines) {
    if (kind !== 'tag') continue;
    if (!/^<\/?(details|summary)>$/.test(text)) {
      add(
        line,
        `${text} is raw HTML: only <details> and <summary>, without attributes, ` +
          'and comments are allowed; code goes between `backticks`',
      );
    }
    if (!['details', 'summary'].includes(tag)) continue;
    if (!text.startsWith('</')) {
      if (tag === 'summary' && open.at(-1)?.tag !== 'details') {
        add(line, '<summary> belongs inside <details>');
      }
      open.push({ tag, line });
    } else if (open.at(-1)?.tag === tag) {
      open.pop();
    } else {
      add(line, `${text} closes nothing: <${tag}> is missing before it`);
    }
  }
  open.forEach(({ tag, line }) => add(line, `<${tag}> is never closed: add </${tag}>`));
  return [...problems, ...checkTagLines(page)];
}

// Markdown below a line of tags is read only after an empty line.
function checkTagLines(page) {
  return page.blocks
    .filter(({ kind }) => kind === 'tags')
    .flatMap(({ line, text }) => {
      const next = page.lines[line];
      const problems = [];
      if (/<details>/.test(text) && !/<summary>.*\S.*<\/summary>/.test(text)) {
        problems.push(
          problem(
            page,
            line,
            'write <details><summary>words</summary> on one line: a folded text needs its words',
          ),
        );
      }
      if (next !== undefined && next.trim() !== '') {
        problems.push(
          problem(
            page,
            line + 1,
            'an empty line is missing above: without it, this is not read as Markdown',
          ),
        );
      }
      return problems;
    });
}

// Four spaces after an empty line make a block of code that no tool would see.
function checkIndentedCode(page) {
  return page.blocks
    .filter((block) => {
      const indent = page.lines[block.line - 1].match(/^ */)[0].length;
      const above = page.lines[block.line - 2] ?? '';
      return (
        indent >= 4 && above.trim() === '' && block.kind === 'paragraph' && !inItem(page, block)
      );
    })
    .map(({ line }) => problem(page, line, 'four spaces make this a block of code: use a fence'));
}

function inItem(page, block) {
  const before = page.blocks.slice(0, page.blocks.indexOf(block)).reverse();
  const outer = before.find((other) => !page.lines[other.line - 1].startsWith('    '));
  return outer?.kind === 'item';
}

// --- A chapter's parts ---------------------------------------------------------------

const STEPS = [4, 8];
const QUESTIONS = 4;
const PREDICTIONS = 2;

// A chapter of one page has all parts on it. One of more begins with the climb,
// in which the reader builds; the last page, NN_name_piece.md, is about the real code.
function checkChapter(page, chapter) {
  const problems = [];
  const add = (line, text) => problems.push(problem(page, line, text));
  const title = page.headings[0];
  if (title && !title.text.startsWith(`${page.chapter}. `)) {
    add(title.line, `the title of ${page.name} begins with its number: "# ${page.chapter}. ..."`);
  }
  const parts = page.headings.filter(({ level }) => level === 2);
  if (chapter.length > 1 && isFirst(page)) checkClimb(page, parts, chapter, add);
  if (isFirst(page)) checkPredictions(page, chapter, add);
  if (page !== chapter.at(-1)) return problems;

  const opening = isFirst(page) ? 'The line we earn' : 'From ours to the real one';
  const steps = checkParts(page, parts, opening, add);
  if (steps) {
    if (isFirst(page)) checkOpening(page, parts[0], steps.first, add);
    else checkTable(page, parts[0], steps.first, add);
    if (steps.count < STEPS[0] || steps.count > STEPS[1]) {
      add(
        parts[0].line,
        `a chapter has ${STEPS.join(' to ')} steps (## headings between ` +
          `"${opening}" and "The trap: ..."), and this has ${steps.count}`,
      );
    }
  }
  checkExercisesMarkers(page, add);
  checkQuestions(page, parts, add);
  checkWatch(page, parts, add);
  return problems;
}

// The first page of a chapter that has more: what it promises.
function checkClimb(page, parts, chapter, add) {
  const names = chapter.map(({ name }) => name);
  if (names[0] !== page.name || names.at(-1) !== `${page.folder}_piece.md`) {
    add(1, `book.json has ${page.name} first, and ${page.folder}_piece.md last of the chapter`);
  }
  if (parts[0]?.text !== 'The line we earn') {
    add(parts[0]?.line ?? page.lines.length, 'a chapter begins with "## The line we earn"');
  } else {
    checkPromises(page, parts[0], parts[1] ?? { line: Infinity }, add);
  }
}

// The page about the piece begins with what is new in it, and where.
function checkTable(page, part, firstStep, add) {
  const within = ({ line }) => line >= part.line && line < firstStep.line;
  if (!page.blocks.some((block) => within(block) && block.kind === 'row')) {
    add(part.line, 'the opening lacks its table: what the piece has more, and which section shows it');
  }
}

function checkPredictions(page, chapter, add) {
  const boxes = chapter.flatMap(predictions);
  if (boxes.length >= PREDICTIONS) return;
  add(
    page.headings[0]?.line ?? 1,
    `a chapter has ${PREDICTIONS} Predict boxes or more ` +
      `("> *Predict:* ..."), and this has ${boxes.length}`,
  );
}

// The parts after the steps, in order.
function closingParts(chapter) {
  return [
    { name: 'The trap: ...', is: (text) => /^The trap: \S/.test(text) },
    ...(chapter > 1 ? [{ name: 'Watch it run', is: (text) => text === 'Watch it run' }] : []),
    { name: 'What CPython does', is: (text) => text === 'What CPython does' },
    { name: 'Design note: ...', is: (text) => /^Design note: \S/.test(text) },
    { name: 'Exercises', is: (text) => text === 'Exercises' },
    { name: 'Check yourself', is: (text) => text === 'Check yourself' },
  ];
}

// Returns the first step and the number of steps, if they can be told.
function checkParts(page, parts, opening, add) {
  const end = page.lines.length;
  if (parts[0]?.text !== opening) {
    add(parts[0]?.line ?? end, `the first part of a chapter is "## ${opening}"`);
    return null;
  }
  const closing = closingParts(page.chapter);
  const found = [];
  for (const { name, is } of closing) {
    const at = parts.findIndex(({ text }) => is(text));
    if (at >= 0) found.push(at);
    else add(end, `the chapter lacks its part "## ${name}"`);
  }
  found.forEach((at, i) => {
    const before = Math.max(0, ...found.slice(0, i));
    if (at < before) {
      add(
        parts[at].line,
        `"## ${parts[at].text}" is too early: ` + `it comes after "## ${parts[before].text}"`,
      );
    }
  });
  const trap = Math.min(...found);
  parts
    .slice(trap + 1)
    .filter(({ text }) => !closing.some(({ is }) => is(text)))
    .forEach((part) =>
      add(part.line, `"## ${part.text}" is no part of a chapter here: steps come before the trap`),
    );
  return found.length ? { first: parts[1], count: trap - 1 } : null;
}

// Between "The line we earn" and the first step.
function checkOpening(page, part, firstStep, add) {
  const within = ({ line }) => line >= part.line && line < firstStep.line;
  checkPromises(page, part, firstStep, add);
  const text = page.blocks.filter(within).map((block) => prose(block)).join('\n');
  if (!/\bFiles\b/.test(text)) add(part.line, 'the opening lacks a line or row with "Files"');
  if (!page.fences.some((fence) => within(fence) && fence.lang === 'drawing')) {
    add(part.line, 'the opening lacks its picture: a drawing before the first step');
  }
}

function checkPromises(page, part, firstStep, add) {
  const within = ({ line }) => line >= part.line && line < firstStep.line;
  const blocks = page.blocks.filter(within);
  const text = blocks.map((block) => prose(block)).join('\n');
  const outcomes = blocks.findIndex((block) => prose(block).includes('After this chapter you can'));
  if (outcomes < 0) {
    add(part.line, 'the opening lacks its outcomes: "After this chapter you can", and a list');
  } else if (blocks[outcomes + 1]?.kind !== 'item') {
    add(blocks[outcomes].line, 'after "After this chapter you can" comes a list');
  }
  if (!/\bMinutes\b/.test(text)) {
    add(part.line, 'the opening lacks a line or row with "Minutes"');
  }
}

function checkExercisesMarkers(page, add) {
  const marker = page.comments.find(({ text }) => text.startsWith('exercises:begin'));
  const name = page.folder;
  if (marker && marker.text !== `exercises:begin ${name}`) {
    add(
      marker.line,
      `this marker says "${marker.text}": in this page it is "exercises:begin ${name}"`,
    );
  }
  if (!marker) add(page.lines.length, `the chapter lacks <!-- exercises:begin ${name} -->`);
}

function checkQuestions(page, parts, add) {
  const part = parts.find(({ text }) => text === 'Check yourself');
  if (!part) return;
  const asked = questions(page).length;
  if (asked !== QUESTIONS) {
    add(
      part.line,
      `"Check yourself" has ${QUESTIONS} folded questions (<details>), ` + `and this has ${asked}`,
    );
  }
}

function checkWatch(page, parts, add) {
  const part = parts.find(({ text }) => text === 'Watch it run');
  if (!part) return;
  const end = parts[parts.indexOf(part) + 1]?.line ?? Infinity;
  const watched = page.inlines.some(
    ({ line, title }) => /^loop-(player|knob)$/.test(title) && line > part.line && line < end,
  );
  if (!watched) {
    add(part.line, 'there is nothing to watch: [Watch this run](....trace.json "loop-player")');
  }
}

export function predictions(page) {
  return page.blocks.filter(({ quote, text }) => quote && /\*Predict:\*/.test(text));
}

// The folded questions below "Check yourself".
export function questions(page) {
  const part = page.headings.find(({ text }) => text === 'Check yourself');
  if (!part) return [];
  return page.blocks.filter(
    ({ kind, line, text }) => kind === 'tags' && line > part.line && count(text, /<details>/g),
  );
}

// --- The book as a whole ---------------------------------------------------------------

function checkBookJson(book) {
  const at = (text) => problem('book/book.json', 1, text);
  return [
    ...(typeof book.title === 'string' ? [] : [at('the book has no "title"')]),
    ...book.order
      .filter((name) => !book.onDisk.includes(name))
      .map((name) =>
        at(`"pages" names ${name}, and there is no such page: write it or take it out`),
      ),
    ...book.pages
      .filter(({ name }) => !book.order.includes(name))
      .map((page) => problem(page, 1, 'this page is not in book/book.json: add it to "pages"')),
  ];
}

// Pictures need a page that shows them, or the README; traps and Python programs
// need a transcript too.
function checkFiles(book) {
  const problems = [];
  const files = walk(book.folder).map((file) => path.relative(book.root, file));
  const has = (file) => files.includes(file);
  const shown = new Set(book.pages.flatMap(({ fences }) => fences.map(({ attrs }) => attrs.file)));
  const pictures = picturesOf(book);
  for (const file of files) {
    const stem = file.replace(/\.\w+$/, '');
    const add = (text) => problems.push(problem(file, 1, text));
    if (/\.(svg|png|jpe?g|gif|webp)$/i.test(file)) {
      if (!pictures.has(file)) add('no page shows it: show it or take it out');
    } else if (/^book\/(traps(\/refused)?|python)\/[^/]*\.(cpp|py)$/.test(file)) {
      if (!has(`${stem}.txt`)) add(`it has no transcript: add ${stem}.txt`);
      if (!shown.has(file)) add('no page shows it: show a part of it or take it out');
    } else if (/^book\/(traps|python)\/.*\.txt$/.test(file)) {
      if (!has(`${stem}.cpp`) && !has(`${stem}.py`)) add('no program prints it: take it out');
    }
  }
  return problems;
}

// The pictures that the pages show, and the README at the top.
function picturesOf(book) {
  const images = book.pages
    .flatMap(({ inlines }) => inlines)
    .filter(({ kind }) => kind === 'image')
    .map(({ target }) => path.posix.join('book', target));
  const readme = path.join(book.root, 'README.md');
  const top = fs.existsSync(readme) ? parsePage('README.md', fs.readFileSync(readme, 'utf8')) : null;
  const more = (top?.inlines ?? []).filter(({ kind }) => kind === 'image');
  return new Set([...images, ...more.map(({ target }) => target)]);
}

// All files below a folder, but not those of the tools.
function walk(folder) {
  return fs
    .readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const name = path.join(folder, entry.name);
      if (!entry.isDirectory()) return [name];
      return ['tools', 'node_modules'].includes(entry.name) ? [] : walk(name);
    })
    .sort();
}
