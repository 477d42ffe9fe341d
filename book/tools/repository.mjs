// What the repository has that a text can name: files, identifiers, functions,
// lines that programs print, options, and the commands of ./workbook.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const FOLDERS = ['chapters', 'common', 'tests', 'solutions', 'book', '.ci'];
const LEFT_OUT = ['node_modules', '.git'];

export function readRepository(root) {
  const files = listFiles(root);
  const all = { files: new Set(files), texts: new Map(), transcripts: [], calls: new Set() };
  for (const file of files.filter(isSource)) {
    const text = fs.readFileSync(path.join(root, file), 'utf8');
    if (isTranscript(file)) all.transcripts.push(...text.split('\n').map(oneLine));
    all.texts.set(file, oneLine(withoutComments(file, text)));
  }
  const whole = [...all.texts.values()].join('\n');
  for (const [, name] of whole.matchAll(/([A-Za-z_]\w*)\s?(?:<[^<>;(){}]*>\s?)?\(/g)) {
    all.calls.add(name);
  }
  return {
    root,
    ...all,
    whole,
    printed: all.transcripts.join('\n'),
    tokens: new Set(whole.match(/[A-Za-z_]\w*/g)),
    types: new Set(
      [...whole.matchAll(/\b(?:class|struct|enum|using|typename) (\w+)/g)].map(([, name]) => name),
    ),
    programs: readPrograms(files, all.texts),
    chapters: firstGroups(files, /^chapters\/(\d\d_\w+)\//),
    workbook: readWorkbook(root),
    exercises: firstGroups(files, /^tests\/exercises\/(\w+)\/\w+\.ini$/),
    steps: readSteps(files),
  };
}

function firstGroups(files, pattern) {
  return new Set(files.map((file) => file.match(pattern)?.[1]).filter(Boolean));
}

// "2.3" is chapters/02_event_loop/steps/3_rounds.cpp.
function readSteps(files) {
  const found = files.map((file) => file.match(/^chapters\/(\d\d)_\w+\/steps\/(\d+)_\w+\.cpp$/));
  return new Set(
    found.filter(Boolean).map(([, chapter, step]) => `${Number(chapter)}.${Number(step)}`),
  );
}

function listFiles(root) {
  const walk = (folder) => {
    if (!fs.existsSync(path.join(root, folder))) return [];
    return fs.readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
      const name = path.join(folder, entry.name);
      if (LEFT_OUT.includes(entry.name)) return [];
      return entry.isDirectory() ? walk(name) : [name];
    });
  };
  const top = fs
    .readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
  return [...top, ...FOLDERS.flatMap(walk)].map((file) => file.split(path.sep).join('/')).sort();
}

// What the text may quote from. The book's pages and tools prove nothing, and
// the names in CPython's answers are not ours.
function isSource(file) {
  if (file.startsWith('tests/pieces/python/')) return false;
  if (file.startsWith('book/')) return /^book\/(traps|python)\/.*\.(cpp|py|txt)$/.test(file);
  return /\.([ch]pp|py|ini|cmake|txt)$|^workbook$|^\.ci\/run$|^CMakePresets\.json$/.test(file);
}

function isTranscript(file) {
  return (
    /^(chapters\/\w+\/(expected|steps)|book\/traps|book\/python)\/.*\.txt$/.test(file) ||
    /^tests\/steps\/.*\/starter\.txt$/.test(file)
  );
}

// --- Texts ---------------------------------------------------------------------------

function withoutComments(file, text) {
  if (/\.[ch]pp$/.test(file)) return withoutCppComments(text);
  if (isTranscript(file) || file.endsWith('.json')) return text;
  return text.replace(/(^|\s)#.*/g, '$1');
}

// Comments go, literals stay: a program may print what they contain.
export function withoutCppComments(text) {
  const literal = 'R"(\\w*)\\([^]*?\\)\\1"|"(?:[^"\\\\\\n]|\\\\.)*"|\'(?:[^\'\\\\\\n]|\\\\.)\'';
  const pattern = new RegExp(`(${literal})|//[^\\n]*|/\\*[^]*?\\*/`, 'g');
  return text.replace(pattern, (whole, kept) => kept ?? ' ');
}

export function oneLine(text) {
  return text.replace(/\s+/g, ' ').trim();
}

// --- Programs and their options ----------------------------------------------------------

// A program declares them as command_line.flag("verbose,v", ...); what every
// program has is declared in common/command_line.cpp.
function readPrograms(files, texts) {
  const declared = (file, call) =>
    [
      ...(texts.get(file) ?? '').matchAll(
        new RegExp(`${call}\\( ?"([a-z][a-z-]+)(?:,(\\w))?" ?,`, 'g'),
      ),
    ].flatMap(([, long, short]) => [`--${long}`, ...(short ? [`-${short}`] : [])]);
  const common = declared('common/command_line.cpp', '');
  const programs = new Map();
  for (const file of files) {
    const chapter = file.match(/^chapters\/(\d\d_\w+)\/[^/]+\.cpp$/)?.[1];
    const trap = file.match(/^book\/traps\/(\d\d_\w+)\.cpp$/)?.[1];
    const name = chapter ?? trap;
    if (!name) continue;
    const options = programs.get(name) ?? new Set(chapter ? common : []);
    declared(file, 'command_line ?\\. ?\\w+').forEach((option) => options.add(option));
    programs.set(name, options);
  }
  return programs;
}

// --- ./workbook ----------------------------------------------------------------------------

// Its commands and options, as "./workbook help" tells them: each command begins
// a line, indented by two, and more about it is indented further.
function readWorkbook(root) {
  const commands = new Map();
  const tool = path.join(root, 'workbook');
  if (!fs.existsSync(tool)) return { commands, help: '' };
  const { stdout } = spawnSync('bash', [tool, 'help'], { encoding: 'utf8' });
  let current = null;
  for (const line of stdout.split('\n')) {
    const [, name] = line.match(/^ {2}([a-z]+)\b/) ?? [];
    if (name) commands.set((current = name), commands.get(name) ?? new Set());
    if (/^\S/.test(line)) current = null;
    for (const [option] of line.matchAll(/(?<![\w-])--[a-z][a-z-]*/g)) {
      // The text below the list holds for every command.
      const owners = current ? [commands.get(current)] : commands.values();
      for (const options of owners) options.add(option);
    }
  }
  return { commands, help: stdout };
}
