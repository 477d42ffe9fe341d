// The trace player in a page: the trace and the sources it names stand in the page itself,
// because a page that is opened from a folder may not fetch anything.

import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { escapeHtml, escapeJson } from './html.mjs';

// The player is a classic script, and a module for require() at the same time.
const { buildModel, packRuns, sourceFiles, tableOf } =
  createRequire(import.meta.url)('./theme/loop-player.js');

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

/** Of a player or, with the prefix "knob", of a run that a player can choose: for the address. */
const idOf = (trace, prefix = 'run') => `${prefix}-${path.basename(trace, '.trace.json')}`;

function startOf(model, trace, moment) {
  const start = moment ? model.stepOf(moment) : model.moment();
  if (start < 0) throw new Error(`no step of ${trace} says "${moment}"`);
  return start + 1;
}

function scrolling(label, table) {
  return `<div class="table" tabindex="0" role="group" aria-label="${label}">${table}</div>\n`;
}

/**
 * The player of the trace at `trace` (a path in the repository at `root`). `moment` is a piece of
 * the sentence at which it opens, written as in an address. The data is that of several runs
 * if there is a `knob`: { attributes, data, table }.
 */
export function player(root, trace, { sync, moment, knob } = {}) {
  const file = path.join(root, trace);
  const text = fs.readFileSync(file, 'utf8');
  const sources = sourcesOf(root, trace, text);
  const model = buildModel(text, sources);
  const label = escapeHtml(commandOf(file));
  const together = sync ? ` sync="${escapeHtml(sync)}"` : '';
  return `<div class="player"><loop-player id="${idOf(trace, knob && 'knob')}" label="${label}" `
    + `start="${startOf(model, trace, moment)}"${together}>`
    + `<script type="application/json"${knob ? ' data-knob' : ''}>`
    + `${escapeJson(knob ? knob.data : text)}</script>\n`
    + `${sources.map(sourceScript).join('\n')}\n`
    + (knob ? knob.table : '')
    + titleOf(file)
    + `${scrolling(`Every step of ${label}`, tableOf(model))}</loop-player>\n`
    + `<p class="trace-file"><a href="${traceName(trace)}" download>The trace file</a></p></div>`;
}

// --- Knobs --------------------------------------------------------------------------------

/** "--block 0.1 --limit 1": a Map from the names of options to their values. */
function optionsOf(text) {
  const options = [...text.matchAll(/(--[\w-]+) ([\d.]+)/g)];
  if (!options.length) throw new Error(`a run of a knob is named by options, and not by "${text}"`);
  return new Map(options.map(([, name, value]) => [name, value]));
}

/** What an option is named with must be what the run had; without the option, it is the default. */
function checkOptions(root, { trace, options }) {
  const command = commandOf(path.join(root, trace));
  for (const [name, value] of options) {
    if (command.includes(name) && !`${command} `.includes(`${name} ${value} `)) {
      throw new Error(`the run of ${trace} is called ${name} ${value}, but its command is ${command}`);
    }
  }
}

/** The options of a knob, with their values in order; there must be a run for each combination. */
function knobsOf(runs) {
  const names = [...runs[0].options.keys()];
  const knobs = names.map((name) => ({
    name, values: [...new Set(runs.map(({ options }) => options.get(name)))].sort((a, b) => a - b),
  }));
  const wanted = knobs.reduce((product, { values }) => product * values.length, 1);
  const seen = new Set(runs.map(({ options }) => names.map((name) => options.get(name)).join(' ')));
  if (seen.size !== wanted || runs.length !== wanted) {
    throw new Error(`a knob with ${names.join(' and ')} needs ${wanted} different runs, one for each `
      + `combination, and not ${runs.length}`);
  }
  return knobs;
}

/** What the runs of a knob report: for readers without scripts, and on paper. */
function knobTable(root, runs, knobs) {
  const rows = runs.map(({ trace, options }) => {
    const text = fs.readFileSync(path.join(root, trace), 'utf8');
    const { reports, late } = buildModel(text, sourcesOf(root, trace, text)).summary();
    const shown = reports.slice(0, 3).map(escapeHtml);
    if (reports.length > 3) shown.push(`and ${reports.length - 3} more`);
    return `<tr>${knobs.map(({ name }) => `<td>${options.get(name)} s</td>`).join('')}`
      + `<td>${shown.join('<br>') || 'none'}</td><td>${late}</td></tr>`;
  });
  const heads = [...knobs.map(({ name }) => name), 'Reports', 'Late timers'];
  return scrolling('The same program with other options',
    '<table class="trace-table"><caption>The same program with other options</caption><thead><tr>'
    + `${heads.map((head) => `<th scope="col">${head}</th>`).join('')}</tr></thead><tbody>`
    + `${rows.join('\n')}</tbody></table>`);
}

function readRuns(root, links) {
  const runs = links.map(({ trace, text, moment }) => ({ trace, moment, options: optionsOf(text) }));
  runs.forEach((run) => checkOptions(root, run));
  const knobs = knobsOf(runs);
  const rank = ({ options }) => knobs.map(({ name, values }) =>
    String(values.indexOf(options.get(name))).padStart(3)).join();
  runs.sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
  // The run with a moment is the one that is shown first.
  return { runs, knobs, first: Math.max(0, runs.findIndex(({ moment }) => moment)) };
}

/**
 * A player that plays one of several runs of a program, chosen by the values of its options.
 * `links` are { trace, text, moment }, where the text names the options: "--block 0.1".
 */
export function knobPlayer(root, links) {
  const { runs, knobs, first } = readRuns(root, links);
  const data = JSON.stringify({
    knobs, first,
    labels: runs.map(({ trace }) => commandOf(path.join(root, trace))),
    ids: runs.map(({ trace }) => idOf(trace, 'knob')),
    places: runs.map(({ options }) => knobs.map(({ name, values }) =>
      values.indexOf(options.get(name)))),
    ...packRuns(runs.map(({ trace }) => fs.readFileSync(path.join(root, trace), 'utf8'))),
  });
  const { trace, moment } = runs[first];
  return player(root, trace, { moment, knob: { data, table: knobTable(root, runs, knobs) } });
}

/** The same on paper. */
export function knobOnPaper(root, links) {
  const { runs, knobs, first } = readRuns(root, links);
  return knobTable(root, runs, knobs) + shortTable(root, runs[first].trace);
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
  return titleOf(file) + scrolling(`The run of ${escapeHtml(commandOf(file))}`, table);
}
