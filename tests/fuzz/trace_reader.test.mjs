// The reader of traces (the book's player): the programs' traces, damaged at random, are read or
// refused in words. FUZZ_SECONDS and FUZZ_SEED choose how long, and which damage.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { checkTrace } from '../../book/tools/check-trace.mjs';

const { buildModel, toTable, sourceFiles } =
  createRequire(import.meta.url)('../../book/tools/theme/loop-player.js');

const seconds = Number(process.env.FUZZ_SECONDS || 5);
const seed = Number(process.env.FUZZ_SEED || 1);
const corpus = new URL('corpus/trace_reader/', import.meta.url);

// The refusals that the reader may give.
const REFUSALS = [
  /^the file is empty$/, /^line \d+ is not JSON: /, /^this is JSON, but it holds no trace events$/,
  /^none of its \d+ events? is an event loop's: /,
];
const SLOWEST = 2000; // ms for one trace of a few kilobytes

// Traces of the programs, and earlier findings that were kept.
function traces(folder, ending) {
  return fs.readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(ending)).sort()
    .map((name) => ({ name, text: fs.readFileSync(new URL(name, folder), 'utf8') }));
}
const golden = traces(new URL('../../chapters/', import.meta.url), '.trace.json');
const kept = traces(corpus, '.json');

