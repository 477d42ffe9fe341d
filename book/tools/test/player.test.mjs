// The model and the table of the trace player, without a browser.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { checkTrace } from '../check-trace.mjs';

const { parseTrace, buildModel, toTable, sourceFiles, packRuns, unpackRun } =
  createRequire(import.meta.url)('../theme/loop-player.js');

const fixture = (name) => fs.readFileSync(new URL(`traces/${name}`, import.meta.url), 'utf8');
const verbose = fixture('verbose.json'); // chapter 8 with -v
const late = fixture('late.json'); // chapter 2 with --block 0.15

const names = (map) => [...map.values()].map((entry) => entry.name);
const stepNamed = (model, text) => model.steps.findIndex((step) => step.say.includes(text));
const stateAfter = (text, say) => {
  const model = buildModel(text);
  const i = stepNamed(model, say);
  assert.ok(i >= 0, `no step says: ${say}`);
  return model.stateAt(i);
};

// A trace from short notes: [ts, ph, cat, name, more].
const event = ([ts, ph, cat, name, more = {}]) => ({ ts, ph, pid: 1, tid: 1, cat, name, ...more });
const trace = (...notes) => JSON.stringify(notes.map(event));
const soon = (t, handle, name) => (
  [t, 'i', 'ready', 'call_soon', { s: 't', args: { handle, name } }]);
const run = (t, handle, name) => [t, 'B', 'run', name, { args: { handle } }];
const returns = (t, name, args = {}) => [t, 'E', 'run', name, { args }];

test('reads an array, an object with traceEvents, and one event a line', () => {
  const events = parseTrace(verbose);
  assert.equal(events.length, 67);
  assert.deepEqual(parseTrace(JSON.stringify({ traceEvents: events })), events);
  assert.deepEqual(parseTrace(events.map((e) => JSON.stringify(e)).join('\n')), events);
});

test('reads what a killed program left: no bracket, half a line', () => {
  const lines = verbose.split('\n');
  const ended = lines.slice(0, 21).join('\n');
  assert.equal(parseTrace(ended).length, 20);
  assert.equal(parseTrace(`${ended}\n{"ts":1000.0,"ph":"i","na`).length, 20);
  assert.equal(parseTrace(`${ended}\n\n`).length, 20);
});

