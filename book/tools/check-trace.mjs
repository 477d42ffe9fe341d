#!/usr/bin/env node
// check-trace.mjs FILE...: will Perfetto, speedscope and the player all read this trace alike?
//
// A problem is a line `FILE:LINE: what is wrong`. The exit status is 1 if there was one.
// With --truncated a trace may end anywhere, as that of a killed program does.
import fs from 'node:fs';
import { pathToFileURL } from 'node:url';

const REQUIRED = ['ts', 'ph', 'pid', 'tid', 'cat', 'name'];
const PLACE = /^[^:]+:\d+$/;

/** What is wrong with a trace: [{ line, text }], and in words what it holds. */
export function checkTrace(text, { truncated = false } = {}) {
  const problems = [];
  const check = new Check(problems);
  const { events, closed } = readLines(text, problems, truncated);
  for (const { line, event } of events) check.event(line, event);
  if (!truncated) {
    const end = text.replace(/\n$/, '').split('\n').length;
    if (!closed) problems.push({ line: end, text: 'no closing "]": the program ended early' });
    check.end(end);
  }
  if (!check.loopEvents) problems.push({ line: 1, text: 'no event of an event loop' });
  return { problems, summary: check.summary() };
}

// One event a line, between brackets on lines of their own, with a comma after each but the last.
function readLines(text, problems, truncated) {
  const lines = text.replace(/\n$/, '').split('\n');
  const events = [];
  if (lines[0] !== '[') problems.push({ line: 1, text: 'the first line is not "["' });
  const closed = lines[lines.length - 1] === ']';
  const last = lines.length - (closed ? 2 : 1);
  for (let i = lines[0] === '[' ? 1 : 0; i <= last; i++) {
    const comma = lines[i].endsWith(',');
    const event = parse(comma ? lines[i].slice(0, -1) : lines[i]);
    if (event) events.push({ line: i + 1, event });
    else if (i < last || !truncated) problems.push({ line: i + 1, text: 'not a JSON object' });
    if (comma === (i === last) && !(truncated && i === last)) {
      problems.push({ line: i + 1, text: comma ? 'a comma after the last event' : 'no comma' });
    }
  }
  return { events, closed };
}

