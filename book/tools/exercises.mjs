// The exercises' part of a chapter, made from the manifests that the grader
// reads: tests/exercises/ID/NAME.ini.
import fs from 'node:fs';
import path from 'node:path';
import { inCode, taskOf } from './contracts.mjs';
import { isFirst, pagesOfChapter, problem, readPage } from './pages.mjs';

const KEYS = ['chapter', 'title', 'minutes', 'points', 'hint1', 'hint2', 'hint3', 'heading'];
const BEGIN = /^<!-- exercises:begin (\w+) -->$/;
const END = '<!-- exercises:end -->';

// All exercises, each with its manifest's keys, its id, its file and its line.
export function readExercises(root) {
  const folder = path.join(root, 'tests/exercises');
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder)
    .sort()
    .flatMap((id) => {
      if (!fs.statSync(path.join(folder, id)).isDirectory()) return [];
      const manifests = fs
        .readdirSync(path.join(folder, id))
        .filter((name) => name.endsWith('.ini'));
      return manifests.map((name) => readManifest(root, `tests/exercises/${id}/${name}`, id));
    });
}

// "key = value" lines, as Boost.Program_options reads them: "#" begins a comment,
// and "[section]" puts "section." before the keys that follow it.
export function readManifest(root, file, id) {
  const values = {};
  const lines = {};
  let section = '';
  fs.readFileSync(path.join(root, file), 'utf8')
    .split('\n')
    .forEach((line, i) => {
      const bare = line.replace(/#.*/, '').trim();
      const [, name] = bare.match(/^\[(.*)\]$/) ?? [];
      if (name !== undefined) section = `${name}.`;
      const [, key, value] = bare.match(/^([\w.-]+)\s*=\s*(.*)$/) ?? [];
      if (!key) return;
      values[section + key] = value;
      lines[section + key] = i + 1;
    });
  return { id, file, lines, ...values };
}

// A page with the text between its markers made anew.
export function fillExercises(root, page) {
  const out = [];
  for (let i = 0; i < page.lines.length; i++) {
    out.push(page.lines[i]);
    const begin = page.lines[i].match(BEGIN);
    const end = begin ? page.lines.indexOf(END, i) : -1;
    if (end < 0) continue;
    out.push(...section(root, page, begin[1]));
    i = end - 1;
  }
  return out.join('\n');
}

// The easiest first, as the manifests' key `order` says, else by minutes.
function section(root, page, chapter) {
  const mine = exercisesOn(root, page, chapter);
  const order = ({ order: number, minutes }) => Number(number ?? minutes);
  mine.sort((a, b) => order(a) - order(b) || a.id.localeCompare(b.id));
  const pages = mine.length ? [page, ...pagesOf(root, chapter)] : [];
  return mine.length ? ['', ...mine.flatMap((exercise) => [...text(root, pages, exercise, chapter), ''])] : [];
}

// A chapter's exercises that a page shows. Of several pages with room for them, it is
// the one with the heading to read; the last one has the others.
export function exercisesOn(root, page, chapter) {
  const all = readExercises(root).filter((exercise) => sameChapter(exercise.chapter, chapter));
  const others = pagesWithRoom(root, chapter).filter(({ name }) => name !== page.name);
  const isLast = others.every(({ name }) => name < page.name);
  const has = ({ headings }, { heading }) => headings.some(({ text: words }) => words === heading);
  return all.filter(
    (exercise) =>
      has(page, exercise) || (isLast && !others.some((other) => has(other, exercise))),
  );
}

function pagesWithRoom(root, chapter) {
  return pagesOf(root, chapter).filter(({ comments }) =>
    comments.some(({ text: words }) => isRoom(words)),
  );
}

function pagesOf(root, chapter) {
  const folder = path.join(root, 'book');
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder)
    .filter((name) => name.startsWith(chapter) && name.endsWith('.md'))
    .map((name) => readPage(root, name));
}

// What a failure sends its reader to: the exercise's heading, and those of cases with one
// of their own. { key: heading }
function headingsOf(exercise) {
  return Object.entries(exercise).filter(([key]) => /(^|\.)heading$/.test(key));
}

