// Cuts listings from the sources: a named region of a program, or an excerpt of
// a transcript. What cannot be cut is an Error whose text tells what to do.
import fs from 'node:fs';
import path from 'node:path';

export const MARK = /^\s*(?:\/\/|#)\s*#(region|endregion)\s+([\w-]+)\s*$/;

export const MAX_LINES = 15;
export const MAX_COLUMNS = 80;

// Where each kind of listing may come from: what the build compiles, and what a
// test compares.
const ORIGINS = {
  cpp: {
    pattern: /^(chapters|common|tests|solutions|book\/traps)\/.*\.[ch]pp$/,
    words: 'a .cpp or .hpp file below chapters/, common/, tests/, solutions/ or book/traps/',
    keys: ['file', 'region'],
  },
  console: {
    pattern: new RegExp(
      '^(chapters/\\w+/(expected|steps)|tests/steps/\\w+/\\w+|book/traps(/refused)?|book/python)/[\\w-]+\\.txt$',
    ),
    words:
      'a transcript: chapters/*/expected/*.txt, chapters/*/steps/*.txt, ' +
      'tests/steps/*/*/starter.txt, book/traps/*.txt, book/traps/refused/*.txt or ' +
      'book/python/*.txt',
    keys: ['file', 'from', 'to', 'again'], // again: see spoilers.mjs
  },
  python: {
    pattern: /^book\/python\/\w+\.py$/,
    words: 'a program in book/python/',
    keys: ['file', 'region'],
  },
};

export const SOURCED = Object.keys(ORIGINS);

// What a fence must contain: { lines, first }, where first is the line of the
// source with which it begins.
export function listing(root, { lang, attrs }) {
  const origin = ORIGINS[lang];
  const strange = Object.keys(attrs).find((key) => !origin.keys.includes(key));
  if (strange) throw new Error(`${lang} takes ${origin.keys.join(', ')}, and no ${strange}=`);
  if (!attrs.file) throw new Error(`${lang} needs file=: ${origin.words}`);
  if (!origin.pattern.test(attrs.file)) {
    throw new Error(`${attrs.file} is no source of ${lang}: name ${origin.words}`);
  }
  const lines = readLines(root, attrs.file);
  return lang === 'console' ? excerpt(lines, attrs) : region(lines, attrs);
}

function readLines(root, file) {
  const name = path.join(root, file);
  if (!fs.existsSync(name)) throw new Error(`there is no file ${file}: fix the name or add the file`);
  return fs.readFileSync(name, 'utf8').replace(/\n+$/, '').split('\n');
}

// The lines between "// #region NAME" and "// #endregion NAME", moved to the
// left margin, without the marks of other regions.
export function region(lines, { file, region: name }) {
  const { from, to } = name ? findRegion(lines, file, name) : { from: 0, to: lines.length };
  const body = [];
  let first = 0;
  for (let i = from; i < to; i++) {
    const blank = lines[i].trim() === '';
    // A mark that is left out must not leave two empty lines.
    const needless = blank && (body.length === 0 || body.at(-1) === '');
    if (MARK.test(lines[i]) || needless) continue;
    first ||= i + 1;
    body.push(blank ? '' : lines[i]);
  }
  while (body.at(-1) === '') body.pop();
  if (body.length === 0) throw new Error(`region ${name} of ${file} is empty`);
  const indent = Math.min(...body.filter(Boolean).map((line) => line.match(/^ */)[0].length));
  return { lines: body.map((line) => line.slice(indent)), first };
}

function findRegion(lines, file, name) {
  const at = { region: [], endregion: [] };
  lines.forEach((line, i) => {
    const mark = line.match(MARK);
    if (mark?.[2] === name) at[mark[1]].push(i);
  });
  const { region: begins, endregion: ends } = at;
  if (begins.length === 0 && ends.length === 0) {
    const known = [...new Set(lines.map((line) => line.match(MARK)?.[2]).filter(Boolean))];
    throw new Error(
      `${file} has no region ${name}` +
        (known.length ? `: it has ${known.join(', ')}` : ', nor any other: mark one'),
    );
  }
  if (begins.length > 1 || ends.length > 1) {
    const twice = (begins.length > 1 ? begins : ends).map((i) => i + 1).join(' and ');
    throw new Error(`region ${name} is marked twice in ${file}, lines ${twice}: rename one`);
  }
  if (begins.length === 0 || ends.length === 0 || ends[0] < begins[0]) {
    const line = (begins[0] ?? ends[0]) + 1;
    throw new Error(
      `region ${name} of ${file}, line ${line}, lacks its other mark: ` +
        `"// #region ${name}" and later "// #endregion ${name}"`,
    );
  }
  return { from: begins[0] + 1, to: ends[0] };
}

// The command, and the lines from the first that contains `from` to the next
// that contains `to`. Three dots stand for what is left out.
export function excerpt(lines, { file, from, to }) {
  if (!lines[0].startsWith('$ ')) {
    throw new Error(`${file} does not begin with a line "$ command": it is no transcript`);
  }
  const start = from === undefined ? 1 : lines.findIndex((line, i) => i > 0 && line.includes(from));
  if (start < 0) {
    throw new Error(`${file} has no line with from="${from}": choose words that it has`);
  }
  const end =
    to === undefined
      ? lines.length - 1
      : lines.findIndex((line, i) => i >= start && line.includes(to));
  if (to !== undefined && end < 0) {
    throw new Error(
      `${file} has no line with to="${to}" at or after line ${start + 1}: ` +
        'choose words that it has',
    );
  }
  const shown = lines.slice(start, end + 1);
  const before = start > 1 ? ['...'] : [];
  const after = end < lines.length - 1 && shown.at(-1) !== '...' ? ['...'] : [];
  return { lines: [lines[0], ...before, ...shown, ...after], first: start + 1 };
}