function parse(line) {
  try {
    const value = JSON.parse(line);
    return value && typeof value === 'object' && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

class Check {
  constructor(problems) {
    this.problems = problems;
    this.count = 0;
    this.loopEvents = 0;
    this.time = -Infinity;
    this.stacks = new Map(); // thread -> the B events that are open
    this.open = new Map(); // category, id and name -> the line of its b
    this.arrows = new Map(); // the same for s
    this.ready = new Set(); // handles in the ready queue
    this.tasks = new Set();
  }

  bad(line, text) {
    this.problems.push({ line, text });
  }

  event(line, e) {
    this.count++;
    for (const key of REQUIRED) if (e[key] === undefined) this.bad(line, `no "${key}"`);
    if (e.ts < this.time) this.bad(line, `time goes back from ${this.time} to ${e.ts}`);
    this.time = Math.max(this.time, Number(e.ts) || 0);
    const phase = this[`phase_${e.ph}`];
    if (phase) phase.call(this, line, e, `${e.cat}/${e.id}/${e.name}`);
    else this.bad(line, `phase "${e.ph}" is none of B E b n e s f i M`);
    this.meaning(line, e, e.args || {});
  }

  phase_B(line, e) {
    if (!this.stacks.has(e.tid)) this.stacks.set(e.tid, []);
    this.stacks.get(e.tid).push({ line, name: e.name });
  }

  phase_E(line, e) {
    const begun = (this.stacks.get(e.tid) || []).pop();
    if (!begun) this.bad(line, `"${e.name}" ends, and nothing is open`);
    else if (begun.name !== e.name) {
      this.bad(line, `"${e.name}" ends, but "${begun.name}" of line ${begun.line} is open`);
    }
  }

  phase_b(line, e, key) {
    if (e.id === undefined) this.bad(line, 'no "id"');
    if (this.open.has(key)) this.bad(line, `${key} is open since line ${this.open.get(key)}`);
    this.open.set(key, line);
  }

  phase_n(line, e, key) {
    if (!this.open.has(key)) this.bad(line, `${key} is not open`);
  }

  phase_e(line, e, key) {
    this.phase_n(line, e, key);
    this.open.delete(key);
  }

  phase_s(line, e, key) {
    if (e.id === undefined) this.bad(line, 'no "id"');
    this.arrows.set(key, line);
  }

  phase_f(line, e, key) {
    if (!this.arrows.delete(key)) this.bad(line, `no arrow leads to ${key}`);
    if (e.bp !== 'e') this.bad(line, 'an arrow\'s end needs "bp":"e"');
  }

  phase_i(line, e) {
    if (e.s !== 't') this.bad(line, 'an instant needs "s":"t"');
  }

  phase_M() {}

  // Beyond the format: what the events say must be able to happen.
  meaning(line, e, args) {
    if (['loop', 'select', 'ready', 'run', 'timer', 'task'].includes(e.cat)) this.loopEvents++;
    if (args.loc !== undefined && !PLACE.test(args.loc)) {
      this.bad(line, `"loc" is "${args.loc}", not file:line`);
    }
    if (e.cat === 'timer') this.timer(line, e, args);
    if (e.cat === 'stretch') this.stretch(line, e, args);
    if (e.cat === 'task') this.task(line, e, args);
    if (e.cat === 'ready') this.queue(line, e, args);
    if (e.cat === 'run' && e.ph === 'B') this.run(line, e, args);
    if (e.cat === 'select' && e.ph === 'B' && typeof args.timeout_us !== 'number') {
      this.bad(line, 'select has no "timeout_us"');
    }
    if (e.cat === 'select' && e.ph === 'E' && !Array.isArray(args.ready)) {
      this.bad(line, 'select has no list "ready"');
    }
  }

  timer(line, e, args) {
    if (e.ph === 'b' && typeof args.when !== 'number') this.bad(line, 'a timer without "when"');
    if (e.ph === 'e' && args.fired) this.ready.add(e.id);
  }

  stretch(line, e, args) {
    if (!args.from || !args.to) this.bad(line, 'a stretch without "from" and "to"');
    if (!(args.begin_us <= args.end_us)) this.bad(line, 'a stretch that does not end after its begin');
    if (!this.stacks.get(e.tid)?.length) this.bad(line, 'a stretch outside of a callback');
  }

  task(line, e, args) {
    if (e.ph === 'b') this.tasks.add(e.id);
    for (const id of args.on_ids ?? []) {
      if (!this.tasks.has(id)) this.bad(line, `"${e.name}" waits for ${id}, which is no task`);
    }
  }

  queue(line, e, args) {
    if (e.name === 'cancel') {
      if (!this.ready.delete(args.handle)) {
        this.bad(line, `handle ${args.handle} leaves the ready queue, in which it is not`);
      }
    } else if (this.ready.has(args.handle)) {
      this.bad(line, `handle ${args.handle} is in the ready queue already`);
    } else {
      this.ready.add(args.handle);
    }
  }

  run(line, e, args) {
    if (!this.ready.delete(args.handle)) {
      this.bad(line, `"${e.name}" runs, but handle ${args.handle} was not in the ready queue`);
    }
  }

  end(line) {
    for (const stack of this.stacks.values()) {
      for (const begun of stack) this.bad(line, `"${begun.name}" of line ${begun.line} never ends`);
    }
  }

  summary() {
    return `${this.count} events; left open: ${this.open.size} timers and tasks; `
      + `never run: ${this.ready.size} callbacks`;
  }
}

function main(args) {
  const truncated = args.includes('--truncated');
  const files = args.filter((arg) => arg !== '--truncated');
  if (!files.length) {
    console.error('usage: node check-trace.mjs [--truncated] FILE...');
    return 2;
  }
  let status = 0;
  for (const file of files) {
    const { problems, summary } = checkTrace(fs.readFileSync(file, 'utf8'), { truncated });
    for (const { line, text } of problems) console.error(`${file}:${line}: ${text}`);
    console.log(`${file}: ${summary}`);
    if (problems.length) status = 1;
  }
  return status;
}

if (import.meta.url === pathToFileURL(process.argv[1] || '').href) {
  process.exitCode = main(process.argv.slice(2));
}
