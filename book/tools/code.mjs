// Code as HTML: listings, commands, transcripts and whole source files.

import { createHighlighterCore } from '@shikijs/core';
import { createOnigurumaEngine } from '@shikijs/engine-oniguruma';
import bash from '@shikijs/langs/bash';
import cmake from '@shikijs/langs/cmake';
import cpp from '@shikijs/langs/cpp';
import ini from '@shikijs/langs/ini';
import json from '@shikijs/langs/json';
import python from '@shikijs/langs/python';
import { escapeHtml } from './html.mjs';
import { MARK } from './sources.mjs';

const LANGUAGES = { bash, cmake, cpp, ini, json, python };

// The grammars are those of editors. Colours are the style's: book.css has them twice, for light
// and for dark, and a page needs no script.
const highlighter = await createHighlighterCore({
  themes: [],
  langs: Object.values(LANGUAGES),
  engine: createOnigurumaEngine(import('@shikijs/engine-oniguruma/wasm-inlined')),
});

const BY_ENDING = {
  cpp: 'cpp', hpp: 'cpp', py: 'python', json: 'json', ini: 'ini', cmake: 'cmake', sh: 'bash',
};

/** The language of a file, by its name; undefined if it is plain text. */
export function languageOf(file) {
  const name = file.split('/').pop();
  if (name === 'CMakeLists.txt') return 'cmake';
  if (name === 'workbook' || name === 'run') return 'bash';
  return BY_ENDING[name.split('.').pop()];
}

// --- Kinds of words ----------------------------------------------------------------------

// What a grammar calls a piece of text, and the class that gives it its colour.
const KINDS = [
  [/^comment/, 'comment'],
  [/^string|^punctuation\.definition\.string|^constant\.character/, 'string'],
  [/^constant\.numeric|^keyword\.other\.unit|^keyword\.other\.suffix/, 'number'],
  [/^constant\.language|^storage\.modifier(?!\.(reference|pointer))|^keyword(?!\.operator)/, 'keyword'],
  [/^keyword\.operator\.(new|delete|sizeof|noexcept|alignof|wordlike|logical\.python)/, 'keyword'],
  [/^storage\.type\.(modifier|class|struct|enum|namespace|using|template|function\.python)/, 'keyword'],
  [/^storage\.type|^entity\.name\.type|^support\.type|^entity\.other\.inherited/, 'type'],
  [/^entity\.name\.function|^support\.function|^meta\.function-call\.generic/, 'name'],
  [/^variable\.language\.(this|special\.self)/, 'keyword'],
];

// The innermost name that has a colour; a comment or a string has one to its end.
function kindOf(scopes) {
  const outer = scopes.map((scope) => KINDS.slice(0, 2).find(([pattern]) => pattern.test(scope)))
    .find(Boolean);
  if (outer) return outer[1];
  for (const scope of [...scopes].reverse()) {
    const kind = KINDS.find(([pattern]) => pattern.test(scope));
    if (kind) return kind[1];
  }
  return '';
}

const WORD = /[A-Za-z_]\w*|[^A-Za-z_]+/g;
const IS_NAME = /^[A-Za-z_]/;

/**
 * A grammar sees a line at a time, and knows a name by what is around it. So that a name has one
 * colour wherever it is: what begins with a capital and goes on in small letters is a type, in
 * this repository; a function of the file is one also where it is not called; and what is
 * declared as "Type name(" is no function.
 */
function agree(lines) {
  const defined = new Set(lines.flat()
    .filter(({ scopes }) => /^entity\.name\.function\.(definition|python)/.test(scopes.at(-1)))
    .map(({ text }) => text));
  for (const line of lines) {
    line.forEach((word, at) => {
      const before = line.slice(0, at).filter(({ text }) => text.trim());
      const [last, lastButOne] = [before.at(-1), before.at(-2)];
      if (word.kind === '' && /^[A-Z]\w*[a-z]\w*$/.test(word.text)) word.kind = 'type';
      else if (word.kind === '' && defined.has(word.text) && last?.text !== '.') word.kind = 'name';
      else if (word.kind === 'name' && last?.text === '::' && lastButOne?.text === 'chrono') {
        word.kind = 'type';
      } else if (word.kind === 'name' && !defined.has(word.text) && line[at - 1]?.text === ' '
        && (last.kind === 'type' || (last.text === '>' && before.length > 1))) {
        word.kind = '';
      }
    });
  }
}

