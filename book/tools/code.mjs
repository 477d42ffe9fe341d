// Code as HTML: listings, commands, transcripts and whole source files.

import hljs from 'highlight.js/lib/core';
import bash from 'highlight.js/lib/languages/bash';
import cmake from 'highlight.js/lib/languages/cmake';
import cpp from 'highlight.js/lib/languages/cpp';
import ini from 'highlight.js/lib/languages/ini';
import json from 'highlight.js/lib/languages/json';
import python from 'highlight.js/lib/languages/python';
import { escapeHtml } from './html.mjs';

const LANGUAGES = { bash, cmake, cpp, ini, json, python };
for (const [name, language] of Object.entries(LANGUAGES)) {
  hljs.registerLanguage(name, language);
}

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

/** Highlighted HTML, one string a line; a span over several lines is closed and reopened. */
export function highlightLines(code, language) {
  if (!LANGUAGES[language]) return code.split('\n').map(escapeHtml);
  const open = [];
  return hljs.highlight(code, { language }).value.split('\n').map((line) => {
    const before = open.join('');
    for (const [tag] of line.matchAll(/<span [^>]*>|<\/span>/g)) {
      if (tag === '</span>') open.pop();
      else open.push(tag);
    }
    return before + line + '</span>'.repeat(open.length);
  });
}

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
 * all of it.
 */
export function listing({ code, language, file, numbers, href }) {
  const first = numbers?.[0];
  const where = first ? `line ${first}` : '';
  const label = file ? [file.split('/').pop(), where].filter(Boolean).join(', ') : language;
  const name = file && (href ? `<a href="${href}">${fileName(file)}</a>` : fileName(file));
  const caption = file
    ? `<figcaption><span class="file">${name}</span> `
      + `<span class="where">${where}</span></figcaption>`
    : '';
  const data = first
    ? ` data-file="${escapeHtml(file)}" data-first="${first}" data-last="${numbers.at(-1)}"`
    : '';
  const lines = highlightLines(code, language)
    .map((html, index) => line(html, { number: numbers?.[index] }));
  return `<figure class="listing ${escapeHtml(language)}"${data}>${caption}`
    + `<pre tabindex="0" role="group" aria-label="${escapeHtml(label)}">`
    + `<code>${lines.join('')}</code></pre></figure>\n`;
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

/** A whole file, each line with an id. */
export function sourceFile(code, file) {
  const lines = highlightLines(code.replace(/\n$/, ''), languageOf(file))
    .map((html, index) => `<span class="line" id="L${index + 1}">${html}\n</span>`);
  return `<pre class="source" tabindex="0" role="group" aria-label="${escapeHtml(file)}">`
    + `<code>${lines.join('')}</code></pre>`;
}