// mulberry32: the same numbers everywhere.
function generator(state) {
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

// ---- Damage --------------------------------------------------------------------------------

const VALUES = ['null', 'true', '-1', '0', '1e308', '-1e308', '9007199254740993', '""', '"x"',
  '"constructor"', '"__proto__"', '"hasOwnProperty"', '[]', '[null]', '[[1]]', '{}',
  '{"a":{"b":1}}', '"\\u0000"', '"\\ud800"', '"<script>"', '"a.cpp:1"', '"a.cpp:"'];
const KEYS = ['ts', 'ph', 'pid', 'tid', 'cat', 'name', 'id', 'args', 'handle', 'loc', 'when', 'n',
  'ready', 'timeout_us', 'fd', 'events', 'state', 'on', 'on_id', 'by', 'level', 'category', 'fired',
  'cancelled', 'slow', '__proto__', 'toString'];

const damages = [
  function flipByte(text, random) {
    const at = random(text.length + 1);
    return text.slice(0, at) + String.fromCharCode(random(128)) + text.slice(at + 1);
  },
  function cut(text, random) {
    return text.slice(0, random(text.length + 1));
  },
  function dropPart(text, random) {
    const at = random(text.length + 1);
    return text.slice(0, at) + text.slice(at + random(30));
  },
  function dropLine(text, random) {
    const lines = text.split('\n');
    lines.splice(random(lines.length), 1 + random(3));
    return lines.join('\n');
  },
  function moveLine(text, random) {
    const lines = text.split('\n');
    const [line] = lines.splice(random(lines.length), 1);
    lines.splice(random(lines.length + 1), 0, line);
    return lines.join('\n');
  },
  function repeatLine(text, random) {
    const lines = text.split('\n');
    const at = random(lines.length);
    lines.splice(at, 0, lines[at]);
    return lines.join('\n');
  },
  // The likeliest to go wrong: still JSON, but not what the programs write.
  ...Array(4).fill(function otherValue(text, random) {
    const places = [...text.matchAll(/":("(?:[^"\\]|\\.)*"|-?[\d.]+|true|false|\[[^[\]{}]*\])/g)];
    if (!places.length) return text;
    const place = places[random(places.length)];
    const at = place.index + 2;
    return text.slice(0, at) + VALUES[random(VALUES.length)] + text.slice(at + place[1].length);
  }),
  function otherKey(text, random) {
    const places = [...text.matchAll(/"(\w+)":/g)];
    if (!places.length) return text;
    const place = places[random(places.length)];
    const at = place.index + 1;
    return text.slice(0, at) + KEYS[random(KEYS.length)] + text.slice(at + place[1].length);
  },
  function otherPhase(text, random) {
    const places = [...text.matchAll(/"ph":"(.)"/g)];
    if (!places.length) return text;
    const at = places[random(places.length)].index + 6;
    return text.slice(0, at) + 'BEbneisfMX'[random(10)] + text.slice(at + 1);
  },
  function wrap(text, random) {
    return [`{"traceEvents":${text}}`, `[${text}]`, `${text}${text}`, `\ufeff${text}`,
      text.replaceAll('\n', '\r\n')][random(5)];
  },
];

function damaged(random) {
  const sources = [...golden, ...kept];
  let { text } = sources[random(sources.length)];
  // Short traces are tried more often than long ones: a few lines of it.
  if (random(2)) {
    const lines = text.split('\n');
    const first = random(lines.length);
    text = ['[', ...lines.slice(first, first + 2 + random(30)).filter((l) => l !== '[')].join('\n');
  }
  for (let left = 1 + random(4); left > 0; left--) text = damages[random(damages.length)](text, random);
  return text;
}

// ---- The promise ---------------------------------------------------------------------------

/** Reads a trace in every way there is. True when it was read, false when it was refused. */
function read(text) {
  const begin = performance.now();
  let model;
  try {
    model = buildModel(text);
  } catch (error) {
    if (error.constructor === Error && REFUSALS.some((one) => one.test(error.message))) {
      assert.throws(() => toTable(text), { message: error.message });
      assert.throws(() => sourceFiles(text), { message: error.message });
      return false;
    }
    throw error;
  }
  assert.ok(model.steps.length > 0, 'a model has steps');
  for (let i = 0; i < model.steps.length; i++) {
    const { say, t } = model.steps[i];
    assert.equal(typeof say, 'string');
    assert.ok(Number.isFinite(t), `time ${t} of step ${i}`);
    assert.ok(model.stateAt(i).ready.size >= 0);
  }
  // Backwards it is the same.
  const middle = model.steps.length >> 1;
  const sizes = (s) => [s.ready.size, s.timers.size, s.tasks.size, s.fds.size, s.iteration];
  const there = sizes(model.stateAt(middle));
  model.stateAt(model.steps.length - 1);
  model.stateAt(0);
  assert.deepEqual(sizes(model.stateAt(middle)), there);
  for (const short of [false, true]) {
    const table = toTable(text, { short });
    assert.ok(!/<script/i.test(table), 'texts are escaped');
  }
  for (const file of sourceFiles(text)) assert.equal(typeof file, 'string');
  const took = performance.now() - begin;
  assert.ok(took < SLOWEST, `read in ${took.toFixed(0)} ms`);
  return true;
}

function check(text) {
  const isRead = read(text);
  for (const truncated of [false, true]) {
    const { problems, summary } = checkTrace(text, { truncated });
    assert.equal(typeof summary, 'string');
    for (const problem of problems) {
      assert.ok(problem.line >= 1 && problem.text, JSON.stringify(problem));
    }
  }
  return isRead;
}

test('what the programs write is read', () => {
  assert.ok(golden.length >= 3);
  for (const { name, text } of golden) assert.ok(check(text), name);
});

for (const { name, text } of kept) test(`kept: ${name}`, () => { check(text); });

test(`damaged by chance, for ${seconds} s from seed ${seed}`, () => {
  const counts = { read: 0, refused: 0 };
  const end = Date.now() + 1000 * seconds;
  for (let n = 0; Date.now() < end; n++) {
    const text = damaged(generator(seed * 1_000_003 + n));
    try {
      counts[check(text) ? 'read' : 'refused']++;
    } catch (error) {
      const file = new URL(`found-${seed}-${n}.json`, corpus);
      fs.writeFileSync(file, text);
      error.message = `${file.pathname}: ${error.message}`;
      throw error;
    }
  }
  console.log(`${counts.read} traces read, ${counts.refused} refused`);
});