const known = new Map(); // a file's page and its listings need the words of the same text

/** The words of each line, as { text, kind }. */
export function wordsOf(code, language) {
  const key = `${language}\n${code}`;
  if (!known.has(key)) known.set(key, findWords(code, language));
  return known.get(key);
}

function findWords(code, language) {
  const lines = code.split('\n');
  if (!LANGUAGES[language]) return lines.map((text) => [{ text, kind: '' }]);
  const grammar = highlighter.getLanguage(language);
  let state = null;
  const all = lines.map((line) => {
    const { tokens, ruleStack } = grammar.tokenizeLine(line, state);
    state = ruleStack;
    return tokens.flatMap(({ startIndex, endIndex, scopes }) => {
      const text = line.slice(startIndex, endIndex);
      const kind = kindOf(scopes);
      const parts = /^(comment|string)$/.test(kind) ? [text] : text.match(WORD) ?? [];
      return parts.flatMap((part) => (IS_NAME.test(part) ? [part] : part.split(/( +)/)))
        .filter(Boolean).map((part) => ({ text: part, kind, scopes }));
    });
  });
  if (language === 'cpp' || language === 'python') agree(all);
  return all;
}

/** A line as HTML, without its first `indent` characters. */
export function lineHtml(words, indent = 0) {
  const runs = [];
  let skip = indent;
  for (const { text, kind } of words) {
    const rest = text.slice(skip);
    skip = Math.max(0, skip - text.length);
    const blank = rest.trim() === '';
    if (rest === '') continue;
    if (runs.length > 0 && (blank || runs.at(-1).kind === kind)) runs.at(-1).text += rest;
    else runs.push({ text: rest, kind: blank ? '' : kind });
  }
  return runs.map(({ text, kind }) => (kind
    ? `<span class="c-${kind}">${escapeHtml(text)}</span>` : escapeHtml(text))).join('');
}

/** Highlighted HTML, one string a line. */
export function highlightLines(code, language) {
  return wordsOf(code, language).map((words) => lineHtml(words));
}

// --- Listings ------------------------------------------------------------------------------

/**
 * A line as a block. The line break is inside of it: between two blocks it would be an empty
 * line, and without one the text would lose it when it is copied.
 */
function line(html, { kind = '', number, cut = false } = {}) {
  const attributes = [
    `class="${['line', kind].filter(Boolean).join(' ')}"`,
    number === undefined ? '' : `data-line="${number}"`,
    cut ? 'title="lines left out"' : '',
  ].filter(Boolean).join(' ');
  return `<span ${attributes}>${html}\n</span>`;
}

function fileName(file) {
  const slash = file.lastIndexOf('/') + 1;
  return `<span class="directory">${escapeHtml(file.slice(0, slash))}</span>`
    + `<wbr>${escapeHtml(file.slice(slash))}`;
}

/**
 * A listing. `numbers` are the lines' numbers in the file `file`; `href` is the page that shows
 * all of it; `lines` are its lines as HTML, if they are known already.
 */
export function listing({ code, language, file, numbers, href, id, lines }) {
  const first = numbers?.[0];
  const where = first ? `line ${first}` : '';
  const label = file ? [file.split('/').pop(), where].filter(Boolean).join(', ') : language;
  const whole = href
    ? ` <a class="whole" href="${href}" aria-label="whole file ${escapeHtml(file)}">whole file</a>`
    : '';
  const caption = file
    ? `<figcaption><span class="file">${fileName(file)}</span> `
      + `<span class="where">${where}</span>${whole}</figcaption>`
    : '';
  const data = first
    ? ` data-file="${escapeHtml(file)}" data-first="${first}" data-last="${numbers.at(-1)}"`
    : '';
  const shown = (lines ?? highlightLines(code, language))
    .map((html, index) => line(html, { number: numbers?.[index] }));
  return `<figure class="listing ${escapeHtml(language)}"${id ? ` id="${id}"` : ''}${data}>`
    + `${caption}<pre tabindex="0" role="group" aria-label="${escapeHtml(label)}">`
    + `<code>${shown.join('')}</code></pre></figure>\n`;
}

