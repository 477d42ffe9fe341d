// Every name in the text exists: functions, classes, files, options, commands,
// environment variables, and what a program is said to print. They are looked
// for in the sources, and in names.txt, the list of names that are not ours.
import fs from 'node:fs';
import path from 'node:path';
import { problem } from './pages.mjs';
import { oneLine, readRepository } from './repository.mjs';

const OUTSIDE = 'book/tools/names.txt';

// It repeats the chapters.
const UNCHECKED = ['glossary.md'];

const KEYWORDS = new Set(
  `
  alignas alignof and auto bool break case catch char class co_await co_return co_yield concept
  const const_cast consteval constexpr constinit continue decltype default delete do double
  dynamic_cast else enum explicit extern false final float for friend goto if include inline int
  long mutable namespace new noexcept not nullptr operator or override private protected public
  reinterpret_cast requires return short signed sizeof static static_assert static_cast struct
  switch template this thread_local throw true try typedef typename union unsigned using virtual
  void volatile while
  as assert async await def elif except finally from global import in is lambda None pass print
  raise self True False with yield`
    .trim()
    .split(/\s+/),
);

export function checkNames(book, pages, whole) {
  const repository = readRepository(book.root);
  const outside = readOutside(book.root);
  const checked = pages.filter(({ name }) => !UNCHECKED.includes(name));
  const known = { repository, outside };
  return [
    ...checked.flatMap((page) => codeProblems(known, page)),
    ...checked.flatMap((page) => commandProblems(known, page)),
    ...(whole ? outsideProblems(known, book) : []),
  ];
}

function codeProblems(known, page) {
  return page.inlines
    .filter(({ kind }) => kind === 'code')
    .flatMap(({ text, line }) => {
      const wrong = nameProblem(known, unescapeRow(text));
      return wrong ? [problem(page, line, wrong)] : [];
    });
}

// Inside a table a bar is written \|.
function unescapeRow(text) {
  return text.replace(/\\\|/g, '|').trim();
}