function readingList(pages, exercise) {
  const wanted = [...new Set(headingsOf(exercise).map(([, heading]) => heading))];
  return wanted.map((heading) => linkTo(pages, heading)).join(' and ');
}

// "exercises:begin 02_event_loop", in a comment.
export function isRoom(words) {
  return words.startsWith('exercises:begin');
}

// A manifest may name its chapter by number or by name, as ./workbook does.
function sameChapter(given = '', chapter) {
  const [number, ...words] = chapter.split('_');
  return [chapter, number, String(Number(number)), words.join('_')].includes(given);
}

// "[Water](#water)", or on another page of the chapter "[Water](01_kettle.md#water)". The
// first of the pages is the one with the link.
function linkTo(pages, heading) {
  const [page] = pages;
  const found = pages
    .map((one) => ({ one, there: one.headings.find(({ text: words }) => words === heading) }))
    .find(({ there }) => there);
  if (!found) return `"${heading}"`; // the check of manifests will tell
  const { one, there } = found;
  return `[${heading}](${one.name === page.name ? '' : one.name}#${there.slug})`;
}

function text(root, pages, exercise, chapter) {
  const { id, title, minutes, points, hint1, hint2, hint3 } = exercise;
  const file = `chapters/${chapter}/exercises/${id}.cpp`;
  const contract = file.replace(/cpp$/, 'hpp');
  const hints = [hint1, hint2, hint3].filter(Boolean);
  const list = readingList(pages, exercise);
  return [
    `### ${title}`,
    '',
    `\`${id}\` · ${minutes} minutes · ${points} points` +
      `${list ? ` · read ${list}` : ''}` +
      ` · write [${file}](../${file}) · [the contract](../${contract}) as code`,
    '',
    ...taskOf(root, contract, [title, id]),
    '```sh',
    `./workbook check ${id}`,
    '```',
    ...hints.flatMap((hint, i) => [
      '',
      `<details><summary>Hint ${i + 1}</summary>`,
      '',
      inCode(hint),
      '',
      '</details>',
    ]),
  ];
}

export function checkExercises(book, pages, whole) {
  const { root } = book;
  const exercises = readExercises(root);
  const isOf = (page) => (exercise) =>
    page.chapter && sameChapter(exercise.chapter, page.folder);
  const lost = exercises.filter((exercise) => !pages.some((page) => isOf(page)(exercise)));
  return [
    ...pages.flatMap((page) => [
      ...markerProblems(root, page),
      ...exercises
        .filter((exercise) => isFirst(page) && isOf(page)(exercise))
        .flatMap((exercise) => manifestProblems(pagesOfChapter(book, page.chapter), exercise)),
    ]),
    ...(whole ? lost.map(lostProblem) : []),
  ];
}

function lostProblem({ file, chapter, lines }) {
  return problem(
    file,
    lines.chapter ?? 1,
    `no page is of chapter ${chapter}: fix the key chapter`,
  );
}

function markerProblems(root, page) {
  const begin = page.lines.findIndex((line) => BEGIN.test(line));
  if (begin < 0) return [];
  if (!page.lines.includes(END, begin)) {
    return [problem(page, begin + 1, `the exercises' part has no end: add ${END}`)];
  }
  if (fillExercises(root, page) === page.text) return [];
  return [
    problem(
      page,
      begin + 1,
      'the exercises are not what their manifests say: ' +
        `run "node book/tools/listings.mjs sync ${page.name}"`,
    ),
  ];
}

function manifestProblems(pages, exercise) {
  const missing = KEYS.filter((key) => !exercise[key]);
  const problems = missing.map((key) =>
    problem(exercise.file, 1, `the manifest lacks its key ${key}`),
  );
  const headings = pages.flatMap((page) => page.headings);
  for (const [key, heading] of headingsOf(exercise)) {
    if (headings.some(({ text: words }) => words === heading)) continue;
    const files = pages.map(({ file }) => file).join(' or ');
    problems.push(
      problem(exercise.file, exercise.lines[key], `${files} has no heading "${heading}"`),
    );
  }
  return problems;
}