/** A command, which may be wrapped at its spaces and not at the dashes of an option. */
function commandHtml(command) {
  return escapeHtml(command).replace(/(?<=\s)-\S{1,30}(?=\s|$)/g, '<span class="option">$&</span>');
}

/** Commands that the reader types. The prompt is drawn by the style, so it is never copied. */
export function commands(code) {
  const lines = code.split('\n').map((text) => (text.startsWith('#')
    ? line(escapeHtml(text), { kind: 'remark' })
    : line(commandHtml(text), { kind: text.trim() ? 'typed' : '' })));
  return `<figure class="commands"><pre><code>${lines.join('')}</code></pre></figure>\n`;
}

const LEVEL = /^(\s*)(DEBUG|INFO|WARNING|ERROR|CRITICAL)(?=:)/;

function outputLine(text) {
  if (text === '...') {
    return line('<span class="dots" aria-label="lines left out" role="img">⋯</span>', {
      kind: 'cut', cut: true,
    });
  }
  const html = escapeHtml(text).replace(LEVEL, (_, indent, level) =>
    `${indent}<span class="level ${level.toLowerCase()}">${level}</span>`);
  return line(html);
}

/**
 * What a reader types, at the top of the repository, to run the command of a transcript: a
 * program is named there without the folder that it is in.
 */
export function runnable(typed, file = '') {
  if (isStep(file)) return `./workbook run ${typed}`;
  const chapter = /^chapters\/(\d+)_/.exec(file);
  if (chapter) {
    return typed.replace(/^((?:[A-Z_]+=\S+ )*)\S+/, `$1./workbook run ${Number(chapter[1])}`);
  }
  if (/^book\/traps\/\d/.test(file)) return typed.replace(/^([A-Z_]+=\S+ )*/, '$&build/bin/');
  if (file.startsWith('book/python/')) return typed.replace(/^python3 /, '$&book/python/');
  return typed;
}

function isStep(file = '') {
  return /^(chapters\/\w+|tests)\/steps\//.test(file);
}

/** A transcript: the command is the caption, and only the command is `code`. */
export function transcript(code, file) {
  const [command, ...output] = code.split('\n');
  const name = command.replace(/^\$ /, '');
  const copied = escapeHtml(runnable(name, file));
  const typed = isStep(file) ? runnable(name, file) : name; // "4.1" alone says little
  const shown = output.length === 0 ? ''
    : `<pre><samp>${output.map(outputLine).join('')}</samp></pre>`;
  return '<figure class="transcript"><figcaption>'
    + `<code class="typed" data-copy="${copied}">${commandHtml(typed)}</code></figcaption>`
    + `${shown}</figure>\n`;
}

/**
 * A whole file, each line with an id and its number, but without the marks of regions. A region
 * that a page shows is marked as a whole, and says where: `places` has the links of each.
 */
export function sourceFile(code, file, places = new Map()) {
  const lines = highlightLines(code.replace(/\n$/, ''), languageOf(file));
  const open = [];
  const html = code.replace(/\n$/, '').split('\n').map((text, index) => {
    const [, mark, name] = text.match(MARK) ?? [];
    if (!mark) {
      return `<span class="line" id="L${index + 1}" data-line="${index + 1}">${lines[index]}\n</span>`;
    }
    if (!places.has(name)) return '';
    if (mark === 'region') {
      open.push(name);
      return `<span class="region" id="region-${name}">${backLinks(places.get(name))}`;
    }
    // Regions may cross, elements may not: one that ends out of order has ended with the other.
    const depth = open.lastIndexOf(name);
    return depth < 0 ? '' : '</span>'.repeat(open.splice(depth).length);
  });
  return `<pre class="source" tabindex="0" role="group" aria-label="${escapeHtml(file)}">`
    + `<code>${html.join('')}${'</span>'.repeat(open.length)}</code></pre>`;
}

function backLinks(places) {
  const links = places.map(({ href, title }) => `<a href="${href}">${escapeHtml(title)}</a>`);
  return `<span class="back">shown in ${links.join(', ')}\n</span>`;
}
