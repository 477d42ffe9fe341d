// The trace player in a page: the trace and the sources it names stand in the page itself,
// because a page that is opened from a folder may not fetch anything.

import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { escapeHtml, escapeJson } from './html.mjs';

// The player is a classic script, and a module for require() at the same time.
const { buildModel, sourceFiles, tableOf } = createRequire(import.meta.url)('./theme/loop-player.js');

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

/** The sources that a trace names, as [file, text] pairs. */
function sourcesOf(root, trace, text) {
  return sourceFiles(text).map((name) => findSource(root, trace, name)).filter(Boolean)
    .map((file) => [file, fs.readFileSync(path.join(root, file), 'utf8')]);
}

const sourceScript = ([file, source]) =>
  `<script type="text/plain" data-file="${escapeHtml(file)}">`
    + `${source.replace(/<(?=\/script|!--)/gi, '<\\')}</script>`;

/**
 * The player of the trace at `trace` (a path in the repository at `root`). `moment` is a piece of
 * the sentence at which it opens, written as in an address.
 */
export function player(root, trace, { sync, moment } = {}) {
  const file = path.join(root, trace);
  const text = fs.readFileSync(file, 'utf8');
  const sources = sourcesOf(root, trace, text);
  const model = buildModel(text, sources);
  const label = escapeHtml(commandOf(file));
  const start = moment ? model.stepOf(moment) : model.moment();
  if (start < 0) throw new Error(`no step of ${trace} says "${moment}"`);
  const id = `run-${path.basename(trace, '.trace.json')}`;
  const together = sync ? ` sync="${escapeHtml(sync)}"` : '';
  return `<div class="player"><loop-player id="${id}" label="${label}" start="${start + 1}"`
    + `${together}>`
    + `<script type="application/json">${escapeJson(text)}</script>\n`
    + `${sources.map(sourceScript).join('\n')}\n`
    + titleOf(file)
    + `<div class="table" tabindex="0" role="group" aria-label="Every step of ${label}">`
    + `${tableOf(model)}</div></loop-player>\n`
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
  const text = fs.readFileSync(file, 'utf8');
  const table = tableOf(buildModel(text, sourcesOf(root, trace, text)), { short: true });
  const label = `The run of ${escapeHtml(commandOf(file))}`;
  return `${titleOf(file)}<div class="table" tabindex="0" role="group" aria-label="${label}">`
    + `${table}</div>\n`;
}
