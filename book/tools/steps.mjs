// The steps of a climb: tests/steps/NN_name/N_step/N_step.ini, each with a section of a
// page. A page says how long it takes to do: as long as its steps and exercises.
import fs from 'node:fs';
import path from 'node:path';
import { exercisesOn, isRoom, readManifest } from './exercises.mjs';
import { pagesOfChapter, problem, prose } from './pages.mjs';

const FOLDER = 'tests/steps';
const KEYS = ['title', 'minutes', 'heading', 'why', 'hint1', 'hint2', 'hint3'];
const GIVEN_KEYS = ['title', 'minutes', 'heading'];

// The steps of a chapter, in order.
export function readSteps(root, chapter) {
  const folder = path.join(root, FOLDER, chapter);
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder)
    .sort((a, b) => parseInt(a, 10) - parseInt(b, 10))
    .map((id) => `${FOLDER}/${chapter}/${id}/${id}.ini`)
    .filter((file) => fs.existsSync(path.join(root, file)))
    .map((file) => readManifest(root, file, path.basename(file, '.ini')));
}

export function checkSteps(book, pages) {
  return pages
    .filter(({ chapter }) => chapter)
    .flatMap((page) => {
      const steps = readSteps(book.root, page.folder);
      const chapter = pagesOfChapter(book, page.chapter);
      const mine = steps.filter(({ heading }) => sectionLine(page, heading) > 0);
      return [
        ...(page === chapter[0] ? steps.flatMap((step) => stepProblems(chapter, step)) : []),
        ...orderProblems(page, mine),
        ...(steps.length ? minutesProblems(book, page, mine) : []),
      ];
    });
}

function sectionLine(page, heading) {
  return page.headings.find(({ text }) => text === heading)?.line ?? 0;
}

function stepProblems(chapter, step) {
  const needed = step.given === 'yes' ? GIVEN_KEYS : KEYS;
  const problems = needed
    .filter((key) => !step[key])
    .map((key) => problem(step.file, 1, `the manifest lacks its key ${key}`));
  if (step.heading && !chapter.some((page) => sectionLine(page, step.heading))) {
    const files = chapter.map(({ file }) => file).join(' or ');
    problems.push(
      problem(step.file, step.lines.heading, `${files} has no heading "${step.heading}"`),
    );
  }
  return problems;
}

function orderProblems(page, steps) {
  return steps.slice(1).flatMap((step, i) => {
    const line = sectionLine(page, step.heading);
    if (line >= sectionLine(page, steps[i].heading)) return [];
    return [problem(page, line, `"${step.heading}" comes before "${steps[i].heading}"`)];
  });
}

// "Minutes: 25 to read, 45 to do."
function minutesProblems({ root }, page, steps) {
  const hasRoom = page.comments.some(({ text }) => isRoom(text));
  const tasks = [...steps, ...(hasRoom ? exercisesOn(root, page, page.folder) : [])];
  const sum = tasks.reduce((all, { minutes }) => all + Number(minutes), 0);
  const block = page.blocks.find((one) => /^Minutes: \d+ to read, \d+ to do\./.test(prose(one)));
  if (!block) {
    return [problem(page, 1, `the page lacks "Minutes: ... to read, ${sum} to do."`)];
  }
  const [said] = prose(block).match(/\d+(?= to do)/);
  if (Number(said) === sum) return [];
  return [
    problem(page, block.line, `its steps and exercises take ${sum} minutes, and not ${said}`),
  ];
}
