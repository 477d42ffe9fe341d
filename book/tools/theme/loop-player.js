// loop-player.js: steps through the trace of an event loop, forwards and back.
//
// In a page it is a classic script that defines <loop-player> (it works from file://, has no
// dependency and requests nothing). In Node, require() gives { parseTrace, buildModel, tableOf,
// toTable, sourceFiles, packRuns, unpackRun }. The trace is Chrome trace-event JSON, as the programs write it with --trace.
//
// Three parts: the model turns a trace into steps; the table shows them without JavaScript;
// the view, at the end, is the player.
(function (root) {
  'use strict';

  // ---- Reading a trace -------------------------------------------------------------------

  // An array, an object with traceEvents, or one event a line. A trace whose program died has
  // no closing bracket, and perhaps half a last line: what is there is read.
  function parseTrace(text) {
    if (!text.trim()) throw new Error('the file is empty');
    const value = wholeValue(text);
    const events = value === undefined ? eventLines(text) : eventArray(value);
    const known = events.filter((e) => e && typeof e === 'object' && typeof e.ph === 'string');
    if (!known.length) throw new Error('this is JSON, but it holds no trace events');
    return known.map((e) => ({
      ...e, name: typeof e.name === 'string' ? e.name : '(no name)', ts: timeOf(e),
      args: cleanArgs(e.args),
    })).sort((a, b) => a.ts - b.ts); // stable: events of one instant keep their order
  }

  // No run lasts for thousands of years: such a time would leave room for no other.
  function timeOf(e) {
    const ts = Number(e.ts);
    return Math.abs(ts) < 1e17 ? ts : 0;
  }

  // What is of another type than the programs write is left out, as if it were not there.
  const TYPES = {
    loc: 'string', name: 'string', events: 'string', state: 'string', on: 'string', by: 'string',
    level: 'string', category: 'string', n: 'number', fd: 'number', when: 'number',
    timeout_us: 'number', from: 'string', to: 'string', begin_us: 'number', end_us: 'number',
    times: 'number',
  };

  const LISTS = ['ready', 'on_ids']; // of numbers

  function isOdd([key, value]) {
    if (LISTS.includes(key)) return !Array.isArray(value) || value.some((n) => typeof n !== 'number');
    return Object.hasOwn(TYPES, key) && typeof value !== TYPES[key];
  }

  function cleanArgs(args) {
    if (!args || typeof args !== 'object') return {};
    const entries = Object.entries(args);
    return entries.some(isOdd) ? Object.fromEntries(entries.filter((e) => !isOdd(e))) : args;
  }

  function wholeValue(text) {
    try {
      return JSON.parse(text);
    } catch {
      return undefined;
    }
  }

  function eventArray(value) {
    if (Array.isArray(value)) return value;
    if (value && Array.isArray(value.traceEvents)) return value.traceEvents;
    return [value];
  }

  function eventLines(text) {
    const lines = text.split('\n').map((line) => line.trim());
    let last = lines.length - 1;
    while (last > 0 && !lines[last]) last--;
    const events = [];
    lines.forEach((line, i) => {
      const json = line.replace(/^\[/, '').replace(/[,\]]+$/, '').trim();
      if (!json) return;
      const event = wholeValue(json);
      if (event !== undefined) events.push(event);
      else if (i < last || !events.length) throw notJson(i + 1, line);
    });
    return events;
  }

  function notJson(number, line) {
    const start = line.length > 40 ? `${line.slice(0, 40)}…` : line;
    return new Error(`line ${number} is not JSON: ${start}`);
  }

  // ---- Numbers and names -----------------------------------------------------------------

  const LATE = 1000; // us after its deadline before we call a timer late
  const GAP = 1000; // us of silence in a callback that are a step of their own
  const SLOW = 100000; // us; asyncio's slow_callback_duration, for traces that do not judge

  // Microseconds as a person reads them: 12 µs, 29.88 ms, 12.5 s.
  function duration(us) {
    if (us && us < 100) return `${Math.round(us)} µs`;
    if (us < 1e7) return `${(us / 1000).toFixed(2)} ms`;
    return `${Number((us / 1e6).toFixed(2))} s`;
  }

  const plural = (n, what) => `${n} ${what}${n === 1 ? '' : 's'}`;

  function list(words) {
    if (words.length < 2) return words.join('');
    return `${words.slice(0, -1).join(', ')} and ${words[words.length - 1]}`;
  }

  const slug = (text) => text.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');

  const fdName = (fd, name) => `fd ${fd}${name ? ` (${name})` : ''}`;

  const LAMBDA = '<lambda>()';
  const fdOwner = (e) => (e.args.name === LAMBDA ? '' : e.args.name || '');

  // The text of an object, <Task pending name=...>, is long: in a sentence its head will do.
  function brief(text) {
    let out = '';
    let depth = 0;
    let inside = '';
    for (const c of String(text).split('\n')[0].split(/(<(?=[\w<])|>)/)) {
      if (c === '<' && depth++ === 0) inside = '';
      else if (c === '>' && depth > 0 && --depth === 0) out += `<${head(inside)}>`;
      else if (depth === 0) out += c;
      else if (depth === 1) inside += c;
    }
    return out.length > 160 ? `${out.slice(0, 159)}…` : out;
  }

  function head(text) {
    const [kind, state, ...more] = text.split(' ');
    return [kind, state, more.length && '…'].filter(Boolean).join(' ');
  }

  const isAlarm = (level) => ['WARNING', 'ERROR', 'CRITICAL'].includes(level);

  // ---- The state of a loop, and what each event does to it --------------------------------

  // Maps keep the order of insertion, so a queue is a Map from id to entry: first in, first out,
  // and found at once. Entries are replaced, never edited, so that a copy of a state is shallow.
  function emptyState() {
    return {
      iteration: 0, phase: 'idle', running: null, loc: null, how: 'at', timeout: null, since: 0,
      logged: 0, letters: 0,
      ready: new Map(), timers: new Map(), tasks: new Map(), fds: new Map(), readyFds: [],
    };
  }

  function copyState(s) {
    const { ready, timers, tasks, fds } = s;
    return {
      ...s, ready: new Map(ready), timers: new Map(timers), tasks: new Map(tasks),
      fds: new Map(fds),
    };
  }

  const sizeOf = (s) => s.ready.size + s.timers.size + s.tasks.size + s.fds.size;

  function forgetFd(s, fd) {
    for (const [key, value] of s.fds) if (value.fd === fd) s.fds.delete(key);
  }

  // What is told of a task: its room grows with it.
  const lettersOf = ({ name, state = '', on }) => name.length + state.length + (on || '').length;

  function setTask(s, e, change) {
    const before = s.tasks.get(e.id) || { id: e.id, name: '', ids: [] };
    const after = { ...before, name: e.name, ...change };
    s.tasks.set(e.id, after);
    s.letters += lettersOf(after) - lettersOf(before);
  }

  // Each function changes the state as its event (category and phase) says.
  const apply = {
    loopB(s, e) { s.iteration = e.args.n; s.phase = 'iteration'; },
    loopE(s) { s.phase = 'idle'; },
    selectB(s, e) {
      s.phase = 'select';
      s.timeout = e.args.timeout_us;
      s.since = e.t;
      s.readyFds = [];
    },
    selectE(s, e) { s.phase = 'iteration'; s.timeout = null; s.readyFds = e.args.ready || []; },
    selecti(s, e) {
      const { fd, events = '' } = e.args;
      const name = fdOwner(e);
      const key = `${fd} ${events}`; // a descriptor may have a reader and a writer
      if (e.name === 'modify') forgetFd(s, fd);
      if (e.name !== 'remove') s.fds.set(key, { fd, name, events });
      else if (!s.fds.delete(key)) forgetFd(s, fd);
    },
    readyi(s, e) {
      const { handle, name } = e.args;
      if (e.name === 'cancel') s.ready.delete(handle);
      else s.ready.set(handle, { id: handle, name });
    },
    timerb(s, e) { s.timers.set(e.id, { id: e.id, name: e.name, when: e.args.when - e.zero }); },
    timere(s, e) {
      s.timers.delete(e.id);
      if (!e.args.cancelled) s.ready.set(e.id, { id: e.id, name: e.name });
    },
    runB(s, e) {
      s.ready.delete(e.args.handle);
      s.running = { id: e.args.handle, name: e.name, loc: e.args.loc };
      s.phase = 'run';
      s.since = e.t;
      s.loc = null;
    },
    runE(s) { s.running = null; s.phase = 'iteration'; s.loc = null; },
    taskb(s, e) { setTask(s, e, { title: e.args.name || '', state: 'ready' }); },
    taske(s, e) {
      setTask(s, e, { state: e.args.state || 'finished', on: null, ids: [], over: true });
    },
    taskn(s, e) {
      const { state, on = null, on_id: id, on_ids: ids = id ? [id] : [], loc } = e.args;
      if (state === 'cancelling') return; // it still waits, or still runs
      const now = state === 'woken' || state === 'yielding' ? 'ready' : state;
      setTask(s, e, { state: now, on, ids });
      if (loc) setTask(s, e, { loc });
      const at = s.tasks.get(e.id).loc; // a task goes on where it was suspended
      if (state === 'running' && at) Object.assign(s, { loc: at, how: 'from' });
    },
    stretchi() {}, // where the time went, and nothing else
    logi(s) { s.logged++; },
    warningi(s) { s.logged++; },
  };

  // The loop's own callbacks, _run_until_complete_cb() or Task.task_wakeup().
  const isInternal = (name) => /(^|[.])_|task_wakeup/.test(name);

  // The line of an event, if it is where the running code stands. When a callback begins, only
  // the line that made it is known; what joins the queue may have been made on another line.
  function placeIn(s, e) {
    const { loc, handle, name } = e.args;
    const known = e.key === 'readyi' && (s.tasks.has(handle) || isInternal(name));
    if (!loc || known) return null;
    return { loc, how: e.key === 'runB' ? 'created' : 'at' };
  }

  function applyEvent(s, e) {
    apply[e.key](s, e);
    const place = placeIn(s, e);
    if (place) Object.assign(s, place);
    else if (!s.running && e.key !== 'readyi') s.loc = null;
  }

  // ---- Words: one sentence for each step -------------------------------------------------

  function selectReason(s) {
    if (s.ready.size) return ' (callbacks are ready)';
    return s.timers.size ? ' (a timer is due)' : '';
  }

  function readyNames(s, e) {
    const fds = e.args.ready || [];
    if (!fds.length) return 'no descriptor is ready';
    const watched = [...s.fds.values()];
    const names = fds.map((fd) => fdName(fd, (watched.find((w) => w.fd === fd) || {}).name));
    return `${list(names)} ${fds.length === 1 ? 'is' : 'are'} ready`;
  }

  // Another thread may only post: worth a word.
  const thread = (e) => (e.thread ? `, from the thread ${e.thread}` : '');

  function lateness(s, e) {
    const timer = s.timers.get(e.id);
    return timer && !e.args.cancelled ? e.t - timer.when : 0;
  }

  // A loop that is not in debug mode keeps it to itself.
  const slowWords = (e) => (e.args.slow ? ': too slow' : ': slow, and nobody is told');

  // The way of a coroutine within a step, and how often it went there.
  function stretchWords({ name, args: { from, to, times } }) {
    return `${name}, from ${from} to ${to}${times > 1 ? `, ${times} times` : ''}`;
  }

  const tookOf = ({ args }) => args.end_us - args.begin_us;

  // Each function gets the state before its event.
  const words = {
    loopB(s, e) {
      const ready = s.ready.size;
      return `Iteration ${e.args.n} begins`
        + (ready ? `, with ${plural(ready, 'callback')} in the ready queue` : '');
    },
    loopE: (s) => `Iteration ${s.iteration} ends`,
    selectB(s, e) {
      const timeout = e.args.timeout_us;
      const who = s.iteration ? 'The loop' : 'The program';
      if (!timeout) return `${who} asks the selector without waiting${selectReason(s)}`;
      if (timeout < 0) return `${who} waits in the selector, for as long as it takes`;
      return `${who} waits in the selector, at most ${duration(timeout)}`
        + (s.timers.size ? ': until the next timer' : '');
    },
    selectE(s, e) {
      const waited = e.t - s.since;
      return `The selector returns${waited ? ` after ${duration(waited)}` : ''}: `
        + readyNames(s, e);
    },
    selecti(s, e) {
      const fd = fdName(e.args.fd, fdOwner(e));
      const events = e.args.events ? `, events: ${e.args.events}` : '';
      if (e.name === 'remove') return `The selector no longer watches ${fd}`;
      return `The selector ${e.name === 'add' ? '' : 'now '}watches ${fd}${events}`;
    },
    readyi: (s, e) => `${e.args.name} ${e.name === 'cancel' ? 'leaves the ready queue without a run'
      : 'joins the ready queue'}${thread(e)}`,
    timerb: (s, e) => `A timer is set for ${duration(e.args.when - e.zero)}: ${e.name}`,
    timere(s, e) {
      if (e.args.cancelled) return `The timer ${e.name} is cancelled`;
      const late = lateness(s, e);
      return `The timer ${e.name} fires${late > LATE ? `, ${duration(late)} late` : ''}`
        + ', and joins the ready queue';
    },
    runB: (s, e) => `${e.name} runs`,
    runE(s, e) {
      const took = s.running ? e.t - s.since : 0;
      return `${e.name} returns${took ? ` after ${duration(took)}` : ''}`
        + (isSlow(e, took) ? slowWords(e) : '');
    },
    taskb: (s, e) => `The task ${e.name} is created`,
    taske(s, e) {
      const ends = { failed: 'fails: an exception leaves it', cancelled: 'is cancelled',
        dropped: 'is dropped while it is pending: nobody holds it' };
      return `The task ${e.name} ${ends[e.args.state] || 'is finished'}`;
    },
    taskn(s, e) {
      const { state, on, by } = e.args;
      if (state === 'waiting') return `${e.name} is suspended: it waits for ${on}`;
      if (state === 'yielding') return `${e.name} is suspended, to let others run first`;
      if (state === 'woken') return `${e.name} is woken${by ? ` by ${by}` : ''}`;
      if (state === 'cancelling') return `${e.name} is asked to end: it is being cancelled`;
      return state === 'running' ? `${e.name} goes on` : `${e.name}: ${state}`;
    },
    stretchi: (s, e) => `${duration(tookOf(e))} pass in ${stretchWords(e)}; nothing else can run`,
    logi(s, e) {
      const level = e.args.level || 'INFO';
      if (level === 'PRINT') return `The program prints: ${brief(e.name)}`;
      return `${level} is logged: ${brief(e.name)}`;
    },
    warningi: (s, e) => `${e.args.category || 'A warning'}: ${brief(e.name)}`,
  };

  // A loop in debug mode says itself which callbacks were slow.
  const isSlow = (e, took) => (e.args.slow === undefined ? took >= SLOW : Boolean(e.args.slow));

  function isRed(s, e) {
    if (e.key === 'warningi') return true;
    if (e.key === 'logi') return isAlarm(e.args.level);
    if (e.key === 'stretchi') return tookOf(e) >= SLOW;
    if (e.key === 'runE') return isSlow(e, s.running ? e.t - s.since : 0);
    return e.key === 'timere' && lateness(s, e) > LATE;
  }

  // ---- The model: steps, spans, and the state at any step --------------------------------

  // The events a learner can see, each with its key (category and phase), its time from the
  // beginning of the trace, that beginning, and its thread's name if it is not the loop's.
  function visibleEvents(events, sources) {
    const zero = events[0].ts;
    const seen = events.filter((e) => Object.hasOwn(apply, `${e.cat}${e.ph}`)
      && (e.cat !== 'stretch' || isStretch(e)));
    const thread = threadNames(events);
    const name = clearNames(seen, sources);
    return seen.map((e) => {
      const args = { ...e.args, on: name(e.args.on_id, e.args.on) };
      if (e.cat === 'ready') args.name = name(args.handle, args.name || '(no name)');
      return {
        ...e, args, key: `${e.cat}${e.ph}`, zero, t: e.ts - zero, thread: thread(e),
        name: name(e.cat === 'run' ? args.handle : e.id, e.name),
      };
    });
  }

  // One that has all its parts, and that had ended when it was written down.
  function isStretch({ ts, args: { from, to, begin_us: begin, end_us: end } }) {
    return Boolean(from && to) && begin <= end && end <= ts;
  }

  function threadNames(events) {
    const home = (events.find((e) => e.cat === 'loop' || e.cat === 'select') || {}).tid;
    const names = new Map();
    for (const e of events) if (e.name === 'thread_name') names.set(e.tid, e.args.name);
    return (e) => (home === undefined || e.tid === home ? '' : names.get(e.tid) || `${e.tid}`);
  }

  // A lambda is called by its code, if the source is there: “second callback”.
  // Several things may share a name. They are told apart, tasks by asyncio's name for them,
  // other callbacks by their line: inner() (Task-3), <lambda>() at line 41.
  function clearNames(events, sources) {
    const marks = new Map(); // id -> what tells it apart
    const texts = new Map(); // id -> the text in a lambda
    const users = new Map(); // name -> the marks of those who share it
    for (const e of events) {
      const own = ownName(e);
      if (!own || marks.has(own.id)) continue;
      marks.set(own.id, own.mark);
      users.set(own.name, (users.get(own.name) || new Set()).add(own.mark));
      const text = own.name === LAMBDA && e.args.loc && lambdaText(sources, e.args.loc);
      if (text) texts.set(own.id, text);
    }
    return (id, name) => {
      if (name === LAMBDA && texts.has(id)) return texts.get(id);
      const mark = id === undefined ? '' : marks.get(id);
      const shared = mark && name && (users.get(name.replace(/^step /, '')) || []).size > 1;
      return shared ? `${name} ${mark}` : name;
    };
  }

  const LONGEST_NAME = 32;

  // The beginning of the first text, or else of the code, between the braces of the lambda that
  // is passed at a place.
  function lambdaText(sources, loc) {
    const { file, line } = placeOf(loc);
    const found = sources.find(([name]) => sameFile(name, file));
    if (!found) return '';
    const code = found[1].split('\n').slice(line - 1, line + 29).join('\n');
    const begins = /\[[^\]]*\]\s*(\([^)]*\)\s*)?\{/.exec(code);
    if (!begins) return '';
    const start = begins.index + begins[0].length;
    let depth = 1;
    let end = start;
    while (end < code.length && depth > 0) depth += { '{': 1, '}': -1 }[code[end++]] || 0;
    const body = code.slice(start, end - 1);
    const [, text] = /"((?:[^"\\\n]|\\.)+)"/.exec(body) || [];
    const name = text ? text.replace(/^\{[^}]*\} /, '').split(/[;,:{\\]/)[0] : body.split(';')[0];
    const short = name.trim().replace(/\s+/g, ' ');
    const cut = short.length > LONGEST_NAME ? `${short.slice(0, LONGEST_NAME - 1)}…` : short;
    return cut && (text ? `“${cut}”` : `{ ${cut} }`);
  }

  // Tasks come first: what is scheduled for them bears their id.
  function ownName(e) {
    const { id, name, args } = e;
    const key = `${e.cat}${e.ph}`;
    const line = args.loc ? `at line ${placeOf(args.loc).line}` : '';
    if (key === 'taskb') return { id, name, mark: args.name ? `(${args.name})` : '' };
    if (key === 'timerb') return { id, name, mark: line };
    if (key === 'readyi') return { id: args.handle, name: args.name, mark: line };
    return null;
  }

  // The lines of a stretch: before its end, or, if that is the coroutine's, after its begin.
  function stretchWay({ args: { from, to } }) {
    const isPlace = (text) => /:\d+$/.test(text);
    if (isPlace(to)) return { loc: to, how: 'before', after: isPlace(from) ? from : null };
    return { loc: isPlace(from) ? from : null, how: 'after' };
  }

  // A model keeps the events, and the state after every so many of them; the states between are
  // replayed. The distance of two kept states grows with their size, so that memory grows with
  // the trace alone.
  class Model {
    constructor(events) {
      this.events = events;
      this.steps = [];
      this.spans = [];
      this.late = [];
      this.log = [];
      this.fullest = {}; // the step at which a part of the state is largest
      this.most = { ready: 0, timers: 0, tasks: 0, fds: 0 };
      this.open = { iteration: null, select: null, run: null };
      this.state = emptyState();
      this.kept = [{ count: 0, state: emptyState() }];
      events.forEach((e, i) => this.read(e, i + 1));
      this.end = events[events.length - 1].t;
      this.closeSpans();
      this.still = this.instants();
      this.barks = this.midwayReports();
      this.turns = this.findTurns();
      this.crumbs = this.turns.some(({ length, slow }) => length >= SLOW && !slow);
      this.cursor = { count: 0, state: emptyState() };
    }

    read(e, count) {
      this.noteGap(e, count - 1, e.key === 'stretchi' ? e.args.begin_us - e.zero : e.t);
      if (!this.joinsLastStep(e)) this.addStep(e);
      this.lastStep().count = count;
      this.noteLate(e);
      this.noteLine(e);
      applyEvent(this.state, e);
      const { loc, how } = this.state;
      Object.assign(this.lastStep(), e.key === 'stretchi' ? stretchWay(e) : { loc, how });
      this.noteSpan(e);
      this.noteMost();
      this.keepState(count);
    }

    lastStep() {
      return this.steps[this.steps.length - 1];
    }

    // Silence inside a callback is the step to look at: time passes and nothing else can run.
    noteGap(e, count, t) {
      const gap = this.open.run ? t - this.lastStep().t : 0;
      if (gap < GAP) return;
      const say = `${duration(gap)} pass inside ${this.open.run.name}; nothing else can run`;
      this.push({ t, count, kind: 'gap', say, red: gap >= SLOW, ...this.way(count) });
      this.open.run.gaps.push(this.lastStep());
    }

    // Time passed in a task between two lines that are known: the last one, and the next in the
    // same run. Of another callback, only the line that made it is sure.
    way(count) {
      const { loc, how, running, tasks } = this.state;
      if (!tasks.has(running.id)) return { loc: running.loc || null, how: 'created' };
      for (let i = count; i < this.events.length; i++) {
        const e = this.events[i];
        const place = e.key === 'runE' ? null : placeIn(this.state, e);
        if (place) return { ...place, how: 'before', after: how === 'created' ? null : loc };
        if (e.key === 'runE') break;
      }
      return { loc, how: how === 'created' ? how : 'after' };
    }

    // Two events that are one thing to a learner are one step.
    joinsLastStep(e) {
      const step = this.lastStep();
      if (!step || step.kind === 'gap') return false;
      const before = this.events[step.count - 1];
      if (e.key === 'taskn') return before.key === 'runB' && e.args.state === 'running';
      if (e.key === 'readyi') return this.joinsTask(step, before, e);
      if (e.key === 'selectE') return this.joinsAsking(step, before, e);
      if (e.key !== 'loopB' || before.key !== 'loopE') return false;
      Object.assign(step, { t: e.t, say: words.loopB(this.state, e), begins: true });
      return true;
    }

    joinsAsking(step, before, e) {
      if (before.key !== 'selectB' || before.args.timeout_us !== 0 || step.t !== e.t) return false;
      step.say += `: ${readyNames(this.state, e)}`;
      return true;
    }

    // A task that is created, woken or yields goes into the ready queue in the same breath.
    joinsTask(step, before, e) {
      if (before.cat !== 'task' || before.id !== e.args.handle || e.name === 'cancel') return false;
      if (before.ph === 'e') return false;
      step.say += before.args.state === 'yielding' ? ': back into the ready queue'
        : ', and joins the ready queue';
      return true;
    }

    addStep(e) {
      const say = words[e.key](this.state, e);
      const red = isRed(this.state, e);
      const kind = e.key === 'stretchi' ? 'gap' : e.cat;
      this.push({ t: e.t, count: 0, kind, say, red, begins: e.key === 'loopB' });
    }

    push(step) {
      const span = this.open.run || this.open.select;
      const { loc, how } = this.state;
      this.steps.push({ slow: false, loc, how, span: span ? span.n : -1, ...step });
    }

    noteLate(e) {
      const late = e.key === 'timere' ? lateness(this.state, e) : 0;
      if (late > LATE) this.late.push({ from: e.t - late, step: this.steps.length - 1 });
    }

    noteLine(e) {
      if (e.key !== 'logi' && e.key !== 'warningi') return;
      const level = e.cat === 'warning' ? e.args.category || 'WARNING' : e.args.level || 'INFO';
      const { run } = this.open;
      if (run && e.t > run.from && e.args.logger === 'asyncio') {
        run.reports.push({ t: e.t, step: this.steps.length - 1, text: e.name });
      }
      this.log.push({ level, text: e.name, alarm: e.cat === 'warning' || isAlarm(level) });
    }

    noteSpan(e) {
      if (e.key === 'loopB') this.begin('iteration', e, String(e.args.n));
      if (e.key === 'selectB') this.begin('select', e, 'select');
      if (e.key === 'runB') this.begin('run', e, e.name);
      if (e.key === 'stretchi') this.noteStretch(e);
      if (e.key === 'loopE') this.finish('iteration', e);
      if (e.key === 'selectE') this.finish('select', e);
      if (e.key === 'runE') this.finishRun(e);
    }

    // The bars inside the bar of a step.
    noteStretch(e) {
      if (!this.open.run) return;
      const took = tookOf(e);
      const title = `${stretchWords(e)}: ${duration(took)}`;
      this.open.run.gaps.push(this.lastStep());
      this.open.run.stretches.push({
        name: `${e.name} ${duration(took)}`, title, from: e.args.begin_us - e.zero,
        step: this.steps.length - 1,
      });
    }

    begin(kind, e, name) {
      const n = this.spans.length;
      const step = this.steps.length - 1;
      const span = {
        n, kind, name, first: step, last: step, from: e.t, to: e.t, gaps: [], stretches: [],
        reports: [],
      };
      this.spans.push(span);
      this.open[kind] = span;
      if (kind !== 'iteration') this.steps[step].span = n;
    }

    finish(kind, e) {
      const span = this.open[kind];
      if (span) Object.assign(span, { last: this.steps.length - 1, to: e.t });
      this.open[kind] = null;
      return span;
    }

    finishRun(e) {
      const span = this.finish('run', e);
      if (!span) return;
      span.slow = isSlow(e, span.to - span.from);
      for (const gap of span.gaps) gap.red = gap.slow = span.slow;
      if (!span.gaps.length) this.lastStep().slow = span.slow;
    }

    // A program that was killed leaves its last spans open.
    closeSpans() {
      for (const span of Object.values(this.open)) {
        if (span) Object.assign(span, { last: this.steps.length - 1, to: this.end });
      }
    }

    noteMost() {
      for (const part of Object.keys(this.most)) {
        const size = part === 'tasks' ? this.state.letters : this.state[part].size;
        if (size <= this.most[part]) continue;
        this.most[part] = size;
        this.fullest[part] = this.steps.length - 1;
      }
    }

    // What the loop reported while a callback still ran, and time went on: somebody else looked.
    midwayReports() {
      return this.spans.flatMap(({ to, reports }) => reports.filter(({ t }) => t < to));
    }

    // From the end of one wait in the selector to the begin of the next. Is one callback of it
    // slow? If a turn is long without, nobody is to blame, and all that are due are late.
    findTurns() {
      const turns = [];
      let turn = null;
      for (const span of this.spans) {
        if (span.kind === 'select') {
          if (turn) Object.assign(turn, { last: span.first, length: span.from - turn.from });
          turn = { first: span.last, from: span.to, slow: false };
          turns.push(turn);
        } else if (turn && span.kind === 'run') {
          turn.slow ||= span.slow;
        }
      }
      return turns.filter(({ length }) => length);
    }

    // Where the clock stands still: the first and last of three or more steps at one time.
    instants() {
      const { steps } = this;
      const found = [];
      let first = 0;
      for (let i = 1; i <= steps.length; i++) {
        if (i < steps.length && steps[i].t === steps[first].t) continue;
        if (i - first > 2) found.push([first, i - 1]);
        first = i;
      }
      return found;
    }

    keepState(count) {
      const distance = Math.max(256, sizeOf(this.state));
      if (count - this.kept[this.kept.length - 1].count < distance) return;
      this.kept.push({ count, state: copyState(this.state) });
    }

    // The state after step i. It belongs to the model: look, do not touch.
    stateAt(i) {
      const { count } = this.steps[i];
      const kept = this.kept[this.firstIndex(this.kept, (k) => k.count > count) - 1];
      if (this.cursor.count > count || this.cursor.count < kept.count) {
        this.cursor = { count: kept.count, state: copyState(kept.state) };
      }
      while (this.cursor.count < count) {
        applyEvent(this.cursor.state, this.events[this.cursor.count++]);
      }
      return this.cursor.state;
    }

    // The index of the first item for which a test holds, when it holds for all that follow.
    firstIndex(items, test) {
      let low = 0;
      let high = items.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (test(items[middle])) high = middle;
        else low = middle + 1;
      }
      return low;
    }

    nextStep(i, test) {
      for (let k = i + 1; k < this.steps.length; k++) if (test(this.steps[k])) return k;
      return -1;
    }

    // The step of this run that goes with step i of another: the last of the same instant that
    // says the same as one of those up to i, in their order. Both end together.
    follow(other, i) {
      if (i === other.steps.length - 1) return this.steps.length - 1;
      const { t } = other.steps[i];
      const [first, end] = this.instant(t);
      if (first === end) return Math.max(0, first - 1);
      let at = first - 1;
      for (let k = other.instant(t)[0]; k <= i; k++) {
        const { say } = other.steps[k];
        const found = this.steps.findIndex((step, n) => n > at && n < end && step.say === say);
        if (found >= 0) at = found;
      }
      return Math.max(at, first);
    }

    // Where a player opens: at what was slow or went wrong; else where the first callback runs.
    moment() {
      const tests = [(step) => step.slow, (step) => step.red, (step) => / runs$/.test(step.say)];
      const found = tests.map((test) => this.nextStep(-1, test)).filter((i) => i >= 0);
      return found.length ? found[0] : 0;
    }

    // The first step whose sentence contains words written as in an address; -1: there is none.
    stepOf(words) {
      return this.nextStep(-1, (step) => slug(step.say).includes(words));
    }

    // What a run is compared by: what the loop reported, and how many timers were late.
    summary() {
      const reports = this.log.filter(({ alarm }) => alarm).map(({ text }) => brief(text));
      return { reports, late: this.late.length };
    }

    // The source files that the trace names.
    files() {
      const places = this.events.map((e) => e.args.loc).filter(Boolean);
      return [...new Set(places.map((loc) => placeOf(loc).file))];
    }

    instant(t) {
      const low = this.firstIndex(this.steps, (step) => step.t >= t);
      return [low, this.firstIndex(this.steps, (step) => step.t > t)];
    }
  }

  // sources: [file, text] pairs, which give names to lambdas.
  function buildModel(text, sources = []) {
    const events = parseTrace(text);
    const seen = visibleEvents(events, sources);
    if (seen.length) return new Model(seen);
    throw new Error(`none of its ${plural(events.length, 'event')} is an event loop's: `
      + 'was it written by one of these programs, with --trace?');
  }

  // Runs of one program that differ in their options have most of their events in common. Packed,
  // they share a list of events without times; a run is a list of [time, event, event, ...].
  function packRuns(texts) {
    const numbers = new Map();
    const number = (event) => {
      if (!numbers.has(event)) numbers.set(event, numbers.size);
      return numbers.get(event);
    };
    const runs = texts.map((text) => {
      const run = [];
      for (const { ts, ...event } of eventArray(JSON.parse(text))) {
        if (!run.length || run[run.length - 1][0] !== ts) run.push([ts]);
        run[run.length - 1].push(number(JSON.stringify(event)));
      }
      return run;
    });
    return { events: [...numbers.keys()].map((event) => JSON.parse(event)), runs };
  }

  const unpackRun = ({ events, runs }, n) => JSON.stringify(
    runs[n].flatMap(([ts, ...found]) => found.map((k) => ({ ts, ...events[k] }))));

  const sourceFiles = (text) => buildModel(text).files();

  function placeOf(loc) {
    const [, file, line] = /^(.*):(\d+)$/.exec(loc) || [null, loc, 0];
    return { file, line: Number(line) };
  }

  // A place names its file as the program knew it, perhaps without a directory.
  const sameFile = (long, short) => long === short || long.endsWith(`/${short}`);

  // ---- The run as a table: without JavaScript, in print, in an e-book --------------------

  const ROWS = 500;
  const NAMES = 4;

  const escapes = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  const esc = (value) => String(value).replace(/[&<>"]/g, (c) => escapes[c]);

  // Print keeps what ran, what was slow and what was said.
  const isMinor = (step) => !(step.begins || step.kind === 'gap' || step.red
    || step.kind === 'log' || step.kind === 'run' && / runs$/.test(step.say));

  function firstNames(names) {
    if (!names.length) return '–';
    const more = names.length - NAMES;
    return esc(names.slice(0, NAMES).join(', ')) + (more > 0 ? ` and ${more} more` : '');
  }

  function tableRow(model, i) {
    const step = model.steps[i];
    const state = model.stateAt(i);
    const ready = [...state.ready.values()].map((h) => h.name);
    const timers = firstTimers(state, NAMES + 1).map((h) => `${h.name} at ${duration(h.when)}`);
    const look = [step.red && 'slow', isMinor(step) && 'minor'].filter(Boolean).join(' ');
    return `<tr${look ? ` class="${look}"` : ''}><td>${i + 1}</td><td>${duration(step.t)}</td>`
      + `<td>${step.red ? '⚠ ' : ''}${esc(step.say)}</td>`
      + `<td>${firstNames(ready)}</td><td>${firstNames(timers)}</td></tr>`;
  }

  // The timers that fire first. A heap of thousands is not sorted for the few that are shown.
  function firstTimers(state, most) {
    const first = [];
    for (const timer of state.timers.values()) {
      if (first.length === most && timer.when >= first[most - 1].when) continue;
      let k = first.length;
      while (k > 0 && first[k - 1].when > timer.when) k--;
      first.splice(k, 0, timer);
      if (first.length > most) first.pop();
    }
    return first;
  }

  function tableOf(model, { short = false } = {}) {
    const all = model.steps.map((step, i) => i).filter((i) => !short || !isMinor(model.steps[i]));
    const what = short ? 'What ran, and what was said' : 'Every step of this run';
    const caption = all.length > ROWS ? `${what}: the first ${ROWS} of ${all.length} rows` : what;
    const heads = ['Step', 'Time', 'What happens', 'Ready queue', 'Timer heap'];
    return `<table class="trace-table"><caption>${caption}</caption><thead><tr>`
      + heads.map((head) => `<th scope="col">${head}</th>`).join('')
      + '</tr></thead><tbody>'
      + all.slice(0, ROWS).map((i) => tableRow(model, i)).join('\n')
      + '</tbody></table>';
  }

  const toTable = (text, { sources, ...options } = {}) => (
    tableOf(buildModel(text, sources), options));

  if (typeof module === 'object' && module.exports) {
    module.exports = {
      parseTrace, buildModel, tableOf, toTable, sourceFiles, packRuns, unpackRun,
    };
  }
  if (!root.customElements || root.customElements.get('loop-player')) return;

  // ---- Style -----------------------------------------------------------------------------

  // Browsers without light-dark() get the light colours: the first of each pair.
  const COLOURS = {
    bg: ['#ffffff', '#15181d'],
    panel: ['#f3f5f8', '#1d2128'],
    card: ['#ffffff', '#2a2f38'],
    ink: ['#1b1f24', '#e8eaed'],
    soft: ['#535b66', '#b2b9c3'],
    line: ['#d0d5dc', '#3d444f'],
    accent: ['#0b57a4', '#85bcff'],
    slow: ['#b3261e', '#ff8f86'],
    'slow-bg': ['#fdecea', '#45201d'],
    run: ['#2f7d4f', '#6cc792'],
    select: ['#8d97a5', '#75808f'],
    at: ['#fff1b8', '#4d4214'],
  };
  const colours = (value) => Object.entries(COLOURS)
    .map(([name, pair]) => `--${name}: ${value(pair)};`).join(' ');

  const CSS = `
:host { display: block; margin: 1.5rem 0; container-type: inline-size; color: var(--ink);
  font: .9rem/1.45 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; text-align: left;
  ${colours((pair) => pair[0])} }
@supports (color: light-dark(red, red)) {
  :host { ${colours((pair) => `light-dark(${pair.join(', ')})`)} } }
:host([hidden]), [hidden] { display: none !important; }
* { box-sizing: border-box; }
p { margin: 0; }
.box { background: var(--bg); border: 1px solid var(--line); border-radius: 10px; padding: .75rem;
  outline: none; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap; }

.head { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1rem; }
.label { font: 600 .85rem/1.6 ui-monospace, "SF Mono", Menlo, Consolas, monospace;
  overflow-wrap: anywhere; }
.knobs { display: flex; flex-wrap: wrap; gap: 0 1.2rem; align-items: center; margin-top: .2rem; }
.knob { display: flex; gap: .5rem; align-items: center; min-height: 2rem; max-width: 100%;
  white-space: nowrap;
  font: 600 .82rem/1.4 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
.knob input { width: 8rem; min-width: 4rem; flex: 0 1 auto; height: 2rem; margin: 0; accent-color: var(--accent);
  cursor: pointer; }
.knob output { min-width: 4.5em; }
.sum { font-size: .85rem; font-weight: 600; }
@media (pointer: coarse) { .knob, .knob input { min-height: 2.75rem; } }
.linked { color: var(--soft); font-size: .82rem; flex-basis: 100%; }
.clock { color: var(--soft); font-variant-numeric: tabular-nums; }
.clock b { color: var(--ink); font-weight: 600; }

svg.time { display: block; width: 100%; height: 84px; margin-top: .3rem; cursor: pointer;
  touch-action: pan-y; border-radius: 4px; }
input:focus-visible + svg.time { outline: 3px solid var(--accent); outline-offset: 2px; }
.time .iteration { fill: var(--panel); } .time .iteration.odd { fill: var(--line); opacity: .6; }
.stretch { fill: var(--card); stroke: var(--ink); stroke-width: .75; }
.run { fill: var(--run); } .select { fill: var(--select); }
.late { stroke: var(--slow); stroke-width: 3; stroke-dasharray: 5 3; }
.bark { fill: var(--slow); stroke: var(--bg); stroke-width: 1.5; paint-order: stroke; }
.wait { fill: var(--slow); fill-opacity: .3; stroke: var(--slow); }
.axis { stroke: var(--soft); stroke-width: 1.5; }
.axis.still { stroke-dasharray: 1.5 3; }
.time .tick { stroke: var(--line); }
.time text { fill: var(--soft); font-size: 11px; font-variant-numeric: tabular-nums; }
.time .name { fill: var(--ink); font-weight: 600; paint-order: stroke; stroke: var(--bg);
  stroke-width: 4px; stroke-linejoin: round; }
.time text, .time .now, .time .at, .time line { pointer-events: none; }
.time .now { fill: none; stroke: var(--ink); stroke-width: 1.5; }
.time .at { fill: var(--ink); }
.hatch rect { fill: var(--slow); } .hatch path { stroke: var(--bg); stroke-width: 2; }
.legend { display: flex; flex-wrap: wrap; gap: 0 1rem; color: var(--soft); font-size: .78rem; }
.legend svg { width: 1.5em; height: .8em; margin-right: .35em; vertical-align: -.05em; }

.bar { display: flex; flex-wrap: wrap; gap: .4rem; align-items: center; }
button, select { font: inherit; color: var(--ink); background: var(--card);
  border: 1px solid var(--soft); border-radius: 7px; min-height: 2.75rem; min-width: 2.75rem;
  padding: .2rem .7rem; cursor: pointer; }
button:hover { border-color: var(--accent); }
button svg { width: 1rem; height: 1rem; fill: currentColor; vertical-align: -.15rem; }
button[aria-disabled=true] { color: var(--soft); border-color: var(--line); cursor: default;
  background: none; }
button.main { background: var(--accent); color: var(--bg); border-color: var(--accent);
  min-width: 6rem; font-weight: 600; }
.speed { display: flex; gap: .4rem; align-items: center; color: var(--soft); }

.say { margin: .45rem 0; padding: .05rem 0 .05rem .7rem; font-size: 1.02rem;
  font-weight: 600; border-left: 4px solid var(--accent); overflow-wrap: anywhere; }
.say.red { border-color: var(--slow); color: var(--slow); }

.panels { display: flex; flex-wrap: wrap; gap: .4rem; }
.stack { display: flex; flex-direction: column; gap: .4rem; flex: 1 1 100%; min-width: 0; }
.stack:not(:has(.panel:not([hidden]))) { display: none; }
.panel { background: var(--panel); border: 2px solid transparent; border-radius: 8px;
  padding: .25rem .5rem .35rem; min-width: 0; flex: 1 1 auto; }
.panel.on { border-color: var(--accent); }
.panel.red { border-color: var(--slow); background: var(--slow-bg); }
.name { font-weight: 600; font-size: .8rem; margin-bottom: .15rem; }
.name span { color: var(--soft); font-weight: 400; overflow-wrap: anywhere; }
.body { display: flow-root; }
.empty { color: var(--soft); }
ol { list-style: none; margin: 0; padding: 0; }
.card { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 .6rem;
  background: var(--card); border: 1px solid var(--line); border-left: 4px solid var(--select);
  border-radius: 5px; padding: 0 .5rem; margin-bottom: .2rem; overflow-wrap: anywhere;
  font: .8rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
.card small { color: var(--soft); font-size: inherit; }
.card.go { border-left-color: var(--run); } .card.next { border-left-color: var(--accent); }
.card.over { border-left-color: var(--line); background: none; }
.card.below { margin-left: calc(var(--depth) * .9rem); }
.card.red { border-left-color: var(--slow); } .card.red small { color: var(--slow); }
.lines { max-height: 8rem; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere;
  font: .76rem/1.45 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
.lines div { padding-left: 1rem; text-indent: -1rem; }
.lines .level { color: var(--soft); } .lines .alarm, .lines .alarm .level { color: var(--slow); }
.lines .new { background: var(--at); }
.lines .alarm.new { background: none; font-weight: 600; }
.code { font: .76rem/1.45 ui-monospace, "SF Mono", Menlo, Consolas, monospace;
  white-space: pre; overflow-x: auto; min-height: 10.15em; }
.code ol { width: max-content; min-width: 100%; }
.code li::before { content: attr(data-n); display: inline-block; width: 2.4em;
  margin-right: .8em; text-align: right; color: var(--soft); }
.code .at, .code .way { background: var(--at); }
.code .made { outline: 2px dashed var(--soft); outline-offset: -2px; }
.tight .lines { max-height: 6rem; } .tight .code { min-height: 7.25em; }
.tight .code li:is(:first-child, :last-child) { display: none; }
a { color: var(--accent); display: inline-block; }
.hints { color: var(--soft); font-size: .78rem; margin-left: auto; }
details { margin-top: .2rem; }
summary { cursor: pointer; color: var(--soft); padding: .3rem 0; min-height: 24px; }
kbd { border: 1px solid var(--line); border-radius: 4px; padding: 0 .35em; font-size: .85em; }
.keys { margin-bottom: .6rem; line-height: 2; }
.scroll { max-height: 24rem; overflow: auto; }
table { border-collapse: collapse; font-size: .8rem; width: 100%; }
caption { text-align: left; color: var(--soft); }
th, td { border: 1px solid var(--line); padding: .2rem .4rem; text-align: left;
  vertical-align: top; overflow-wrap: anywhere; }
th { background: var(--panel); overflow-wrap: normal; } td:nth-child(-n+2) { white-space: nowrap; }
tr.slow td { background: var(--slow-bg); }
.print { display: none; }

@container (min-width: 26rem) {
  .stack { flex: 1 1 40%; }
  .stack.words { flex: 1 1 100%; }
}
@container (min-width: 26rem) and (max-width: 39.99rem) {
  .box { padding: .5rem .6rem .2rem; }
  .head { gap: 0 .5rem; } .label, .clock { font-size: .78rem; }
  .bar { gap: .3rem; font-size: .85rem; }
  .bar button { padding: .2rem .5rem; } button.main { min-width: 4.5rem; }
  .bar button span { position: absolute; clip-path: inset(50%); }
  .bar button::first-letter { text-transform: uppercase; }
  .speed, .hints, .legend span:nth-child(n + 4), .code li:is(:first-child, :last-child) { display: none; }
  .say { font-size: .95rem; line-height: 1.35; margin: .3rem 0; }
  .stack:nth-child(2) { order: 1; flex: 1 1 100%; flex-direction: row; }
  .stack:nth-child(2) .panel { flex-basis: 0; }
  .words { order: 2; }
  .card { font-size: .74rem; line-height: 1.4; }
  .card.below { margin-left: calc(var(--depth) * .3rem); }
  .tight .lines { max-height: 2.4rem; }
  .lines { max-height: 3.4rem; } .code { min-height: 7.25em; }
  .legend { font-size: .72rem; gap: 0 .6rem; }
}
@media (pointer: coarse) { .arrows { display: none; } }
@container (min-width: 40rem) {
  .stack { flex: 1 1 0; }
  .stack.words { flex: 1 1 100%; flex-direction: row; }
  .words [data-panel=output] { flex: 2 1 0; } .words [data-panel=source] { flex: 3 1 0; }
}
@container (max-width: 25.99rem) {
  .deck { position: sticky; top: var(--loop-player-top, 0); z-index: 1; background: var(--bg);
    padding: .4rem 0 .1rem; }
  .main, .bar [data-do=iteration], .bar [data-do=slow] { flex: 1 1 auto; }
  .speed span { position: absolute; clip-path: inset(50%); }
}
@media (pointer: fine) {
  button, select { min-height: 2.25rem; min-width: 2.5rem; }
}
@media (forced-colors: active) {
  :host { --bg: Canvas; --panel: Canvas; --card: Canvas; --ink: CanvasText; --soft: CanvasText;
    --line: GrayText; --accent: Highlight; --slow: CanvasText; --slow-bg: Canvas;
    --run: LinkText; --select: GrayText; --at: Canvas; }
  .panel { border: 1px solid GrayText; } .panel.on { outline: 2px solid Highlight; }
  .panel.red { outline: 2px dashed CanvasText; }
  .code .at, .code .way, .lines .new { outline: 2px solid Highlight; outline-offset: -2px; }
  button.main { color: ButtonText; background: ButtonFace; border-color: Highlight; }
  button[aria-disabled=true] { color: GrayText; border-color: GrayText; }
}
@media print {
  .box { display: none; }
  .print { display: block; --ink: #000; --slow-bg: #eee; color: #000; font-size: 8pt; }
}`;

  // ---- The time line ---------------------------------------------------------------------

  // What is below the bars of callbacks moves down where these have bars inside, and the axis if
  // the waits of a turn are drawn above it.
  const SVG = {
    height: 84, pad: 6, iteration: 0, run: 18, select: 42, late: 58, axis: 64, inside: 18, wait: 30,
  };

  // To scale, and yet in order: every step gets the same few pixels, and what is left of the
  // width belongs to time. So what happens in one instant stands side by side.
  class TimeLine {
    constructor(svg, model) {
      this.svg = svg;
      this.model = model;
      this.at = 0;
    }

    draw() {
      this.width = this.svg.clientWidth || 600;
      const inside = this.width - 2 * SVG.pad;
      const { steps, end } = this.model;
      const share = end ? 0.5 : 1;
      this.unit = Math.min(end ? 7 : 40, share * inside / steps.length);
      this.scale = end ? (inside - this.unit * steps.length) / end : 0;
      this.down = this.model.spans.some(({ stretches }) => stretches.length) ? SVG.inside : 0;
      this.axisY = SVG.axis + this.down + (this.model.crumbs ? SVG.wait : 0);
      const height = this.axisY + SVG.height - SVG.axis;
      this.svg.style.height = `${height}px`;
      this.svg.setAttribute('viewBox', `0 0 ${this.width} ${height}`);
      this.svg.innerHTML = this.hatch() + this.iterations() + this.ticks() + this.waits() + this.axis()
        + this.bars('select', SVG.select + this.down, 10)
        + this.bars('run', SVG.run, 20 + this.down) + this.stretches() + this.lateLines()
        + this.barks()
        + '<rect class="now" rx="2" height="0"/><path class="at"/>';
      this.move(this.at);
    }

    x(i) {
      return SVG.pad + this.unit * i + this.scale * this.model.steps[i].t;
    }

    // The place of a time at which perhaps nothing happens.
    xOfTime(t) {
      return SVG.pad + this.unit * this.model.instant(t)[0] + this.scale * t;
    }

    stepAtPixel(x) {
      let low = 0;
      let high = this.model.steps.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (this.x(middle) <= x + 1) low = middle;
        else high = middle - 1;
      }
      return low;
    }

    hatch() {
      return '<defs><pattern id="hatch" class="hatch" width="7" height="7"'
        + ' patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        + '<rect width="7" height="7"/><path d="M0 0V7"/></pattern></defs>';
    }

    // Neighbours of one look that cannot be told apart are one rectangle, so that a trace of
    // a hundred thousand events draws a few hundred.
    merged(kind) {
      const out = [];
      for (const span of this.model.spans) {
        if (span.kind !== kind) continue;
        const x = this.x(span.first);
        const width = Math.max(this.x(span.last) - x, 1.5);
        const last = out[out.length - 1];
        if (last && last.slow === span.slow && width < 2 && x - last.x - last.width < 1) {
          last.width = Math.max(last.width, x + width - last.x);
          last.title = `${++last.count} of them, one after the other`;
          last.name = '';
        } else {
          const { slow, name, from, to } = span;
          out.push({ x, width, slow, name, count: 1, title: `${name}: ${duration(to - from)}` });
        }
      }
      return out;
    }

    bars(kind, y, height) {
      return this.merged(kind).map(({ x, width, slow, name, title }) => {
        const look = slow ? 'fill="url(#hatch)"' : `class="${kind}"`;
        return `<rect x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="${height}"`
          + ` rx="2" ${look}><title>${esc(title)}</title></rect>`
          + (kind === 'run' ? this.nameIn(name, x, width, SVG.run + 14) : '');
      }).join('');
    }

    // From the end of the one before to the step that tells of it.
    stretches() {
      const y = SVG.run + 20;
      return this.model.spans.flatMap((span) => {
        let left = this.x(span.first);
        return span.stretches.map(({ name, title, from, step }) => {
          const x = Math.max(left, this.xOfTime(from));
          left = this.x(step);
          const width = Math.max(left - x - 1, 1);
          return `<rect class="stretch" x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}"`
            + ` height="16" rx="2"><title>${esc(title)}</title></rect>`
            + this.nameIn(name, x, width, y + 12);
        });
      }).join('');
    }

    nameIn(name, x, width, y) {
      const room = Math.floor((width - 12) / 6.6);
      if (room < 4 || !name) return '';
      const text = name.length > room ? `${name.slice(0, room - 1)}…` : name;
      return `<text class="name" x="${x + 6}" y="${y}">${esc(text)}</text>`;
    }

    iterations() {
      let labelled = -Infinity;
      return this.merged('iteration').map(({ x, width, name }, i) => {
        const room = name && width > 8 + 7 * name.length && x > labelled;
        if (room) labelled = x + 10 * name.length;
        return `<rect class="iteration${i % 2 ? ' odd' : ''}" x="${x.toFixed(1)}" rx="2"`
          + ` y="${SVG.iteration}" width="${width.toFixed(1)}" height="14"/>`
          + (room ? `<text x="${x + 4}" y="11">${name}</text>` : '');
      }).join('');
    }

    // The axis is dotted where steps follow each other and no time passes.
    axis() {
      const y = this.axisY;
      const line = (a, b, look) => (b - a < 1 ? '' : `<line class="axis${look}" y1="${y}"`
        + ` y2="${y}" x1="${a.toFixed(1)}" x2="${b.toFixed(1)}"/>`);
      let x = SVG.pad;
      let out = '';
      for (const [first, last] of this.model.still) {
        const [a, b] = [this.x(first), this.x(last)];
        if (b - a < 3) continue;
        out += line(x, a, '') + line(a, b, ' still');
        x = b;
      }
      return out + line(x, this.width - SVG.pad, '');
    }

    ticks() {
      let free = -Infinity;
      return niceTicks(this.model.end, this.scale).map((t) => {
        const x = this.xOfTime(t);
        const text = tickLabel(t);
        const middle = Math.min(Math.max(x, 3.8 * text.length), this.width - 3.8 * text.length);
        const line = `<line class="tick" x1="${x}" x2="${x}" y1="16"`
          + ` y2="${this.axisY + 4}"/>`;
        if (middle - 3.4 * text.length < free) return line;
        free = middle + 3.4 * text.length;
        return `${line}<text x="${middle}" y="${this.axisY + 15}" text-anchor="middle">${text}</text>`;
      }).join('');
    }

    lateLines() {
      return this.model.late.slice(0, 500).map(({ from, step }) => {
        const y = SVG.late + this.down;
        return `<line class="late" x1="${this.xOfTime(from).toFixed(1)}" y1="${y}"`
          + ` x2="${this.x(step).toFixed(1)}" y2="${y}"/>`;
      }).join('');
    }

    // Arrows from the watchdog into the callback that holds the loop.
    barks() {
      return this.model.barks.map(({ step, text }) => {
        const x = this.x(step).toFixed(1);
        return `<path class="bark" d="M${x - 2} 2h4v12h5l-7 9l-7-9h5z">`
          + `<title>${esc(brief(text))}</title></path>`;
      }).join('');
    }

    // How long something that comes at each moment has to wait: for the rest of the turn.
    waits() {
      const { crumbs, turns, steps } = this.model;
      if (!crumbs) return '';
      const longest = turns.reduce((most, turn) => (turn.length > most.length ? turn : most));
      const scale = (SVG.wait - 4) / longest.length;
      return turns.filter(({ length }) => length * scale >= 1).map((turn) => {
        const end = turn.from + turn.length;
        let path = `M${this.x(turn.first).toFixed(1)} ${this.axisY}`;
        for (let i = turn.first; i <= turn.last; i++) {
          path += `L${this.x(i).toFixed(1)} ${(this.axisY - (end - steps[i].t) * scale).toFixed(1)}`;
        }
        const words = `what comes here waits ${duration(turn.length)}`;
        return `<path class="wait" d="${path}V${this.axisY}Z"><title>What comes in this turn waits `
          + `for the rest of it, ${duration(turn.length)} at most</title></path>`
          + (turn === longest ? `<text class="name" x="${this.x(turn.first) + 5}" y="${
            this.axisY - 5}">${words}</text>` : '');
      }).join('');
    }

    // The playhead, and a frame around the callback or the wait in which it stands.
    move(i) {
      this.at = i;
      if (!this.width) return;
      const x = this.x(i).toFixed(1);
      this.svg.querySelector('.at').setAttribute('d',
        `M${x - 1} 16h2V${this.axisY + 2}h-2zM${x} 22l-5-8h10z`);
      const span = this.model.spans[this.model.steps[i].span];
      const frame = this.svg.querySelector('.now');
      frame.setAttribute('height', 0);
      if (!span) return;
      const run = span.kind === 'run';
      const left = this.x(span.first) - 1.5;
      const box = {
        x: left, width: Math.max(4, this.x(span.last) - left + 1.5),
        y: (run ? SVG.run : SVG.select + this.down) - 1.5, height: run ? 23 + this.down : 13,
      };
      for (const [name, value] of Object.entries(box)) frame.setAttribute(name, value);
    }
  }

  function niceTicks(end, scale) {
    if (!end || !scale) return [0];
    const least = 56 / scale;
    const power = 10 ** Math.floor(Math.log10(least));
    const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= least);
    const out = [];
    for (let k = 0; k * step <= end; k++) out.push(k * step);
    return out;
  }

  function tickLabel(t) {
    if (t >= 1e6) return `${Number((t / 1e6).toFixed(3))} s`;
    if (t >= 1000 || t === 0) return `${Number((t / 1000).toFixed(3))} ms`;
    return `${Number(t.toFixed(3))} µs`;
  }

  // ---- The panels: each gives the HTML of its body ---------------------------------------

  const CARDS = 6; // at most; a player that is too high shows fewer
  const FEWEST = 3;
  const LINES = 100;
  const empty = (text) => `<p class="empty">${text}</p>`;

  function card(name, small = '', look = '', key = '', depth = 0) {
    const below = Math.min(depth, 4);
    return `<li class="card ${look}${below ? ` below" style="--depth: ${below}` : ''}"`
      + `${key !== '' ? ` data-key="${esc(key)}"` : ''}>`
      + `<span>${esc(name)}</span>${small ? `<small>${esc(small)}</small>` : ''}</li>`;
  }

  function cards(items, size, none, make) {
    if (!size) return empty(none);
    const more = size - items.length;
    return `<ol>${items.map(make).join('')}</ol>`
      + (more > 0 ? empty(`and ${more} more`) : '');
  }

  function firstOf(map, most) {
    const out = [];
    for (const value of map.values()) {
      if (out.length === most) break;
      out.push(value);
    }
    return out;
  }

  const panels = {
    running(state, step) {
      if (!state.running) {
        return empty(state.phase === 'select' ? 'nothing: the loop is in the selector' : 'nothing');
      }
      const small = step.t > state.since ? `for ${duration(step.t - state.since)}` : '';
      const look = step.red ? 'red' : 'go';
      return `<ol>${card(state.running.name, small, look, state.running.id)}</ol>`;
    },

    ready(state, step, model, most) {
      const first = firstOf(state.ready, most);
      return cards(first, state.ready.size, 'empty', (h) => card(h.name, '', 'next', h.id));
    },

    timers(state, step, model, most) {
      const first = firstTimers(state, most);
      return cards(first, state.timers.size, 'empty', (timer) => {
        const late = step.t - timer.when;
        const small = late > 0 ? `${duration(late)} late` : late ? `in ${duration(-late)}` : 'due';
        return card(timer.name, small, late > LATE ? 'red' : '', timer.id);
      });
    },

    // A long list leaves out those that are over: what waits is what matters.
    tasks(state, step, model, most) {
      const all = [...state.tasks.values()];
      const live = all.length > most ? all.filter((task) => !task.over) : all;
      const over = all.length - live.length;
      const html = !live.length && over ? ''
        : cards(waitGraph(live, state.tasks).slice(0, most), live.length, 'none', taskCard);
      return html + (over ? empty(`${over} over`) : '');
    },

    selector(state, step, model, most) {
      const first = firstOf(state.fds, most);
      return cards(first, state.fds.size, 'watches nothing', (fd) => {
        const ready = state.readyFds.includes(fd.fd);
        return card(fdName(fd.fd, fd.name), ready ? 'ready' : fd.events, ready ? 'go' : '');
      });
    },

    output(state, step, model) {
      const from = Math.max(0, state.logged - LINES);
      const fresh = step.kind === 'log' || step.kind === 'warning' ? state.logged - 1 : -1;
      const lines = model.log.slice(from, state.logged)
        .map((line, k) => outputLine(line, from + k === fresh));
      return `<div class="lines" tabindex="0" role="group" aria-label="Output">${lines.join('')}`
        + '</div>';
    },
  };

  function asked({ phase, timeout }) {
    if (phase !== 'select') return '';
    if (!timeout) return 'asked, without waiting';
    return timeout < 0 ? 'waits as long as it takes' : `waits at most ${duration(timeout)}`;
  }

  // The tasks in the order of who waits for whom: [{ task, depth, circle }]. Each is there once,
  // below the first that waits for it; those for which nobody waits come first.
  function waitGraph(list, tasks) {
    const awaited = new Set(list.flatMap(({ ids }) => ids));
    const told = new Set();
    const path = [];
    const out = [];
    const tell = (task) => {
      told.add(task.id);
      const ids = task.ids.filter((id) => tasks.has(id) && !tasks.get(id).over);
      const back = ids.find((id) => path.includes(id) || id === task.id);
      const awaited = task.ids.length === 1 && ids.length === 1 && tasks.get(ids[0]).title;
      out.push({ task, awaited, depth: path.length, circle: back !== undefined });
      path.push(task.id);
      for (const id of ids) if (!told.has(id)) tell(tasks.get(id));
      path.pop();
    };
    for (const task of list) if (!awaited.has(task.id) && !told.has(task.id)) tell(task);
    for (const task of list) if (!told.has(task.id)) tell(task); // a circle has no first
    return out;
  }

  function taskCard({ task, awaited, depth, circle }) {
    const state = task.state !== 'waiting' ? task.state
      : `waits for ${awaited || task.on}${circle ? ', a circle' : ''}`;
    const look = circle ? 'red' : { running: 'go', ready: 'next' }[task.state] || '';
    const name = task.title && !task.name.includes(task.title) ? `${task.title} ${task.name}`
      : task.name;
    return card(name, state, task.over ? 'over' : look, '', depth);
  }

  function outputLine({ level, text, alarm }, fresh) {
    const look = [alarm && 'alarm', fresh && 'new'].filter(Boolean).join(' ');
    const shown = level === 'PRINT' ? '' : `<span class="level">${esc(level)}:</span> `;
    return `<div class="${look}">${shown}${esc(text)}</div>`;
  }

  // Which panel a step is about.
  const panelOf = {
    run: 'running', gap: 'running', ready: 'ready', timer: 'timers', task: 'tasks',
    select: 'selector', log: 'output', warning: 'output',
  };

  // ---- Source lines ----------------------------------------------------------------------

  const AROUND = 3; // lines shown above and below the line that runs

  const baseName = (file) => file.replace(/.*\//, '');

  // How the line of a step is known, in words, and how it is marked.
  const HOW = {
    at: ['', 'at'],
    created: ['created at ', 'made'],
    from: ['goes on from ', 'made'],
    before: ['somewhere before ', ''],
    after: ['somewhere after ', ''],
  };

  // The lines in which time passes, when only its begin or its end is known: those of the same
  // function, which begins and ends in the first column.
  function wayLines({ how, line, after, lines }) {
    const isEdge = (n) => n < 1 || n > lines.length || /^\S/.test(lines[n - 1]);
    if (how === 'before') {
      let first = line;
      while (!isEdge(first - 1) && first - 1 !== after) first--;
      return [first, line - 1];
    }
    if (how !== 'after') return [0, 0];
    let last = line;
    while (!isEdge(last + 1)) last++;
    return [line + 1, last];
  }

  // The lines around a place, always the same number of them, without the marks that cut
  // listings out of a file.
  function sourceWindow(place, marked) {
    const { lines, line, how } = place;
    const [from, to] = marked ? wayLines(place) : [0, 0];
    const shown = lines.map((text, i) => [i + 1, text])
      .filter(([n, text]) => n === line || !/^\s*(\/\/|#) #(end)?region/.test(text));
    const count = Math.min(shown.length, 2 * AROUND + 1);
    const middle = how === 'before' ? line - 2 : how === 'after' ? line + 2 : line;
    const at = shown.findIndex(([n]) => n >= middle);
    const first = Math.max(0, Math.min(at - AROUND, shown.length - count));
    const window = shown.slice(first, first + count);
    const indent = Math.min(...window.filter(([, text]) => text.trim())
      .map(([, text]) => text.search(/\S/)));
    return window.map(([n, text]) => {
      const look = n >= from && n <= to ? 'way' : marked && n === line ? HOW[how][1] : '';
      return `<li data-n="${n}"${look && ` class="${look}"`}>${esc(text.slice(indent))}</li>`;
    }).join('');
  }

  // The listing in the page that shows a place, if there is one.
  function listingOf(file, line) {
    return [...document.querySelectorAll('figure[data-file][data-first]')].find((figure) => {
      const { first, last } = figure.dataset;
      return sameFile(figure.dataset.file, file) && first <= line && line <= (last || Infinity);
    });
  }

  // Where the n-th line of a listing is drawn: its code may be cut into many elements.
  function lineRange(code, n) {
    const walker = document.createTreeWalker(code, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    let line = 0;
    let begun = false;
    while (walker.nextNode()) {
      const { data } = walker.currentNode;
      for (let k = 0; k < data.length; k++) {
        if (line === n && !begun) {
          range.setStart(walker.currentNode, k);
          begun = true;
        }
        if (data[k] === '\n' && line++ === n) {
          range.setEnd(walker.currentNode, k);
          return range;
        }
      }
    }
    if (begun) range.setEnd(code, code.childNodes.length);
    return begun ? range : null;
  }

  // A bar behind the line in the page's listing. It changes no layout.
  function markLine(figure, line) {
    const code = figure.querySelector('pre code') || figure.querySelector('pre');
    const range = code && lineRange(code, line - figure.dataset.first);
    if (!range) return null;
    const frame = code.closest('pre');
    const box = range.getBoundingClientRect();
    const outer = frame.getBoundingClientRect();
    const mark = document.createElement('span');
    mark.className = 'loop-player-mark';
    mark.setAttribute('aria-hidden', 'true');
    if (getComputedStyle(frame).position === 'static') frame.style.position = 'relative';
    Object.assign(mark.style, {
      position: 'absolute', left: '0', pointerEvents: 'none', width: `${frame.scrollWidth}px`,
      top: `${box.top - outer.top + frame.scrollTop}px`, height: `${box.height}px`,
      background: 'rgb(255 200 0 / 0.25)', outline: '1px solid rgb(190 140 0 / 0.6)',
    });
    frame.append(mark);
    return mark;
  }

  // ---- The player ------------------------------------------------------------------------

  const icon = (path) => `<svg viewBox="0 0 16 16" aria-hidden="true"><path d="${path}"/></svg>`;
  const ICONS = {
    first: icon('M2 3h2v10H2zM9 3v10L4.5 8zM14 3v10L9.5 8z'),
    back: icon('M9 3v10L3 8zM11 3h2v10h-2z'),
    next: icon('M7 3v10l6-5zM3 3h2v10H3z'),
    play: icon('M4 2.5v11L13 8z'),
    pause: icon('M4 3h3v10H4zM9 3h3v10H9z'),
  };

  const swatch = (shape) => `<svg viewBox="0 0 24 12" aria-hidden="true">${shape}</svg>`;
  const LEGEND = [
    ['run', 'a callback runs', '<rect class="run" width="24" height="12" rx="2"/>'],
    ['slow', 'slow', '<rect fill="url(#hatch)" width="24" height="12" rx="2"/>'],
    ['stretch', 'a coroutine, within it',
      '<rect class="stretch" x="1" y="1" width="22" height="10" rx="2"/>'],
    ['select', 'in the selector', '<rect class="select" y="2" width="24" height="8" rx="2"/>'],
    ['late', 'a timer is late', '<path class="late" d="M0 6H24"/>'],
    ['bark', 'a report while it runs', '<path class="bark" d="M10 0h4v5h4l-6 7l-6-7h4z"/>'],
    ['wait', 'how long one waits who comes here', '<path class="wait" d="M1 12V1L23 12Z"/>'],
    ['still', 'order alone: no time passes', '<path class="axis still" d="M0 6H24"/>'],
  ];

  const KEYS = [['←', 'step back'], ['→', 'step forward'], ['N', 'next iteration'],
    ['S', 'next slow step'], ['Space', 'play, pause'], ['Home', 'first'], ['End', 'last']];

  const panel = (name, title) => `<div class="panel" data-panel="${name}"`
    + ` role="group" aria-labelledby="${name}"><p class="name" id="${name}">${title}`
    + ' <span class="count"></span></p><div class="body"></div></div>';

  function button(name, title, content, look = '') {
    return `<button type="button" data-do="${name}" title="${title}"${look}`
      + `${content.startsWith('<svg') ? ` aria-label="${title}"` : ''}>${content}</button>`;
  }

  const SPEEDS = [['0.5', '½'], ['1', '1'], ['2', '2'], ['4', '4']]
    .map(([value, text]) => `<option value="${value}"${value === '1' ? ' selected' : ''}>`
      + `${text}×</option>`).join('');

  const TEMPLATE = `<style>${CSS}</style>
<div class="box" role="group" tabindex="-1">
  <div class="head"><p class="label"></p>
    <p class="clock"></p>
    <p class="linked" hidden>Linked: both players show the same moment.</p></div>
  <div class="knobs" hidden></div>
  <input type="range" class="hidden step" min="0" step="1" value="0" aria-label="Step">
  <svg class="time" aria-hidden="true"></svg>
  <p class="legend"></p>
  <div class="deck"><div class="bar">
    ${button('first', 'First step', ICONS.first)}
    ${button('back', 'Step back', ICONS.back)}
    <button type="button" data-do="play" class="main"></button>
    ${button('next', 'Step forward', ICONS.next)}
    ${button('iteration', 'To the next iteration of the loop', '<span>Next </span>iteration')}
    ${button('slow', 'To the next slow step', '<span>Next </span>slow')}
    <label class="speed"><span>Speed</span> <select>${SPEEDS}</select></label>
    <p class="hints"><span class="arrows"><kbd>←</kbd> <kbd>→</kbd> step</span></p>
  </div>
  <p class="say"></p></div>
  <p class="hidden" role="status"></p>
  <div class="panels">
    <div class="stack">${panel('running', 'Running now')}${panel('timers', 'Timer heap')}</div>
    <div class="stack">${panel('ready', 'Ready queue')}${panel('selector', 'Selector')}</div>
    <div class="stack">${panel('tasks', 'Tasks')}</div>
    <div class="stack words">${panel('output', 'Output')}${panel('source', 'Source')}</div>
  </div>
  <details><summary>Keys, and the run as a table</summary>
    <p class="keys">${KEYS.map(([key, does]) => `<kbd>${key}</kbd> ${does}`).join(' &nbsp; ')}</p>
    <div class="scroll" tabindex="0" role="group" aria-label="The run as a table"></div>
  </details>
</div>
<div class="print"></div>`;

  const STEP_MS = 700; // how long a step is shown while playing,
  const LOOK = 2.5; // how many times as long one that should be looked at,
  const RUN_MS = 30000; // and a run at most
  const WIDE = 416; // px: panels are side by side,
  const HIGHEST = 690; // and below the page's header it is seen whole in 750
  const QUIET_MS = 250; // a screen reader hears the step at which the reader stops
  const SLIDE_MS = 260;

  const weightOf = (step) => (step.slow || step.red ? LOOK : 1);

  class LoopPlayer extends HTMLElement {
    // For elements that are to look like the player.
    static css = CSS;

    connectedCallback() {
      if (this.shadowRoot) return;
      // The element may be defined before its children are parsed.
      if (document.readyState !== 'loading') this.boot();
      else document.addEventListener('DOMContentLoaded', () => this.boot(), { once: true });
    }

    disconnectedCallback() {
      this.pause();
      this.clearMark();
    }

    boot() {
      const trace = this.querySelector('script[type="application/json"]');
      if (!trace) return; // a page may call load() instead
      if (trace.dataset.knob !== undefined) this.knob = JSON.parse(trace.textContent);
      const scripts = this.querySelectorAll('script[type="text/plain"][data-file]');
      const sources = [...scripts].map((el) => [el.dataset.file, el.textContent]);
      try {
        const text = this.knob ? unpackRun(this.knob, this.knob.first) : trace.textContent;
        this.load(text, { label: this.getAttribute('label'), sources });
        if (this.knob) this.buildKnobs(sources);
      } catch (error) {
        this.fail(error);
        return;
      }
      this.openAddress();
      addEventListener('hashchange', () => this.openAddress());
    }

    // Shows a trace. Throws if the text is none. sources: [file, text] pairs.
    load(text, { label, sources = [] } = {}) {
      const model = buildModel(text, sources);
      this.pause();
      this.model = model;
      this.sources = sources.map(([file, source]) => [file, source.replace(/\n$/, '').split('\n')]);
      if (!this.shadowRoot) this.build();
      this.timeLine.model = model;
      this.fill(label || 'A run of the event loop');
      this.index = this.opensAt();
      this.layOut();
    }

    // The step that the page names, the first being 1; or one that is worth a look.
    opensAt() {
      const { model } = this;
      const start = Number(this.getAttribute('start')) - 1;
      return start >= 0 && start < model.steps.length ? start : model.moment();
    }

    // A moment can be shared: the address #ID=STEP opens the page at it, and follows the reader.
    openAddress() {
      const [, id, step] = /^#([\w-]+)=(\d+)$/.exec(location.hash) || [];
      const run = this.knob ? this.knob.ids.indexOf(id) : -1;
      if (!this.id || (id !== this.id && run < 0)) return;
      if (run >= 0) this.showRun(run);
      this.jump(Math.min(Math.max(step - 1, 0), this.model.steps.length - 1));
      this.scrollIntoView({ block: 'center' });
    }

    keepAddress() {
      if (!this.id) return;
      try {
        history.replaceState(history.state, '', `#${this.shownId || this.id}=${
          this.index + 1}`);
      } catch {
        // A browser may limit how often the address changes, or forbid it to a page from a folder.
      }
    }

    // What depends on the width.
    layOut() {
      this.timeLine.draw();
      this.showSource(this.index);
      this.fit();
      this.show(this.index);
    }

    // With its panels side by side, it is seen whole in a small window.
    fit() {
      const isTooHigh = () => this.clientWidth >= WIDE && this.offsetHeight > HIGHEST;
      const { classList } = this.$('.box');
      this.cards = CARDS;
      classList.remove('tight');
      this.reserveRoom();
      if (isTooHigh()) {
        classList.add('tight');
        this.reserveRoom();
      }
      while (isTooHigh() && this.cards > FEWEST) {
        this.cards--;
        this.reserveRoom();
      }
    }

    // ---- Knobs: the same program with other options ----

    buildKnobs(sources) {
      const { knobs, labels, places, first } = this.knob;
      this.models = labels.map((label, n) => (
        n === first ? this.model : buildModel(unpackRun(this.knob, n), sources)));
      const el = this.$('.knobs');
      el.hidden = false;
      el.innerHTML = knobs.map(({ name, values }, k) => (
        `<label class="knob"><span>${esc(name)}</span><input type="range" min="0" step="1"`
        + ` max="${values.length - 1}" value="${places[first][k]}"><output></output></label>`
      )).join('') + '<p class="sum"></p>';
      el.addEventListener('input', () => {
        const turned = [...el.querySelectorAll('input')].map((input) => Number(input.value));
        this.showRun(places.findIndex((place) => place.every((value, k) => value === turned[k])));
        this.rest();
      });
      this.showKnobs(first);
    }

    // Another run at the same moment.
    showRun(n) {
      const [before, { index }] = [this.model, this];
      this.pause();
      this.model = this.timeLine.model = this.models[n];
      this.fill(this.knob.labels[n]);
      this.index = this.model.follow(before, index);
      this.layOut();
      this.showKnobs(n);
    }

    showKnobs(n) {
      const { knobs, places, ids } = this.knob;
      this.shownId = ids[n];
      const { reports, late } = this.model.summary();
      const everLate = this.models.some((model) => model.late.length);
      const sum = plural(reports.length, 'report')
        + (everLate ? `, ${plural(late, 'timer')} late` : '');
      this.$('.sum').textContent = `In this run: ${sum}`;
      this.shadowRoot.querySelectorAll('.knob').forEach((el, k) => {
        const value = `${knobs[k].values[places[n][k]]} s`;
        const input = el.querySelector('input');
        input.value = places[n][k];
        input.setAttribute('aria-valuetext', `${value}: ${sum}`);
        el.querySelector('output').textContent = value;
      });
    }

    fail(error) {
      const p = document.createElement('p');
      p.setAttribute('role', 'alert');
      p.textContent = `This run cannot be played: ${error.message}.`;
      this.prepend(p);
    }

    $(selector) {
      return this.shadowRoot.querySelector(selector);
    }

    // Once: the elements, and what happens when they are used.
    build() {
      this.attachShadow({ mode: 'open' }).innerHTML = TEMPLATE;
      this.calm = matchMedia('(prefers-reduced-motion: reduce)');
      this.speed = 1;
      this.range = this.$('input.step');
      this.timeLine = new TimeLine(this.$('svg.time'), this.model);
      this.showPlaying(false);
      this.listen();
    }

    listen() {
      this.$('.bar').addEventListener('click', (e) => {
        const target = e.target.closest('button');
        if (target && target.getAttribute('aria-disabled') !== 'true') this.act(target.dataset.do);
      });
      this.range.addEventListener('input', () => this.jump(Number(this.range.value)));
      this.$('select').addEventListener('change', (e) => { this.speed = Number(e.target.value); });
      this.$('.box').addEventListener('keydown', (e) => this.key(e));
      this.$('details').addEventListener('toggle', () => this.fillTable());
      this.$('[data-panel=source]').addEventListener('click', (e) => this.follow(e));
      this.listenToTimeLine();
      new ResizeObserver(() => {
        if (this.timeLine.width !== this.timeLine.svg.clientWidth) this.layOut();
      }).observe(this.$('svg.time'));
    }

    listenToTimeLine() {
      const svg = this.$('svg.time');
      const seek = (e) => {
        const left = svg.getBoundingClientRect().left;
        this.jump(this.timeLine.stepAtPixel(e.clientX - left));
      };
      svg.addEventListener('pointerdown', (e) => {
        svg.setPointerCapture(e.pointerId);
        seek(e);
      });
      svg.addEventListener('pointermove', (e) => {
        if (svg.hasPointerCapture(e.pointerId)) seek(e);
      });
    }

    // Once for each trace: what does not change from step to step.
    fill(label) {
      const { model } = this;
      this.$('.label').textContent = label;
      this.$('.box').setAttribute('aria-label', `Player: ${label}`);
      this.range.max = model.steps.length - 1;
      this.$('[data-do=iteration]').hidden = !model.steps.some((step) => step.begins);
      this.$('[data-do=slow]').hidden = !model.steps.some((step) => step.slow);
      this.$('.legend').innerHTML = this.legend();
      this.$('.linked').hidden = !this.hasAttribute('sync');
      this.choosePanels();
      this.$('.print').innerHTML = tableOf(model, { short: true });
      if (this.$('details').open) this.fillTable();
    }

    legend() {
      const { model } = this;
      const has = {
        run: model.spans.some((span) => span.kind === 'run'),
        slow: model.spans.some((span) => span.slow),
        stretch: model.spans.some((span) => span.stretches.length),
        select: model.spans.some((span) => span.kind === 'select'),
        late: model.late.length,
        still: model.still.length,
        bark: model.barks.length,
        wait: model.crumbs,
      };
      return LEGEND.filter(([name]) => has[name])
        .map(([, text, shape]) => `<span>${swatch(shape)}${text}</span>`).join('');
    }

    // A panel that this run never uses is left out.
    choosePanels() {
      const { most, spans, log, steps } = this.model;
      const first = steps.find((step) => this.sourceOf(step));
      this.firstPlace = first && this.sourceOf(first);
      const used = {
        running: spans.some((span) => span.kind === 'run'), ready: most.ready,
        timers: most.timers, tasks: most.tasks, output: log.length,
        selector: most.fds || spans.some((span) => span.kind === 'select'),
        source: this.firstPlace,
      };
      for (const name of Object.keys(used)) this.$(`[data-panel=${name}]`).hidden = !used[name];
    }

    // A panel is as high as its fullest moment, and the sentence as its longest one, so that
    // nothing jumps while one steps.
    reserveRoom() {
      const { steps, fullest, spans } = this.model;
      const longest = (items, length) => items.reduce((best, item, i) => (
        length(item) > length(items[best]) ? i : best), 0);
      const run = longest(spans, (span) => (span.kind === 'run' ? span.name.length : 0));
      const full = {
        running: Math.max(0, spans[run] ? spans[run].last - 1 : 0), ready: fullest.ready,
        timers: fullest.timers, tasks: fullest.tasks, selector: fullest.fds,
        output: steps.length - 1,
      };
      for (const [name, i] of Object.entries(full)) this.reserve(name, i || 0);
      const say = this.$('.say');
      say.style.minHeight = '';
      say.textContent = steps[longest(steps, (step) => step.say.length)].say;
      say.style.minHeight = `${say.offsetHeight}px`;
    }

    body(name, i) {
      const { model } = this;
      return panels[name](model.stateAt(i), model.steps[i], model, this.cards);
    }

    reserve(name, i) {
      const el = this.$(`[data-panel=${name}]`);
      const body = el.querySelector('.body');
      body.style.minHeight = '';
      body.innerHTML = this.body(name, i);
      body.style.minHeight = `${Math.ceil(body.getBoundingClientRect().height)}px`;
      el.html = null;
    }

    fillTable() {
      if (this.$('details').open) this.$('.scroll').innerHTML = tableOf(this.model);
    }

    key(e) {
      if (e.ctrlKey || e.altKey || e.metaKey || e.target.closest('select')) return;
      // What the element in focus does with a key itself is left to it.
      const action = {
        ArrowLeft: 'back', ArrowRight: 'next', Home: 'first', End: 'last', n: 'iteration',
        s: 'slow', ' ': 'play',
      }[e.key.length === 1 ? e.key.toLowerCase() : e.key];
      const native = e.key === ' ' ? 'button, summary, a'
        : e.key.length > 1 ? 'input, .code' : 'select';
      if (!action || e.target.closest(native)) return;
      e.preventDefault();
      this.act(action);
    }

    act(action) {
      if (action === 'play') {
        if (this.playing) this.pause();
        else this.play();
        return;
      }
      const to = this.target(action);
      if (to >= 0) this.jump(to);
    }

    // The step to which an action leads; -1: there is none.
    target(action) {
      const { index, model } = this;
      const last = model.steps.length - 1;
      switch (action) {
        case 'first': return index > 0 ? 0 : -1;
        case 'last': return index < last ? last : -1;
        case 'back': return index - 1;
        case 'next': return index < last ? index + 1 : -1;
        case 'iteration': return model.nextStep(index, (step) => step.begins);
        default: return model.nextStep(index, (step) => step.slow);
      }
    }

    // Where the reader goes, other players that keep in step go too.
    jump(i) {
      this.pause();
      this.show(i);
      this.lead();
      this.rest();
    }

    lead() {
      const name = this.getAttribute('sync');
      if (!name) return;
      for (const other of document.querySelectorAll('loop-player[sync]')) {
        if (other === this || other.getAttribute('sync') !== name || !other.model) continue;
        other.pause();
        other.show(other.model.follow(this.model, this.index));
      }
    }

    play() {
      if (this.index >= this.model.steps.length - 1) this.show(0);
      this.showPlaying(true);
      this.tick();
    }

    tick() {
      const wait = this.stepTime() * weightOf(this.model.steps[this.index]);
      this.playing = setTimeout(() => {
        this.show(this.index + 1);
        this.lead();
        if (this.index < this.model.steps.length - 1) this.tick();
        else this.pause();
      }, wait);
    }

    stepTime() {
      const weight = this.model.steps.reduce((sum, step) => sum + weightOf(step), 0);
      return Math.min(STEP_MS, RUN_MS / weight) / this.speed;
    }

    pause() {
      if (!this.playing) return;
      clearTimeout(this.playing);
      this.showPlaying(false);
      this.rest();
    }

    showPlaying(on) {
      if (!on) this.playing = 0;
      this.$('[data-do=play]').innerHTML = on ? `${ICONS.pause} Pause` : `${ICONS.play} Play`;
    }

    // When the reader has come to rest at a step: the sentence for a screen reader, and the address.
    rest() {
      clearTimeout(this.quiet);
      this.quiet = setTimeout(() => {
        this.$('[role=status]').textContent = this.model.steps[this.index].say;
        this.keepAddress();
      }, QUIET_MS);
    }

    // ---- Showing a step ----

    show(i) {
      const near = Math.abs(i - this.index) === 1;
      this.index = i;
      const step = this.model.steps[i];
      const slide = near && !this.calm.matches ? this.places() : null;
      this.showHead(step);
      this.showPanels(step, i);
      this.showSource(i);
      this.showButtons();
      this.timeLine.move(i);
      if (slide) this.slideFrom(slide);
      const detail = { index: i, step };
      this.dispatchEvent(new CustomEvent('loop-step', { detail, bubbles: true }));
    }

    showHead(step) {
      const { iteration } = this.model.stateAt(this.index);
      const count = this.model.steps.length;
      this.$('.clock').innerHTML = `${iteration ? `iteration <b>${iteration}</b> · ` : ''}`
        + `step <b>${this.index + 1}</b> of ${count} · <b>${duration(step.t)}</b>`;
      const say = this.$('.say');
      say.classList.toggle('red', step.red);
      say.textContent = `${step.red ? '⚠ ' : ''}${step.say}`;
      this.range.value = this.index;
      this.range.setAttribute('aria-valuetext', `${this.index + 1}: ${step.say}`);
    }

    showPanels(step, i) {
      const state = this.model.stateAt(i);
      for (const name of Object.keys(panels)) {
        const el = this.$(`[data-panel=${name}]`);
        const on = panelOf[step.kind] === name;
        el.classList.toggle('on', on);
        el.classList.toggle('red', on && step.red);
        const html = this.body(name, i);
        if (el.html === html) continue; // a hundred lines of output stay as they are
        el.html = html;
        el.querySelector('.body').innerHTML = html;
      }
      this.$('[data-panel=ready] .count').textContent = state.ready.size || '';
      this.$('[data-panel=timers] .count').textContent = state.timers.size || '';
      this.$('[data-panel=selector] .count').textContent = asked(state);
      const output = this.$('[data-panel=output] .lines');
      output.scrollTop = output.scrollHeight;
    }

    showButtons() {
      for (const el of this.shadowRoot.querySelectorAll('[data-do]')) {
        const action = el.dataset.do;
        if (action === 'play') continue;
        el.setAttribute('aria-disabled', String(this.target(action) < 0));
      }
    }

    // ---- Source ----

    sourceOf({ loc, how, after }) {
      if (!loc) return null;
      const { file, line } = placeOf(loc);
      const found = this.sources.find(([name]) => sameFile(name, file));
      if (!found || line > found[1].length) return null;
      const before = after && sameFile(found[0], placeOf(after).file) ? placeOf(after).line : 0;
      return { file: found[0], line, how, after: before, lines: found[1] };
    }

    // The line of this step; else, without a mark, the last one before.
    showSource(i) {
      const el = this.$('[data-panel=source]');
      if (el.hidden) return;
      const place = this.sourceOf(this.model.steps[i]);
      const shown = place || this.placeBefore(i);
      el.querySelector('.body').innerHTML = '<div class="code" tabindex="0" role="group"'
        + ` aria-label="Source"><ol>${sourceWindow(shown, place)}</ol></div>`;
      this.mark(place && place.how === 'at' ? place : null);
      el.querySelector('.count').innerHTML = place ? this.placeLink(place)
        : esc(baseName(shown.file));
    }

    placeBefore(i) {
      for (let k = i; k >= Math.max(0, i - 500); k--) {
        const place = this.sourceOf(this.model.steps[k]);
        if (place) return place;
      }
      return this.firstPlace;
    }

    placeLink({ file, line, how }) {
      const name = `${HOW[how][0]}${esc(baseName(file))}:${line}`;
      if (!this.marked) return name;
      return `${name} · <a href="#${this.marked.id}">see it in the text</a>`;
    }

    // Marks the line in the page's own listing, if the page has one.
    mark(place) {
      this.clearMark();
      this.marked = place ? listingOf(place.file, place.line) : null;
      if (!this.marked) return;
      if (!this.marked.id) this.marked.id = `listing-of-line-${place.line}`;
      this.lineMark = markLine(this.marked, place.line);
    }

    clearMark() {
      if (this.lineMark) this.lineMark.remove();
      this.lineMark = null;
    }

    follow(e) {
      if (!e.target.closest('a') || !this.marked) return;
      e.preventDefault();
      const behavior = this.calm.matches ? 'auto' : 'smooth';
      const to = this.lineMark || this.marked;
      to.scrollIntoView({ block: 'center', behavior });
      const frame = this.marked.querySelector('pre');
      if (frame) frame.focus({ preventScroll: true });
    }

    // ---- Movement: what goes from one panel to another slides there ----

    places() {
      const found = new Map();
      for (const el of this.shadowRoot.querySelectorAll('[data-key]')) {
        found.set(el.dataset.key, el.getBoundingClientRect());
      }
      return found;
    }

    slideFrom(before) {
      const timing = { duration: Math.min(SLIDE_MS, this.stepTime()), easing: 'ease-out' };
      for (const el of this.shadowRoot.querySelectorAll('[data-key]')) {
        const old = before.get(el.dataset.key);
        const now = el.getBoundingClientRect();
        const x = old ? old.x - now.x : 0;
        const y = old ? old.y - now.y : 0;
        if (!old) el.animate([{ opacity: 0 }, { opacity: 1 }], timing);
        else if (x || y) el.animate([{ transform: `translate(${x}px, ${y}px)` }, {}], timing);
      }
    }
  }

  customElements.define('loop-player', LoopPlayer);
})(typeof window === 'undefined' ? globalThis : window);