// Commands that a reader types. A line that ends in \ goes on.
function commandProblems(known, page) {
  return page.fences
    .filter(({ lang }) => lang === 'sh')
    .flatMap((fence) => {
      const problems = [];
      let command = '';
      fence.body.forEach((line, i) => {
        command += line.replace(/(^|\s)#.*/, '').replace(/\\$/, ' ');
        if (line.endsWith('\\')) return;
        for (const part of command.split(/&&|\|\||[|;]/)) {
          const wrong = part.trim() && shellProblem(known, part.trim());
          if (wrong) problems.push(problem(page, fence.line + 1 + i, wrong));
        }
        command = '';
      });
      return problems;
    });
}

// --- One name ------------------------------------------------------------------------------

// What is wrong with a code span, or null.
export function nameProblem(known, text) {
  const { repository, outside } = known;
  if (outside.has(text) || repository.exercises.has(text) || !/[A-Za-z]/.test(text)) return null;
  if (text.startsWith('./workbook')) return workbookProblem(known, words(text).slice(1));
  if (isProgram(repository, text)) return programProblem(known, words(text));
  if (/^--?[A-Za-z][\w-]*(?:[= ]\S+)*$/.test(text)) return optionProblem(known, text);
  if (isQuoted(repository, text)) return null;
  if (isPath(text)) return pathProblem(repository, text);
  return looksLikeCode(repository, text) ? codeProblem(known, text) : outputProblem(text);
}

function words(text) {
  return text.split(/\s+/);
}

function missing(what) {
  return `${what}: fix it, or, if it is CPython's, POSIX's or C++'s own, add it to ${OUTSIDE}`;
}

// --- Commands and options ----------------------------------------------------------------------

function isProgram(repository, text) {
  return /^\d\d_[a-z]\w*(\s|$)/.test(text) || repository.programs.has(words(text)[0]);
}

function programProblem({ repository }, [name, ...given]) {
  const options = repository.programs.get(name);
  if (!options) {
    const isPlace = [...repository.files].some((file) => file.includes(`/${name}`));
    return isPlace ? null : `there is no program ${name}`;
  }
  return unknownOption(options, given, name);
}

function unknownOption(options, given, owner) {
  const strange = given
    .map((word) => word.split('=')[0])
    .find((word) => /^--?[A-Za-z]/.test(word) && !options.has(word));
  return strange ? `${owner} has no option ${strange}` : null;
}

function optionProblem({ repository, outside }, text) {
  const [option] = text.split(/[= ]/);
  if (outside.has(option)) return null;
  const { programs, workbook, whole } = repository;
  const all = [...programs.values(), ...workbook.commands.values()];
  if (all.some((options) => options.has(option))) return null;
  // Options of the project's other tools, as their sources spell them.
  const name = option.replace(/^--?/, '');
  if (option.startsWith('--') && whole.includes(`"${option}"`)) return null;
  if (option.startsWith('--') && whole.includes(`("${name}"`)) return null;
  return missing(`no program has the option ${option}`);
}

function workbookProblem({ repository }, [command, ...given]) {
  const { commands } = repository.workbook;
  if (command === undefined || isPlaceholder(command)) return null;
  const options = commands.get(command);
  if (!options) {
    return `./workbook has no command ${command}: it has ${[...commands.keys()].join(', ')}`;
  }
  return argumentProblem(repository, command, options, given);
}

// What follows the chapter goes to the chapter's program.
function argumentProblem(repository, command, options, given) {
  const at = given.findIndex((word) => !word.startsWith('-'));
  const own = given.slice(0, at < 0 ? given.length : at);
  const wrong = unknownOption(options, own, `./workbook ${command}`);
  if (wrong || at < 0) return wrong;
  const [subject, ...rest] = given.slice(at);
  if (isPlaceholder(subject) || repository.exercises.has(subject)) return null;
  if (repository.steps.has(subject)) return null;
  const program = findProgram(repository, subject);
  if (!program && ['run', 'test', 'refresh'].includes(command)) {
    return `./workbook ${command} knows no chapter ${subject}`;
  }
  if (command === 'run') return unknownOption(repository.programs.get(program), rest, program);
  if (['check', 'hint', 'solution', 'reset'].includes(command) && !program) {
    return `there is no exercise ${subject}`;
  }
  return null;
}

function findProgram({ programs, chapters }, subject) {
  return [...programs.keys()]
    .filter((name) => chapters.has(name))
    .find((name) => {
      const [number, ...rest] = name.split('_');
      return [name, number, String(Number(number)), rest.join('_')].includes(subject);
    });
}

function isPlaceholder(word) {
  return /^[<[]|^[A-Z]+$|^\.\.\.$/.test(word);
}

// A command of a shell: variables before it, then the program and its arguments.
function shellProblem(known, command) {
  const parts = words(command);
  while (/^[A-Z_]+=/.test(parts[0] ?? '')) {
    const [variable] = parts.shift().split('=');
    const wrong = nameProblem(known, variable);
    if (wrong) return wrong;
  }
  const [program = '', ...given] = parts;
  if (program === './workbook') return workbookProblem(known, given);
  const base = path.posix.basename(program);
  if (isProgram(known.repository, base)) return programProblem(known, [base, ...given]);
  const lost = given.find((word) => isPath(word) && pathProblem(known.repository, word));
  if (lost) return pathProblem(known.repository, lost);
  if (program === '' || known.outside.has(program)) return null; // '': variables alone
  return missing(`there is no command ${program}`);
}

// --- Files -----------------------------------------------------------------------------------

const EXTENSION = /\.(cpp|hpp|md|txt|json|ini|py|mjs|js|sh|cmake|css)$/;

function isPath(text) {
  return /^[\w.*<>/-]+$/.test(text) && (EXTENSION.test(text) || /\w\//.test(text));
}

// NN, NN_name, CASE and * stand for any part of a path.
function pathProblem(repository, text) {
  const pattern = text
    .replace(/\/$/, '')
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/NN_name|<\w+>|\*|(?<![A-Za-z])[A-Z]+(?![A-Za-z.])|(?<=\/)[A-Z]+(?=\\\.)/g, '[^/]+');
  const place = new RegExp(text.includes('/') ? `^${pattern}(/|$)` : `(^|/)${pattern}$`);
  if ([...repository.files].some((file) => place.test(file))) return null;
  return missing(`there is no file ${text}`);
}

// --- What programs print, and code -------------------------------------------------------------

// Whether the text is in a transcript or in a source as it is; "..." in it
// stands for something left out of a line.
function isQuoted({ transcripts, printed, whole }, text) {
  const parts = text
    .split(/\.\.\.|…/)
    .map(oneLine)
    .filter(Boolean);
  const patterns = parts.map((part) => new RegExp(wholeWords(part).source, 'g'));
  // A plain search is fast, and most lines need no other.
  const mayHave = (text) => parts.every((part) => text.includes(part));
  if (mayHave(printed)
    && transcripts.some((line) => mayHave(line) && inOrder(line, patterns))) return true;
  return parts.length === 1 && whole.includes(parts[0]) && wholeWords(parts[0]).test(whole);
}

function inOrder(line, patterns) {
  let from = 0;
  return patterns.every((pattern) => {
    pattern.lastIndex = from;
    const match = pattern.exec(line);
    from = match ? match.index + match[0].length : from;
    return match;
  });
}

export function wholeWords(text) {
  const escaped = text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const before = /^\w/.test(text) ? '(?<!\\w)' : '';
  const after = /\w$/.test(text) ? '(?!\\w)' : '';
  return new RegExp(before + escaped + after);
}

// A single word is a name. Of two words or numbers side by side, in code, the
// first is a keyword or a type: "const Place", "await inner()", "return 3". Else
// a program has said it.
function looksLikeCode({ types }, text) {
  if (/ (\.\.\.|…)/.test(text)) return false;
  const bare = text.replace(/"[^"]*"|'[^']*'/g, '""');
  const pairs = [...bare.matchAll(/(?<![\w.])(\w[\w.]*) (?=(\w+))/g)];
  const isType = (word) => KEYWORDS.has(word) || types.has(word) || /_t$/.test(word);
  return pairs.every(([, first, second]) => isType(first) || KEYWORDS.has(second));
}

function codeProblem({ repository, outside }, text) {
  const bare = text.replace(/"[^"]*"|'[^']*'/g, ' ');
  const unknown = [...bare.matchAll(/(?<![\w.])(\d[\w.']*)|([A-Za-z_]\w*)/g)]
    .map(([, , word]) => word)
    .filter((word) => word && !KEYWORDS.has(word) && !repository.tokens.has(word))
    .filter((word) => !outside.words.has(word));
  if (unknown.length) return missing(`no source has ${unknown.join(', ')}`);
  return functionProblem({ repository, outside }, text) ?? memberProblem(repository, text);
}

// x() must be called or declared somewhere.
function functionProblem({ repository, outside }, text) {
  const [, name] = text.match(/(\w+)\(\)$/) ?? [];
  if (!name || repository.calls.has(name) || outside.words.has(name)) return null;
  return missing(`no source has a function ${name}()`);
}

// Class::member must stand in a file that knows the class.
function memberProblem({ types, texts }, text) {
  const [, owner, member] = text.match(/^(\w+)::(\w+)(?:\(.*\))?$/) ?? [];
  if (!types.has(owner)) return null;
  const both = [...texts.values()].some(
    (source) => wholeWords(owner).test(source) && wholeWords(member).test(source),
  );
  return both ? null : missing(`no source that has ${owner} has ${member}`);
}

function outputProblem(text) {
  const short = text.length > 60 ? `${text.slice(0, 57)}...` : text;
  return (
    `"${short}" is printed in no transcript and is in no source: quote what is ` +
    `printed, or, if another program prints it, add it to ${OUTSIDE}`
  );
}

// --- Names that are not ours --------------------------------------------------------------------

export function readOutside(root) {
  const file = path.join(root, OUTSIDE);
  const text = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
  const entries = text
    .split('\n')
    .map((line, i) => ({ name: line.trim(), line: i + 1 }))
    .filter(({ name }) => name && !/^#( |$)/.test(name));
  const names = new Set(entries.map(({ name }) => bare(name)));
  return {
    entries,
    words: new Set(entries.flatMap(({ name }) => name.match(/[A-Za-z_]\w*/g) ?? [])),
    has: (text) => names.has(bare(text)),
  };
}

// read, read() and read(2) are one name.
function bare(name) {
  return name.replace(/\(\d?\)$/, '');
}

// The list is honest: it has what the text uses and the sources have not.
function outsideProblems({ repository, outside }, book) {
  const pages = book.pages.filter(({ name }) => !UNCHECKED.includes(name));
  const nothing = { entries: [], words: new Set(), has: () => false };
  const spans = pages
    .flatMap((page) => page.inlines)
    .filter(({ kind }) => kind === 'code')
    .map(({ text }) => unescapeRow(text));
  const commands = pages
    .flatMap((page) => page.fences)
    .filter(({ lang }) => lang === 'sh')
    .flatMap(({ body }) => body);
  const used = [...spans, ...commands].join('\n');
  const needed = [
    ...spans.filter((text) => nameProblem({ repository, outside: nothing }, text)),
    ...commands,
  ].join('\n');
  const seen = new Set();
  return outside.entries.flatMap(({ name, line }) => {
    const add = (text) => [problem(OUTSIDE, line, text)];
    const plain = bare(name);
    if (seen.has(plain)) return add(`${name} is here twice: take one out`);
    seen.add(plain);
    if (!wholeWords(plain).test(used)) return add(`no page uses ${name}: take it out`);
    if (!wholeWords(plain).test(needed)) {
      return add(`the sources have ${name} themselves: take it out`);
    }
    return [];
  });
}
