// Nothing is used before it is introduced. book/tools/concepts.md says which idea of
// C++ or asyncio belongs to which chapter, and how it looks in code. A listing
// or an exercise of an earlier chapter must not use it, and its own chapter must
// speak of it no later than in the section that shows it first.
import fs from 'node:fs';
import path from 'node:path';
import { isFirst, parsePage, problem, prose, sectionOf } from './pages.mjs';
import { withoutCppComments } from './repository.mjs';

const TABLE = 'tools/concepts.md';

// [{ concept, chapter, pattern, said: [...], line }], and what is wrong with the table.
export function readConcepts(book) {
  const file = path.join(book.folder, TABLE);
  const page = fs.existsSync(file) ? parsePage(TABLE, fs.readFileSync(file, 'utf8')) : null;
  const concepts = [];
  const problems = [];
  const rows = page?.blocks.filter(
    ({ kind, text }) => kind === 'row' && /^\|[^|]*\| *\d/.test(text),
  );
  for (const { text, line } of rows ?? []) {
    const cells = text
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim());
    const [concept, chapter, recognised, said] = cells;
    try {
      const source = recognised.replace(/^`+ ?| ?`+$/g, '').replace(/\\\|/g, '|');
      concepts.push({
        concept,
        line,
        chapter: Number(chapter),
        pattern: new RegExp(source),
        said: (said || concept).split(',').map((words) => words.trim().replace(/`/g, '')),
      });
    } catch (error) {
      problems.push(problem(page, line, `"${concept}" is recognised by nothing: ${error.message}`));
    }
  }
  return { page, concepts, problems };
}

export function checkConcepts(book, pages, whole) {
  const { page, concepts, problems } = readConcepts(book);
  const chapters = book.pages.filter(({ chapter }) => chapter);
  const mine = (chapter) => pages.includes(chapter);
  return [
    ...(whole ? [...problems, ...tableProblems(book, page, concepts)] : []),
    ...chapters.filter(mine).flatMap((chapter) => earlyListings(page, chapter, concepts)),
    ...chapters
      .filter((chapter) => mine(chapter) && isFirst(chapter))
      .flatMap((chapter) => silences(chapters, chapter.chapter, concepts)),
    ...chapters
      .filter((chapter) => mine(chapter) && isFirst(chapter))
      .flatMap((chapter) => earlyStarters(book, chapter, concepts)),
  ];
}

function tableProblems(book, page, concepts) {
  const sources = ['chapters', 'common']
    .flatMap((folder) => cppFiles(book.root, folder))
    .map((file) => codeLines(fs.readFileSync(path.join(book.root, file), 'utf8')).join('\n'));
  return concepts.flatMap(({ concept, chapter, pattern, line }, i) => {
    const add = (text) => [problem(page, line, text)];
    if (concepts.findIndex((other) => other.concept === concept) !== i) {
      return add(`"${concept}" is in the table twice`);
    }
    if (chapter < (concepts[i - 1]?.chapter ?? 1)) {
      return add(
        `"${concept}" of chapter ${chapter} comes after one of a later chapter: sort the table`,
      );
    }
    if (!sources.some((source) => pattern.test(source))) {
      return add(
        `"${concept}" is recognised nowhere in chapters/ and common/: fix its pattern ` +
          'or take it out',
      );
    }
    return [];
  });
}

function cppFiles(root, folder) {
  const place = path.join(root, folder);
  if (!fs.existsSync(place)) return [];
  return fs.readdirSync(place, { withFileTypes: true }).flatMap((entry) => {
    const name = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return cppFiles(root, name);
    return /\.[ch]pp$/.test(name) ? [name] : [];
  });
}

// --- Listings ------------------------------------------------------------------------

// The lines of a chapter's C++ listings.
function listings(page) {
  return page.fences
    .filter(({ lang }) => lang === 'cpp')
    .map((fence) => ({
      fence,
      lines: codeLines(fence.body.join('\n')),
    }));
}

// Lines of code alone: what comments and texts say is not used.
export function codeLines(text) {
  const code = withoutCppComments(text).replace(/"(?:[^"\\\n]|\\.)*"/g, '""');
  return code.split('\n');
}

function earlyListings(table, page, concepts) {
  const later = concepts.filter(({ chapter }) => chapter > page.chapter);
  return listings(page).flatMap(({ fence, lines }) =>
    later.flatMap((one) => {
      const at = lines.findIndex((line) => one.pattern.test(line));
      return at < 0 ? [] : [problem(page, fence.line + 1 + at, early(table, one, 'this listing'))];
    }),
  );
}

function early(table, { concept, chapter, line }, what) {
  return (
    `${what} uses "${concept}", which chapter ${chapter} introduces (${table.file}:${line}): ` +
    'show other lines, or move it there and explain it here'
  );
}

// Concepts of this chapter that the book's listings use, and of which its pages
// say nothing by the end of the section with the first listing that uses them.
function silences(chapters, number, concepts) {
  const mine = chapters.filter(({ chapter }) => chapter === number);
  return concepts
    .filter(({ chapter }) => chapter === number)
    .flatMap((one) => {
      const users = chapters.flatMap((chapter) =>
        listings(chapter)
          .filter(({ lines }) => lines.some((line) => one.pattern.test(line)))
          .map(({ fence }) => ({ chapter, fence })),
      );
      if (users.length === 0) return [];
      const first = users.find(({ chapter }) => mine.includes(chapter));
      const page = first?.chapter ?? mine.at(-1);
      const before = mine.slice(0, mine.indexOf(page));
      const end = first ? endOfSection(page, first.fence.line) : Infinity;
      if (isSaid(page, one.said, end)) return [];
      if (before.some((earlier) => isSaid(earlier, one.said, Infinity))) return [];
      const words = `"${one.said.join('" or "')}"`;
      if (first) {
        return [
          problem(
            page,
            first.fence.line,
            `this listing uses "${one.concept}", and the text ` +
              `does not say ${words} by the end of its section: explain it in a sentence`,
          ),
        ];
      }
      const user = users[0];
      return [
        problem(
          page,
          1,
          `the text does not say ${words}: explain "${one.concept}" in a ` +
            `sentence, or give it to chapter ${user.chapter.chapter} in book/${TABLE}: the first ` +
            `listing that uses it is ${user.chapter.file}:${user.fence.line}`,
        ),
      ];
    });
}

function endOfSection(page, line) {
  const section = sectionOf(page, line, 2);
  const next = page.headings.find((heading) => heading.level <= 2 && heading.line > section?.line);
  return next?.line ?? Infinity;
}

function isSaid(page, said, end) {
  const text = page.blocks
    .filter(({ line, kind }) => line < end && kind !== 'heading')
    .map((block) => prose(block))
    .join('\n');
  return said.some((words) => {
    const escaped = words.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    return new RegExp(`(?<!\\w)${escaped}(?:s|es)?(?!\\w)`, 'i').test(text);
  });
}

// --- Exercises ------------------------------------------------------------------------

function earlyStarters(book, page, concepts) {
  const folders = ['exercises', 'steps'].map((name) => `chapters/${page.folder}/${name}`);
  const table = { file: `book/${TABLE}` };
  const later = concepts.filter(({ chapter }) => chapter > page.chapter);
  return folders.flatMap((folder) => cppFiles(book.root, folder)).flatMap((file) => {
    const text = fs.readFileSync(path.join(book.root, file), 'utf8');
    const lines = codeLines(text);
    return later.flatMap((one) => {
      const at = lines.findIndex((line) => one.pattern.test(line));
      const what = file.includes('/steps/') ? 'this step' : 'this exercise';
      return at < 0 ? [] : [problem(file, at + 1, early(table, one, what))];
    });
  });
}