test('says which line is not JSON', () => {
  const lines = verbose.split('\n');
  lines[6] = '{"ts":0.000,"ph":oops},';
  assert.throws(() => parseTrace(lines.join('\n')),
    /^Error: line 7 is not JSON: {"ts":0.000,"ph":oops}/);
  assert.throws(() => parseTrace('# A page'), /^Error: line 1 is not JSON: # A page/);
  assert.throws(() => parseTrace('  \n'), /the file is empty/);
});

test('says when JSON is no trace, and when a trace is no event loop\'s', () => {
  assert.throws(() => buildModel('{"name": "package"}'), /holds no trace events/);
  assert.throws(() => buildModel('[]'), /holds no trace events/);
  const other = trace([0, 'B', 'gpu', 'draw'], [1, 'E', 'gpu', 'draw']);
  assert.throws(() => buildModel(other), /none of its 2 events is an event loop's/);
});

test('what no program writes is as if it were not there', () => {
  const odd = trace(
    [0, 'b', 'task', 7, { id: 1, args: { name: 3 } }],
    [0, 'b', 'task', 'f()', { id: 2, args: { name: 'Task-2' } }],
    [0, 'b', 'task', 'f()', { id: 4, args: { name: 'Task-4' } }],
    soon(0, 3, null), [0, 'i', 'select', 'add', { args: { fd: 'x', name: {}, events: [] } }],
    run(0, 3, null), [1e308, 'E', 'select', 'select', { args: { ready: 'abc' } }],
    [1, 'n', 'task', 'f()', { id: 1, args: { state: 'waiting', on: null, on_id: 2, loc: 5 } }],
    [1, 'constructor', '', 'x'],
  );
  const model = buildModel(odd);
  const say = model.steps.map((step) => step.say);
  assert.equal(say[0], 'The task (no name) is created');
  assert.ok(say.includes('(no name) joins the ready queue'), say.join('\n'));
  assert.ok(say.includes('The selector returns: no descriptor is ready'), say.join('\n'));
  assert.ok(model.steps.every((step) => Number.isFinite(step.t)));
  assert.deepEqual(sourceFiles(odd), []);
  assert.match(toTable(odd), /The task \(no name\) is created/);
});

test('events of one instant keep their order, others are sorted', () => {
  const text = trace(soon(5, 2, 'b()'), soon(5, 3, 'c()'), soon(0, 1, 'a()'));
  assert.deepEqual(parseTrace(text).map((e) => e.args.name), ['a()', 'b()', 'c()']);
});

test('the sentences of chapter 8 tell its story', () => {
  const say = buildModel(verbose).steps.map((step) => step.say);
  const story = [
    'The task outer() is created, and joins the ready queue',
    'Iteration 1 begins, with 1 callback in the ready queue',
    'The loop asks the selector without waiting (callbacks are ready): no descriptor is ready',
    'step outer() runs',
    '1.00 ms pass inside step outer(); nothing else can run',
    'outer() is suspended: it waits for inner()',
    'WARNING is logged: Executing <Task pending …> took 0.001 seconds',
    'step outer() returns after 1.00 ms: too slow',
    '100.00 ms pass inside step inner(); nothing else can run',
    'The task inner() is finished',
    'outer() is woken by inner(), and joins the ready queue',
    'ResourceWarning: unclosed event loop <EventLoop running=False …>',
  ];
  let at = -1;
  for (const sentence of story) {
    const next = say.indexOf(sentence, at + 1);
    assert.ok(next > at, `missing, or in the wrong order: ${sentence}\n${say.join('\n')}`);
    at = next;
  }
});

test('callbacks that share a name are told apart by their line', () => {
  const model = buildModel(late);
  assert.ok(stepNamed(model, '150.00 ms pass inside <lambda>() at line 41') > 0);
  assert.ok(stepNamed(model, 'spill_coffee() runs') > 0, 'a name of its own needs no line');
});

test('tasks that share a coroutine are told apart by name', () => {
  const task = (id, name) => [0, 'b', 'task', 'inner()', { id, args: { name } }];
  const wait = [1, 'n', 'task', 'inner()', {
    id: 2, args: { state: 'waiting', on: 'inner()', on_id: 3 },
  }];
  const model = buildModel(trace(task(2, 'Task-2'), task(3, 'Task-3'), wait));
  assert.equal(model.steps[2].say, 'inner() (Task-2) is suspended: it waits for inner() (Task-3)');
});

test('slow is what the loop says, and 100 ms where it says nothing', () => {
  const slow = (took, args) => {
    const text = trace(soon(0, 1, 'f()'), run(0, 1, 'f()'), returns(took, 'f()', args));
    return buildModel(text).spans[0].slow;
  };
  assert.equal(slow(100000), true);
  assert.equal(slow(99999), false);
  assert.equal(slow(150000, { slow: false }), false);
  assert.equal(slow(1000, { slow: true }), true);
});

test('a slow callback is one stop, at the time that passes inside it', () => {
  const model = buildModel(verbose);
  const stops = model.steps.filter((step) => step.slow);
  assert.deepEqual(stops.map((step) => step.kind), ['gap', 'gap']);
  const first = model.nextStep(-1, (step) => step.slow);
  assert.equal(model.steps[first].t, 1000);
  assert.equal(model.nextStep(model.steps.length - 1, (step) => step.slow), -1);
});

const stretch = (t, name, from, to, begin, times = 1) => [t, 'i', 'stretch', name,
  { s: 't', args: { from, to, begin_us: begin, end_us: t, times } }];

test('the stretches of a step are steps, with the lines between which time passed', () => {
  const model = buildModel(trace(soon(0, 1, 'step tea()'), run(0, 1, 'step tea()'),
    stretch(200000, 'weigh()', 'its beginning', 'its end', 0),
    stretch(700000, 'boil()', 'its beginning', 'a.cpp:25', 200000),
    stretch(900000, 'toast()', 'a.cpp:40', 'a.cpp:41', 700000, 200),
    stretch(903000, 'stir()', 'a.cpp:50', 'its end', 901500),
    returns(953000, 'step tea()', { slow: true })));
  assert.deepEqual(model.steps.slice(2).map((step) => step.say), [
    '200.00 ms pass in weigh(), from its beginning to its end; nothing else can run',
    '500.00 ms pass in boil(), from its beginning to a.cpp:25; nothing else can run',
    '200.00 ms pass in toast(), from a.cpp:40 to a.cpp:41, 200 times; nothing else can run',
    '1.50 ms pass inside step tea(); nothing else can run', // elsewhere, before stir()
    '1.50 ms pass in stir(), from a.cpp:50 to its end; nothing else can run',
    '50.00 ms pass inside step tea(); nothing else can run',
    'step tea() returns after 953.00 ms: too slow',
  ]);
  assert.ok(model.steps.slice(2, 8).every((step) => step.slow && step.kind === 'gap'));
  const { loc, how, after } = model.steps[4];
  assert.deepEqual([loc, how, after], ['a.cpp:41', 'before', 'a.cpp:40']);
  assert.deepEqual([model.steps[3].loc, model.steps[3].after], ['a.cpp:25', null]);
  assert.deepEqual([model.steps[6].loc, model.steps[6].how], ['a.cpp:50', 'after']);
  const [{ stretches }] = model.spans.filter((span) => span.kind === 'run');
  assert.deepEqual(stretches.map(({ name, from, step }) => [name, from, step]), [
    ['weigh() 200.00 ms', 0, 2], ['boil() 500.00 ms', 200000, 3],
    ['toast() 200.00 ms', 700000, 4], ['stir() 1.50 ms', 901500, 6]]);
  assert.equal(stretches[2].title, 'toast(), from a.cpp:40 to a.cpp:41, 200 times: 200.00 ms');
});

test('a stretch that cannot be one is left out', () => {
  const odd = [['f()', '', 'its end', 0], ['f()', 'its beginning', 'its end', 9],
    ['f()', 'its beginning', 7, 0], ['f()', 'its beginning', 'its end', 'x']];
  const model = buildModel(trace(soon(0, 1, 'f()'), run(0, 1, 'f()'),
    ...odd.map((more) => stretch(5, ...more)), returns(5, 'f()')));
  assert.ok(model.spans.every((span) => span.stretches.length === 0));
});

test('the ready queue is first in, first out; a timer joins it when it fires', () => {
  const state = stateAfter(late, 'at line 49 fires, 50.00 ms late');
  assert.deepEqual(names(state.ready), ['<lambda>() at line 39', '<lambda>() at line 49']);
  assert.equal(state.timers.size, 3);
});

test('a cancelled timer leaves the heap, a cancelled handle the queue', () => {
  const state = stateAfter(late, 'The timer <lambda>() at line 50 is cancelled');
  assert.ok(!names(state.timers).includes('<lambda>() at line 50'));
  const cancel = [0, 'i', 'ready', 'cancel', { s: 't', args: { handle: 1, name: 'f()' } }];
  const model = buildModel(trace(soon(0, 1, 'f()'), cancel));
  assert.equal(model.steps[1].say, 'f() leaves the ready queue without a run');
  assert.equal(model.stateAt(1).ready.size, 0);
});

test('a late timer is remembered for the time line', () => {
  const model = buildModel(late);
  assert.deepEqual(model.late.map(({ from }) => from), [100000]);
  assert.match(model.steps[model.late[0].step].say, /fires, 50.00 ms late/);
});

test('tasks wait, are woken, and end', () => {
  const model = buildModel(verbose);
  const at = (text) => [...model.stateAt(stepNamed(model, text)).tasks.values()];
  const [outer, inner] = at('outer() is suspended');
  assert.deepEqual([outer.state, outer.on, inner.state], ['waiting', 'inner()', 'ready']);
  assert.equal(at('outer() is woken')[0].state, 'ready');
  assert.deepEqual(at('unclosed event loop').map((task) => task.state), ['finished', 'finished']);
});

test('a descriptor may have a reader and a writer', () => {
  const fd = (name, events) => [0, 'i', 'select', name, {
    s: 't', args: { fd: 7, name: 'socket', events },
  }];
  const model = buildModel(trace(fd('add', 'read'), fd('add', 'write'), fd('remove', 'read')));
  assert.equal(model.stateAt(1).fds.size, 2);
  assert.deepEqual([...model.stateAt(2).fds.values()].map((w) => w.events), ['write']);
});

test('a callback from another thread says so', () => {
  assert.ok(stepNamed(buildModel(late), 'joins the ready queue, from the thread Thread-1') > 0);
});

test('a step knows its source line, and a task goes on where it was suspended', () => {
  const model = buildModel(verbose);
  assert.equal(model.steps[stepNamed(model, 'outer starting')].loc, 'asyncio_debug.cpp:34');
  const again = model.steps.findLastIndex((step) => step.say === 'step outer() runs');
  assert.equal(model.steps[again].loc, 'asyncio_debug.cpp:39');
  assert.equal(model.steps[stepNamed(model, 'Iteration 2 begins')].loc, null);
  const watch = buildModel(late);
  assert.equal(watch.steps[stepNamed(watch, 'watches fd 6')].loc, null, 'the line before is over');
  assert.deepEqual(sourceFiles(verbose), ['event_loop.cpp', 'asyncio_debug.cpp']);
});

// A long run: n callbacks, each of which schedules the next and sets a timer.
function longTrace(n) {
  const notes = [soon(0, 1, 'f()')];
  for (let i = 1; i <= n; i++) {
    const timer = { id: 1e6 + i, args: { when: i + 1000 } };
    notes.push(run(i, i, 'f()'), [i, 'b', 'timer', 't()', timer], soon(i, i + 1, 'f()'));
    if (i > 5) notes.push([i, 'e', 'timer', 't()', { id: 1e6 + i - 5, args: { cancelled: true } }]);
    notes.push(returns(i, 'f()'));
  }
  return notes.map(event);
}

test('a state is the same whichever way one comes to it', () => {
  const text = JSON.stringify(longTrace(1000));
  const forwards = buildModel(text);
  const jumping = buildModel(text);
  const last = forwards.steps.length - 1;
  for (let i = 0; i <= last; i++) {
    const state = structuredClone(forwards.stateAt(i));
    assert.deepEqual(jumping.stateAt(i), state, `step ${i}`);
    if (i % 3 === 0) jumping.stateAt((i * 7919) % last);
  }
  assert.ok(forwards.kept.length < forwards.events.length / 200, 'few states are kept');
});

test('the kept states stay in proportion to the trace, however large a state is', () => {
  const notes = [];
  for (let i = 0; i < 20000; i++) notes.push(soon(i, i, 'f()'));
  const model = buildModel(JSON.stringify(notes.map(event)));
  const entries = model.kept.reduce((sum, { state }) => sum + state.ready.size, 0);
  assert.ok(entries < 2 * notes.length, `${entries} entries kept for ${notes.length} events`);
});

test('a trace of 100,000 events is usable', () => {
  const text = JSON.stringify(longTrace(20000));
  // Not the clock, which runs while others work.
  const begin = process.cpuUsage();
  const since = (usage) => process.cpuUsage(usage).user / 1000;
  const model = buildModel(text);
  const loaded = since(begin);
  let worst = 0;
  for (let k = 1; k <= 200; k++) {
    const from = process.cpuUsage();
    model.stateAt((k * 7919) % model.steps.length);
    worst = Math.max(worst, since(from));
  }
  assert.ok(model.events.length >= 99000);
  assert.ok(loaded < 10000, `loading took ${loaded} ms`);
  assert.ok(worst < 500, `a jump took ${worst} ms`);
});

test('players keep in step by time, inside an instant by what is said, and to the end', () => {
  const model = buildModel(verbose);
  for (let i = 0; i < model.steps.length; i++) {
    assert.equal(model.follow(model, i), i, `step ${i} finds itself`);
  }
  const other = buildModel(late);
  const last = (one) => one.steps.length - 1;
  assert.equal(other.follow(model, last(model)), last(other), 'both are at their end');
  assert.equal(model.follow(other, last(other)), last(model));
  const inner = stepNamed(model, 'pass inside step inner()');
  assert.equal(other.steps[other.follow(model, inner)].t, 0, 'the last before');
  const asks = (one) => stepNamed(one, 'asks the selector');
  assert.equal(other.follow(model, asks(model)), asks(other), 'the same sentence');
});

test('packed runs come out as they were, and are smaller together', () => {
  const texts = ['debug', 'limit_010', 'limit_600'].map((name) => fs.readFileSync(
    new URL(`../../../chapters/06_slow_callback/expected/${name}.trace.json`, import.meta.url), 'utf8'));
  const packed = packRuns(texts);
  texts.forEach((text, n) => assert.deepEqual(
    parseTrace(unpackRun(packed, n)), parseTrace(text)));
  assert.ok(JSON.stringify(packed).length < 1.2 * texts[0].length);
});

test('a player opens at what was slow, else at what is red, else where a callback runs', () => {
  const moment = (...notes) => {
    const model = buildModel(trace(...notes));
    return model.steps[model.moment()].say;
  };
  const warning = [7, 'i', 'log', 'careful', { args: { level: 'WARNING' } }];
  const slow = [soon(8, 1, 'f()'), run(8, 1, 'f()'), returns(200008, 'f()')];
  const quick = [soon(0, 2, 'g()'), run(0, 2, 'g()'), returns(0, 'g()')];
  assert.match(moment(...quick, warning, ...slow), /200.00 ms pass inside f/);
  assert.match(moment(...quick, warning), /careful/);
  assert.equal(moment(...quick), 'g() runs');
  assert.equal(moment(soon(0, 1, 'f()')), 'f() joins the ready queue');
});

test('a moment is found by words of its sentence, as an address has them', () => {
  const model = buildModel(verbose);
  const found = (words) => model.steps[model.stepOf(words)]?.say;
  assert.match(found('ms-pass-inside-step-inner'), /^100.00 ms pass inside step inner/);
  assert.equal(found('no-such-words'), undefined);
});

test('a step says how it knows its line, and never shows another one as its own', () => {
  const model = buildModel(verbose);
  const place = (words) => {
    const { loc, how, after } = model.steps[stepNamed(model, words)];
    return [how, loc.replace(/.*:/, ''), ...(after ? [after.replace(/.*:/, '')] : [])].join(' ');
  };
  assert.equal(place('step inner() runs'), 'created 39', 'nobody knows more before it waits');
  assert.equal(place('100.00 ms pass inside step inner'), 'before 26 24');
  assert.equal(place('outer() is woken'), 'created 39', 'the line that made the callback');
  const goesOn = model.steps.filter((step) => step.say === 'step outer() runs')[1];
  assert.equal(goesOn.how, 'from');
  assert.equal(place('task_wakeup() joins'), 'at 26', 'the line of inner(), which ends');
});

test('a lambda is called by the first text in it, or else by its code', () => {
  const source = 'loop.call_soon([&] {\n  if (x) { y(); }\n  say("first callback; it adds");\n});\n'
    + 'loop.call_soon([] { ask(); });\nloop.call_soon(ask);\n';
  const at = (id, line) => [0, 'i', 'ready', 'call_soon', {
    s: 't', args: { handle: id, name: '<lambda>()', loc: `main.cpp:${line}` },
  }];
  const text = trace(at(1, 1), at(2, 5), at(3, 6), run(0, 1, '<lambda>()'));
  const says = (sources) => buildModel(text, sources).steps.map((step) => step.say.split(' j')[0]);
  assert.deepEqual(says([['chapters/01_first/main.cpp', source]]),
    ['“first callback”', '{ ask() }', '<lambda>() at line 6', '“first callback” runs']);
  assert.deepEqual(says([])[0], '<lambda>() at line 1');
  assert.match(toTable(text, { sources: [['main.cpp', source]] }), /“first callback” runs/);
});

test('a program that was killed leaves spans that reach to the end', () => {
  const model = buildModel(trace(soon(0, 1, 'f()'), run(0, 1, 'f()'), soon(5000, 2, 'g()')));
  assert.deepEqual([model.spans[0].to, model.spans[0].last], [5000, model.steps.length - 1]);
});

test('the table has every step, and for print the weighty ones', () => {
  const rows = (html) => html.match(/<tr[ >]/g).length - 1;
  const whole = toTable(verbose);
  assert.equal(rows(whole), buildModel(verbose).steps.length);
  assert.match(whole, /<tr class="slow"><td>10<\/td><td>1.00 ms<\/td><td>⚠ 1.00 ms pass inside/);
  const short = toTable(verbose, { short: true });
  assert.ok(rows(short) < 0.7 * rows(whole));
  assert.equal(rows(short), rows(whole) - whole.match(/class="minor"/g).length);
  for (const text of ['100.00 ms pass inside step inner()', 'inner completed', 'unclosed']) {
    assert.ok(short.includes(text), text);
  }
});

test('the table escapes what a trace holds, and ends after 500 rows', () => {
  const html = toTable(trace(soon(0, 1, '<script>"&')));
  assert.ok(html.includes('&lt;script&gt;&quot;&amp;'));
  assert.ok(!html.includes('<script'));
  const long = toTable(JSON.stringify(longTrace(1000)));
  assert.match(long, /the first 500 of \d+ rows/);
  assert.equal(long.match(/<tr[ >]/g).length, 501);
});

// ---- check-trace.mjs

const problemsOf = (text, options) => checkTrace(text, options).problems
  .map(({ line, text: what }) => `${line}: ${what}`);

test('check-trace accepts the fixtures', () => {
  for (const text of [verbose, late]) assert.deepEqual(problemsOf(text), []);
});

test('check-trace names the last line, with and without an end of line', () => {
  const text = verbose.split('\n').slice(0, 3).join('\n').replace(/,$/, '');
  const early = '3: no closing "]": the program ended early';
  for (const end of ['', '\n']) assert.equal(problemsOf(text + end)[0], early);
});

// The recorder and its readers must agree on the traces that the book shows.
const chapters = new URL('../../../chapters/', import.meta.url);
const golden = fs.readdirSync(chapters).flatMap((chapter) => {
  const folder = new URL(`${chapter}/expected/`, chapters);
  const names = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
  return names.filter((name) => name.endsWith('.trace.json'))
    .map((name) => [`${chapter}/${name}`, new URL(name, folder)]);
});
for (const [name, url] of golden) {
  test(`${name} is well made, and can be played`, () => {
    const text = fs.readFileSync(url, 'utf8');
    assert.deepEqual(problemsOf(text), []);
    const model = buildModel(text);
    const last = model.stateAt(model.steps.length - 1);
    assert.equal(last.logged, model.log.length);
    for (const { say } of model.steps) assert.doesNotMatch(say, /undefined|NaN|null|\[object/);
  });
}

const withStretch = (text, args) => text.replace('[\n',
  `[\n${JSON.stringify({ ts: 0, ph: 'i', pid: 1, tid: 1, cat: 'stretch', name: 'f()', s: 't', args })},\n`);
const broken = [
  ['time that goes back', (s) => s.replace('"ts":101000.000', '"ts":1.000'), /time goes back from/],
  ['a missing field', (s) => s.replace('"pid":1,', ''), /^2: no "pid"$/],
  ['an E of another name', (s) => s.replace('"ph":"E","pid":1,"tid":1,"cat":"run","name":"step o',
    '"ph":"E","pid":1,"tid":1,"cat":"run","name":"o'), /"outer\(\)" ends, but "step outer\(\)"/],
  ['an n without b', (s) => s.replace(/^.*"ph":"b".*inner.*\n/m, ''),
    /task\/2\/inner\(\) is not open/],
  ['an arrow without beginning', (s) => s.replace(/^.*"ph":"s".*\n/m, ''), /no arrow leads to/],
  ['a run of nothing', (s) => s.replace(/^.*"call_soon".*\n/m, ''), /was not in the ready queue/],
  ['a place without line', (s) => s.replace('debug.cpp:34', 'debug.cpp'), /not file:line/],
  ['an instant without s', (s) => s.replace(',"s":"t"', ''), /an instant needs "s":"t"/],
  ['an unknown phase', (s) => s.replace('"ph":"M"', '"ph":"Q"'), /phase "Q"/],
  ['a missing comma', (s) => s.replace('},\n', '}\n'), /^2: no comma$/],
  ['a line that is no JSON', (s) => s.replace('{"ts"', 'ts'), /^2: not a JSON object$/],
  ['select without timeout', (s) => s.replace('"timeout_us":0', '"x":0'), /no "timeout_us"/],
  ['a stretch without places', (s) => withStretch(s, { begin_us: 0, end_us: 0 }),
    /a stretch without "from" and "to"/],
  ['a stretch that ends before it begins', (s) => withStretch(s,
    { from: 'its beginning', to: 'its end', begin_us: 2, end_us: 1 }), /does not end after its begin/],
  ['a stretch of nobody', (s) => withStretch(s,
    { from: 'its beginning', to: 'its end', begin_us: 0, end_us: 0 }), /outside of a callback/],
  ['a wait for nobody', (s) => s.replace('"state":"waiting",', '"state":"waiting","on_ids":[2,77],'),
    /"outer\(\)" waits for 77, which is no task/],
  ['no loop event', () => '[\n]\n', /no event of an event loop/],
];
for (const [what, breakIt, message] of broken) {
  test(`check-trace finds ${what}`, () => {
    const problems = problemsOf(breakIt(verbose));
    assert.ok(problems.some((text) => message.test(text)), problems.join('\n') || 'no problem');
  });
}

test('check-trace wants a whole trace, unless told otherwise', () => {
  const half = verbose.slice(0, 5000);
  assert.ok(problemsOf(half).some((text) => text.includes('no closing "]"')));
  assert.deepEqual(problemsOf(half, { truncated: true }), []);
});

// ---- What part II reports

const ofChapter = (name) => fs.readFileSync(
  new URL(`../../../chapters/${name}.trace.json`, import.meta.url), 'utf8');

test('a report in the middle of a callback is known from one at its end', () => {
  const log = (t, text, logger) => [t, 'i', 'log', text, { args: { level: 'WARNING', logger } }];
  const model = buildModel(trace(
    soon(0, 1, 'f()'), run(0, 1, 'f()'), log(0, 'at its begin', 'asyncio'),
    log(100000, 'it is held', 'asyncio'), log(200000, 'my own', 'kitchen'),
    log(300000, 'it was slow', 'asyncio'), returns(300000, 'f()'), log(300000, 'over', 'asyncio')));
  assert.deepEqual(model.barks.map(({ t, text }) => [t, text]), [[100000, 'it is held']]);
});

test('the watchdog\'s reports are in the bar of the step, at their times', () => {
  const model = buildModel(ofChapter('10_watchdog/expected/debug'));
  assert.deepEqual(model.barks.map(({ t }) => t), [110000, 1010000]);
  for (const { text } of model.barks) assert.match(text, /has been held for/);
  assert.deepEqual(buildModel(ofChapter('06_slow_callback/expected/debug')).barks, []);
});

test('a turn is long without a slow callback: in chapter 11 alone', () => {
  const model = buildModel(ofChapter('11_pulse/expected/debug'));
  assert.ok(model.crumbs);
  const longest = model.turns.reduce((most, turn) => (turn.length > most.length ? turn : most));
  assert.deepEqual([longest.from, longest.length], [700000, 2000000]);
  for (const name of ['02_event_loop/expected/blocked', '06_slow_callback/expected/debug',
    '09_culprit/expected/debug', '10_watchdog/expected/debug']) {
    assert.equal(buildModel(ofChapter(name)).crumbs, false, name);
  }
});

test('tasks know for which tasks they wait, those of a gathering too', () => {
  const model = buildModel(ofChapter('12_wait_graph/expected/quarrel'));
  const graph = (i) => [...model.stateAt(i).tasks.values()].map(({ title, ids }) => [title, ids]);
  assert.deepEqual(graph(stepNamed(model, 'ERROR is logged')), [['Task-1', [3, 4, 5]],
    ['cook', [3]], ['waiter', [2]], ['Anna', []], ['Ben', []]]);
  assert.ok(graph(model.steps.length - 1).every(([, ids]) => ids.length === 0));
});
