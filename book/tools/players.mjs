// The trace player in a page: the trace and the sources it names stand in the page itself,
// because a page that is opened from a folder may not fetch anything.

import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { escapeHtml, escapeJson } from './html.mjs';

// The player is a classic script, and a module for require() at the same time.
const { sourceFiles, toTable } = createRequire(import.meta.url)('./theme/loop-player.js');

/** The command of the transcript beside the trace; without one, the file's name. */
function commandOf(file) {
  const transcript = file.replace(/\.trace\.json$/, '.txt');
  if (!fs.existsSync(transcript)) return path.basename(file);
  return fs.readFileSync(transcript, 'utf8').split('\n')[0].replace(/^\$ /, '');
}

/** The text above a table, which calls every run "this run". */
function titleOf(file) {
  return `<p class="run">The run of <code>${escapeHtml(commandOf(file))}</code>:</p>\n`;
}

/** A trace names a source by its path in the repository, or by its name in the chapter. */
function findSource(root, trace, name) {
  const chapter = path.dirname(path.dirname(trace));
  return [name, path.posix.join(chapter, name)]
    .find((file) => fs.existsSync(path.join(root, file)));
}

function sourceScripts(root, trace, text) {
  return sourceFiles(text).map((name) => {
    const file = findSource(root, trace, name);
    if (!file) return '';
    const source = fs.readFileSync(path.join(root, file), 'utf8');
    return `<script type="text/plain" data-file="${escapeHtml(file)}">`
      + `${source.replace(/<(?=\/script|!--)/gi, '<\\')}</script>`;
  }).join('\n');
}

/** The player of the trace at `trace` (a path in the repository at `root`). */
export function player(root, trace, { sync } = {}) {
  const file = path.join(root, trace);
  const text = fs.readFileSync(file, 'utf8');
  const label = escapeHtml(commandOf(file));
  const together = sync ? ` sync="${escapeHtml(sync)}"` : '';
  return `<div class="player"><loop-player label="${label}"${together}>`
    + `<script type="application/json">${escapeJson(text)}</script>\n`
    + `${sourceScripts(root, trace, text)}\n`
    + titleOf(file)
    + `<div class="table" tabindex="0" role="group" aria-label="Every step of ${label}">`
    + `${toTable(text)}</div></loop-player>\n`
    + `<p class="trace-file"><a href="${traceName(trace)}" download>The trace file</a></p></div>`;
}

/** Where the trace is in the site, for those who open it in another tool. */
export function traceName(trace) {
  const [chapter, file] = [path.dirname(path.dirname(trace)), path.basename(trace)];
  return `traces/${path.basename(chapter)}.${file}`;
}

/** The same run on paper. */
export function shortTable(root, trace) {
  const file = path.join(root, trace);
  const table = toTable(fs.readFileSync(file, 'utf8'), { short: true });
  const label = `The run of ${escapeHtml(commandOf(file))}`;
  return `${titleOf(file)}<div class="table" tabindex="0" role="group" aria-label="${label}">`
    + `${table}</div>\n`;
}
