// The trace player in a browser, alone on a page of its own, opened from the disk.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { knobPlayer } from '../players.mjs';

const require = createRequire(import.meta.url);
const { toTable } = require('../theme/loop-player.js');
const here = path.dirname(fileURLToPath(import.meta.url));
const chromium = process.env.CHROMIUM || '/usr/bin/chromium';
const reason = missing();
const options = { skip: reason, timeout: 240_000 }; // the machine may be busy

function missing() {
  if (!fs.existsSync(chromium)) return `no browser: ${chromium}`;
  try {
    require.resolve('playwright-core');
    require.resolve('axe-core');
  } catch {
    return 'npm ci has not been run in book/tools';
  }
  return false;
}

const trace = (name) => fs.readFileSync(path.join(here, 'traces', name), 'utf8');
const escapeHtml = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');

const ROOT = path.join(here, '../../..');
const LIMITS = [['0.01', 'limit_010'], ['0.1', 'debug'], ['0.6', 'limit_600']].map(([limit, run]) => ({
  text: `--slow-callback-duration ${limit}`,
  trace: `chapters/06_slow_callback/expected/${run}.trace.json`,
  moment: run === 'debug' ? 'ms-pass-inside-step-greedy' : undefined,
}));
const longTrace = fs.readFileSync(
  path.join(here, '../../../chapters/06_slow_callback/expected/debug.trace.json'), 'utf8');

const culprit = fs.readFileSync(
  path.join(here, '../../../chapters/09_culprit/expected/debug.trace.json'), 'utf8');

const partTwo = Object.fromEntries(Object.entries({
  'bark.html': '10_watchdog/expected/debug', 'pulse.html': '11_pulse/expected/debug',
  'graph.html': '12_wait_graph/expected/quarrel',
}).map(([name, file]) => [name,
  fs.readFileSync(path.join(ROOT, `chapters/${file}.trace.json`), 'utf8')]));

// A source in which line N says that it is line N.
const source = Array.from({ length: 100 }, (_, i) => `  line_${i + 1}();`).join('\n');
const FILE = 'chapters/08_asyncio_debug/asyncio_debug.cpp';

function playerHtml(name, attributes = '') {
  const text = trace(name);
  return `<loop-player label="${name}" ${attributes}>
    <script type="application/json">${text.replace(/</g, '\\u003c')}</script>
    <script type="text/plain" data-file="${FILE}">${source}</script>
    <div class="table" tabindex="0" role="region" aria-label="${name}">${toTable(text)}</div>
    </loop-player>`;
}

// Lines 30 to 40 of the source; the elements inside stand for the colours of a real listing.
const shown = escapeHtml(source.split('\n').slice(29, 40).join('\n'));
const listing = `<figure data-file="${FILE}" data-first="30" data-last="40"><pre tabindex="0">`
  + `<code>${shown.replace(/line/g, '<b>line</b>')}</code></pre></figure>`;

const page = (body, scripts = ['loop-player.js']) => `<!doctype html><html lang="en"><head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>The player</title><style>:root { color-scheme: light dark; } body { margin: 1rem; }
a { color: CanvasText; }
.table { overflow: auto; max-height: 20rem; } .two { display: grid; gap: 1rem;
grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr)); }</style>
${scripts.map((file) => `<script src="${file}" defer></script>`).join('\n')}
</head><body><main><h1>The player</h1>${body}</main></body></html>`;

let folder;
let browser;
before(async () => {
  if (reason) return;
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'player-'));
  for (const file of ['loop-player.js', 'play.js']) {
    fs.copyFileSync(path.join(here, '../theme', file), path.join(folder, file));
  }
  const pages = {
    'one.html': page(playerHtml('verbose.json', 'id="run-one" start="1"') + listing),
    'late.html': page(playerHtml('late.json', 'start="1"')),
    'knob.html': page(knobPlayer(ROOT, LIMITS)),
    'moment.html': page(playerHtml('verbose.json')),
    'long.html': page(`<loop-player start="1"><script type="application/json">${
      escapeHtml(longTrace)}</script></loop-player>`),
    'inside.html': page(`<loop-player label="A breakfast"><script type="application/json">${
      escapeHtml(culprit)}</script><div class="table" tabindex="0" role="region"
      aria-label="A breakfast">${toTable(culprit)}</div></loop-player>`),
    ...Object.fromEntries(Object.entries(partTwo).map(([name, text]) => [name,
      page(`<loop-player><script type="application/json">${escapeHtml(text)}</script></loop-player>`)])),
    'two.html': page(`<div class="two">${playerHtml('verbose.json', 'sync="a" start="1"')}`
      + `${playerHtml('late.json', 'sync="a" start="1"')}</div>`),
    'bad.html': page('<loop-player><script type="application/json">oops</script></loop-player>'),
    'open.html': page('<trace-opener><p>Needs JavaScript.</p></trace-opener>',
      ['loop-player.js', 'play.js']),
  };
  for (const [name, html] of Object.entries(pages)) fs.writeFileSync(path.join(folder, name), html);
  browser = await require('playwright-core').chromium.launch({
    executablePath: chromium, args: ['--no-sandbox', '--disable-gpu'],
  });
});
after(async () => {
  if (browser) await browser.close();
  if (folder) fs.rmSync(folder, { recursive: true });
});

// Opens a page, gives it to the test, and fails if the page complained or asked for anything.
async function visit(name, context, use) {
  const opened = await browser.newContext(context);
  const tab = await opened.newPage();
  const complaints = [];
  tab.on('console', (message) => complaints.push(message.text()));
  tab.on('pageerror', (error) => complaints.push(error.message));
  tab.on('request', (request) => {
    if (!request.url().startsWith(pathToFileURL(folder).href)) complaints.push(request.url());
  });
  const [file, hash = ''] = name.split(/(?=#)/);
  await tab.goto(pathToFileURL(path.join(folder, file)).href + hash);
  try {
    await use(tab);
  } finally {
    await opened.close();
  }
  assert.deepEqual(complaints, []);
}

const calm = { reducedMotion: 'reduce' };
const say = (tab) => tab.locator('loop-player').first().locator('.say').textContent();
const panel = (tab, name) => tab.locator(`loop-player [data-panel=${name}]`).first();
const button = (tab, name) => tab.locator(`[data-do=${name}]`).first();
const index = (tab, n = 0) => tab.evaluate(
  (k) => document.querySelectorAll('loop-player')[k].index, n);

async function violations(tab) {
  await tab.addScriptTag({ path: require.resolve('axe-core/axe.min.js') });
  const found = await tab.evaluate(() => window.axe.run());
  return found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(' ')}`);
}

for (const width of [390, 1280]) {
  for (const colorScheme of ['light', 'dark']) {
    for (const name of ['one.html', 'late.html', 'inside.html', 'two.html', 'knob.html',
      'open.html', 'bark.html', 'pulse.html', 'graph.html']) {
      test(`${name} is accessible at ${width} px, ${colorScheme}`, options, async () => {
        const context = { ...calm, colorScheme, viewport: { width, height: 800 } };
        await visit(name, context, async (tab) => {
          if (name !== 'open.html') {
            if (await button(tab, 'slow').isVisible()) await button(tab, 'slow').click();
            await tab.locator('summary').first().click();
          }
          assert.deepEqual(await violations(tab), []);
          const overflow = await tab.evaluate(
            () => document.documentElement.scrollWidth - innerWidth);
          assert.ok(overflow <= 0, `${overflow} px too wide`);
        });
      });
    }
  }
}

test('a report that comes while a step runs is an arrow into its bar', options, async () => {
  await visit('bark.html', calm, async (tab) => {
    const arrows = tab.locator('svg.time .bark');
    assert.match(await arrows.first().textContent(), /held for 0.100 seconds/);
    assert.equal(await arrows.count(), 2);
    const bar = await tab.locator('svg.time rect[fill^=url]').first().boundingBox();
    for (const arrow of await arrows.all()) {
      const { x, y, width, height } = await arrow.boundingBox();
      assert.ok(x > bar.x && x + width < bar.x + bar.width, 'within its time');
      assert.ok(y < bar.y && y + height > bar.y, 'from outside');
    }
    assert.match(await tab.locator('.legend').textContent(), /a report while it runs/);
  });
});

test('a turn of crumbs has a slope of waits below it', options, async () => {
  await visit('pulse.html', calm, async (tab) => {
    const slope = tab.locator('svg.time .wait');
    assert.match(await slope.first().textContent(), /waits for the rest of it, 2000.00 ms at most/);
    const points = await slope.first().evaluate((el) => el.getAttribute('d')
      .match(/[ML][\d.]+ [\d.]+/g).map((point) => point.slice(1).split(' ').map(Number)));
    const [[, axis], [, top]] = points;
    assert.ok(axis - top > 20, 'as high as its room');
    for (let i = 2; i < points.length; i++) assert.ok(points[i][1] >= points[i - 1][1], 'it falls');
    assert.ok(Math.abs(points.at(-1)[1] - axis) < 1, 'to nothing');
  });
  await visit('bark.html', calm, async (tab) => {
    assert.equal(await tab.locator('svg.time .wait').count(), 0);
  });
});

test('tasks stand below those that wait for them, and a circle is told', options, async () => {
  await visit('graph.html', calm, async (tab) => {
    const cards = (text) => tab.evaluate((words) => {
      const player = document.querySelector('loop-player');
      player.show(player.model.steps.findIndex(({ say }) => say.includes(words)));
      return [...player.shadowRoot.querySelectorAll('[data-panel=tasks] .card')].map((el) => [
        el.style.getPropertyValue('--depth') || '0',
        ...[...el.children].map((part) => part.textContent)]);
    }, text);
    assert.deepEqual(await cards('ERROR is logged'), [
      ['0', 'Task-1 quarrel()', 'waits for _GatheringFuture'],
      ['1', 'work_after() (waiter)', 'waits for cook'],
      ['2', 'work_after() (cook)', 'waits for waiter, a circle'],
      ['1', 'sit_down() (Anna)', 'waits for Future'],
      ['1', 'sit_down() (Ben)', 'waits for Future']]);
  });
});

test('without JavaScript the run is a table', options, async () => {
  await visit('one.html', { ...calm, javaScriptEnabled: false }, async (tab) => {
    assert.ok(await tab.getByText('100.00 ms pass inside step inner()').isVisible());
  });
});

test('steps forwards and back, to the next iteration and to the slow steps', options, async () => {
  await visit('one.html', calm, async (tab) => {
    await button(tab, 'iteration').click();
    assert.match(await say(tab), /^Iteration 1 begins/);
    await button(tab, 'next').click();
    assert.match(await say(tab), /^The loop asks the selector/);
    await button(tab, 'back').click();
    assert.match(await say(tab), /^Iteration 1 begins/);
    await button(tab, 'slow').click();
    assert.match(await say(tab), /1.00 ms pass inside step outer/);
    await button(tab, 'slow').click();
    assert.match(await say(tab), /100.00 ms pass inside step inner/);
    assert.equal(await button(tab, 'slow').getAttribute('aria-disabled'), 'true');
    assert.match(await panel(tab, 'running').textContent(), /step inner\(\)for 100.00 ms/);
    assert.match(await panel(tab, 'tasks').textContent(), /outer\(\)waits for Task-2/);
    await button(tab, 'first').click();
    assert.equal(await index(tab), 0);
    assert.equal(await button(tab, 'back').getAttribute('aria-disabled'), 'true');
  });
});

test('the output shows what was said so far, and no more', options, async () => {
  await visit('one.html', calm, async (tab) => {
    assert.equal((await panel(tab, 'output').textContent()).trim(), 'Output');
    await tab.locator('input[type=range]').first().focus();
    await tab.keyboard.press('End');
    const text = await panel(tab, 'output').textContent();
    assert.match(text, /took 0.001 seconds.*took 0.100 seconds.*ResourceWarning: unclosed/s);
  });
});

test('keys work from any part of the player, but not against its own', options, async () => {
  await visit('one.html', calm, async (tab) => {
    await button(tab, 'next').focus();
    await tab.keyboard.press('ArrowRight');
    assert.equal(await index(tab), 1);
    await tab.keyboard.press('End');
    const last = await index(tab);
    await tab.keyboard.press('ArrowRight');
    assert.equal(await index(tab), last);
    await tab.keyboard.press('Home');
    await tab.keyboard.press('n');
    assert.match(await say(tab), /^Iteration 1 begins/);
    const at = await index(tab);
    await tab.keyboard.press(' '); // on a button: presses it
    assert.equal(await index(tab), at + 1);
    await tab.locator('select').first().focus();
    await tab.keyboard.press('s');
    assert.equal(await index(tab), at + 1);
    await tab.keyboard.press('Control+s');
    assert.equal(await index(tab), at + 1);
  });
});

test('plays, pauses, and stops at the end', options, async () => {
  await visit('one.html', calm, async (tab) => {
    await tab.clock.install();
    await button(tab, 'play').click();
    assert.match(await button(tab, 'play').textContent(), /Pause/);
    await tab.clock.runFor(3000);
    assert.ok(await index(tab) >= 3);
    await button(tab, 'play').click();
    const at = await index(tab);
    await tab.clock.runFor(3000);
    assert.equal(await index(tab), at);
    await button(tab, 'play').click();
    await tab.clock.runFor(100000);
    assert.match(await say(tab), /unclosed event loop/);
    assert.match(await button(tab, 'play').textContent(), /Play/);
  });
});

test('a screen reader hears the step at which one stops', options, async () => {
  await visit('one.html', calm, async (tab) => {
    await tab.clock.install();
    const status = tab.locator('loop-player [role=status]');
    await button(tab, 'play').click();
    await tab.clock.runFor(5000);
    assert.equal(await status.textContent(), '');
    await button(tab, 'play').click();
    await tab.clock.runFor(1000);
    assert.equal(await status.textContent(), (await say(tab)).replace('⚠ ', ''));
    await button(tab, 'first').click();
    await button(tab, 'next').click();
    await tab.clock.runFor(1000);
    assert.equal(await status.textContent(), await say(tab));
  });
});

test('opens at what was slow, or at the step that the page or the address names', options,
  async () => {
    await visit('moment.html', calm, async (tab) => {
      assert.match(await say(tab), /1.00 ms pass inside step outer/);
    });
    await visit('one.html#run-one=3', calm, async (tab) => {
      assert.equal(await index(tab), 2);
      await tab.evaluate(() => { location.hash = '#run-one=999'; });
      await tab.waitForFunction(() => document.querySelector('loop-player').index > 30);
      assert.match(await say(tab), /unclosed event loop|no longer watches/);
    });
  });

test('the address follows the reader, when he comes to rest', options, async () => {
  await visit('one.html', calm, async (tab) => {
    await tab.clock.install();
    await button(tab, 'slow').click();
    await tab.clock.runFor(1000);
    assert.equal(await tab.evaluate(() => location.hash), `#run-one=${await index(tab) + 1}`);
  });
  await visit('moment.html', calm, async (tab) => {
    await tab.clock.install();
    await button(tab, 'next').click();
    await tab.clock.runFor(1000);
    assert.equal(await tab.evaluate(() => location.hash), '', 'a player without an id has none');
  });
});

test('there is one scrubber: the time line, which the keyboard moves too', options, async () => {
  await visit('one.html', calm, async (tab) => {
    const range = tab.locator('loop-player input[type=range]');
    assert.equal(await range.count(), 1);
    const { width, height } = await range.boundingBox();
    assert.ok(width <= 1 && height <= 1, 'no second scale is seen');
    await range.focus();
    await tab.keyboard.press('ArrowRight');
    assert.equal(await index(tab), 1);
    const outline = await tab.locator('svg.time').evaluate((el) => getComputedStyle(el).outlineStyle);
    assert.equal(outline, 'solid', 'the focus is seen at the time line');
  });
});

test('a long run plays in half a minute', options, async () => {
  await visit('long.html', calm, async (tab) => {
    await tab.clock.install();
    const steps = await tab.evaluate(() => document.querySelector('loop-player').model.steps.length);
    assert.ok(steps > 170);
    await button(tab, 'play').click();
    await tab.clock.runFor(20000);
    assert.ok(await index(tab) < steps - 1, 'and not in a moment');
    await tab.clock.runFor(10500);
    assert.equal(await index(tab), steps - 1);
  });
});

test('each bar of the time line has a name', options, async () => {
  await visit('one.html', calm, async (tab) => {
    const titles = await tab.locator('svg.time rect:is(.run, [fill^=url])').evaluateAll(
      (all) => all.map((el) => el.textContent));
    assert.equal(titles.length, 5);
    assert.ok(titles.includes('step inner(): 100.00 ms'), `${titles}`);
  });
});

test('a step has bars inside: its stretches, each with its name and its time', options, async () => {
  await visit('inside.html', { ...calm, viewport: { width: 1280, height: 900 } }, async (tab) => {
    const bars = tab.locator('svg.time rect.stretch');
    assert.deepEqual(await bars.evaluateAll((all) => all.map((el) => el.textContent)), [
      'weigh(), from its beginning to its end: 200.00 ms',
      'boil_water(), from its beginning to main.cpp:25: 500.00 ms',
      'toast(), from main.cpp:40 to main.cpp:40, 299 times: 299.00 ms',
      'toast(), from main.cpp:40 to its end: 1.00 ms']);
    const boxes = await bars.evaluateAll((all) => all.map((el) => {
      const { left, right, top, bottom } = el.getBoundingClientRect();
      return { left, right, top, bottom };
    }));
    const step = await tab.locator('svg.time rect[fill^=url]').first().boundingBox();
    for (const box of boxes.slice(0, 2)) {
      assert.ok(box.left >= step.x && box.right <= step.x + step.width + 1, 'inside, in time');
      assert.ok(box.top > step.y && box.bottom <= step.y + step.height, 'inside, in height');
    }
    for (let i = 1; i < boxes.length; i++) assert.ok(boxes[i].left >= boxes[i - 1].right);
    const names = await tab.locator('svg.time text.name').allTextContents();
    assert.ok(names.includes('boil_water() 500.00 ms'), `${names}`);
    const legend = await tab.locator('.legend').first().textContent();
    assert.match(legend, /a coroutine, within it/);

    const say = () => tab.locator('.say').textContent();
    assert.match(await say(), /^⚠ 200.00 ms pass in weigh\(\), from its beginning to its end/);
    await tab.locator('.box').focus();
    await tab.keyboard.press('s');
    assert.match(await say(), /500.00 ms pass in boil_water\(\)/);
  });
  await visit('inside.html', { javaScriptEnabled: false }, async (tab) => {
    const rows = await tab.locator('.trace-table td:nth-child(3)').allTextContents();
    assert.ok(rows.some((row) => row.includes('299.00 ms pass in toast(), from main.cpp:40 to '
      + 'main.cpp:40, 299 times; nothing else can run')));
  });
});

test('the source shows where time passed, and calls a place that is only the birth so', options,
  async () => {
    await visit('one.html', calm, async (tab) => {
      const go = (words) => tab.evaluate((text) => {
        const player = document.querySelector('loop-player');
        player.jump(player.model.steps.findIndex((step) => step.say.includes(text)));
      }, words);
      await go('step inner() runs');
      assert.match(await panel(tab, 'source').textContent(), /created at asyncio_debug.cpp:39/);
      assert.equal(await panel(tab, 'source').locator('.at').count(), 0);
      assert.match(await panel(tab, 'source').locator('.made').textContent(), /line_39\(\)/);
      await go('100.00 ms pass inside step inner()');
      assert.match(await panel(tab, 'source').textContent(), /somewhere before asyncio_debug.cpp:26/);
      assert.deepEqual(await panel(tab, 'source').locator('.way').allTextContents(),
        ['line_25();']);
    });
  });

test('the time line can be clicked', options, async () => {
  await visit('one.html', { ...calm, viewport: { width: 1280, height: 900 } }, async (tab) => {
    const box = await tab.locator('svg.time').boundingBox();
    await tab.mouse.click(box.x + box.width - 8, box.y + 30);
    const last = await index(tab);
    assert.ok(last > 35, `step ${last}`);
    await tab.mouse.click(box.x + 2, box.y + 30);
    assert.equal(await index(tab), 0);
  });
});

test('the time line shows order where no time passes', options, async () => {
  await visit('late.html', calm, async (tab) => {
    const bars = await tab.locator('svg.time rect.run, svg.time rect[fill^=url]').evaluateAll(
      (all) => all.filter((el) => el.getAttribute('y') === '18')
        .map((el) => [el.x.baseVal.value, el.width.baseVal.value])
        .sort((a, b) => a[0] - b[0]));
    assert.equal(bars.length, 10, 'one bar for each callback');
    bars.slice(1).forEach(([x], i) => {
      assert.ok(x >= bars[i][0] + bars[i][1], 'bars do not cover each other');
    });
  });
});

test('a step shows its source line, and marks it in the page\'s listing', options, async () => {
  await visit('one.html', calm, async (tab) => {
    await tab.evaluate(() => {
      const player = document.querySelector('loop-player');
      player.jump(player.model.steps.findIndex((step) => step.say.includes('outer starting')));
    });
    assert.match(await panel(tab, 'source').locator('.at').textContent(), /line_34\(\);/);
    const [mark, code] = await tab.evaluate(() => {
      const figure = document.querySelector('figure');
      const box = (el) => el.getBoundingClientRect().toJSON();
      return [box(figure.querySelector('.loop-player-mark')), box(figure.querySelector('code'))];
    });
    const lines = (mark.top + mark.height / 2 - code.top) / (code.height / 11);
    assert.equal(Math.floor(lines), 34 - 30, 'the mark is at the fifth line of the listing');
    await panel(tab, 'source').locator('a').click();
    assert.equal(await tab.evaluate(() => document.activeElement.tagName), 'PRE');
    await button(tab, 'first').click();
    assert.equal(await tab.locator('.loop-player-mark').count(), 0);
  });
});

test('two players keep in step', options, async () => {
  await visit('two.html', calm, async (tab) => {
    await tab.locator('[data-do=slow]').nth(1).click();
    assert.equal(await tab.getByText('Linked: both players').count(), 2);
    const times = await tab.evaluate(() => [...document.querySelectorAll('loop-player')]
      .map((player) => player.model.steps[player.index].t));
    assert.deepEqual(times, [101000, 150000]); // the first has ended by then
    await button(tab, 'first').click();
    assert.equal(await index(tab, 1), 0);
    await tab.locator('loop-player').first().evaluate((player) => player.act('last'));
    assert.deepEqual(await tab.evaluate(() => [...document.querySelectorAll('loop-player')]
      .map((player) => player.model.steps.length - 1 - player.index)), [0, 0]);
  });
});

test('a knob leads to another run at the same moment, and its reports come and go', options,
  async () => {
    await visit('knob.html', calm, async (tab) => {
      await tab.clock.install();
      const knob = tab.locator('.knob input');
      const sum = () => tab.locator('.sum').textContent();
      assert.equal(await sum(), 'In this run: 3 reports, 1 timer late');
      const before = await say(tab);
      assert.match(before, /250.00 ms pass inside step greedy/);
      await knob.focus();
      await tab.keyboard.press('ArrowLeft');
      assert.equal(await sum(), 'In this run: 23 reports, 1 timer late');
      assert.equal(await say(tab), before, 'the same moment');
      await tab.keyboard.press('End');
      assert.equal(await sum(), 'In this run: 0 reports, 1 timer late');
      assert.match(await knob.getAttribute('aria-valuetext'), /^0.6 s: 0 reports/);
      assert.match(await tab.locator('.label').textContent(), /--slow-callback-duration 0.6/);
      await button(tab, 'next').click();
      await tab.clock.runFor(1000);
      assert.match(await tab.evaluate(() => location.hash), /^#knob-limit_600=\d+$/);
    });
    await visit('knob.html#knob-limit_010=30', calm, async (tab) => {
      assert.equal(await index(tab), 29);
      assert.match(await tab.locator('.label').textContent(), /--slow-callback-duration 0.01/);
      assert.equal(await tab.locator('.knob output').textContent(), '0.01 s');
    });
  });

test('without JavaScript a knob is a table', options, async () => {
  await visit('knob.html', { ...calm, javaScriptEnabled: false }, async (tab) => {
    const rows = await tab.locator('table').first().locator('tbody tr').allTextContents();
    assert.equal(rows.length, 3);
    assert.match(rows[0], /^0.01 s.*and 20 more1$/);
    assert.match(rows[2], /^0.6 snone1$/);
  });
});

test('nothing slides for readers who asked for calm', options, async () => {
  const moving = (tab) => tab.evaluate(() => {
    const player = document.querySelector('loop-player');
    player.jump(player.model.steps.findIndex((step) => step.say.startsWith('step outer() runs')));
    return player.shadowRoot.getAnimations().length;
  });
  const step = async (tab) => {
    await moving(tab);
    return tab.evaluate(() => {
      const player = document.querySelector('loop-player');
      player.show(player.index - 1);
      return player.shadowRoot.getAnimations().length;
    });
  };
  await visit('one.html', calm, async (tab) => assert.equal(await step(tab), 0));
  await visit('one.html', { reducedMotion: 'no-preference' },
    async (tab) => assert.ok(await step(tab) > 0));
});

test('panels keep their size while one steps', options, async () => {
  await visit('late.html', { ...calm, viewport: { width: 900, height: 900 } }, async (tab) => {
    const heights = await tab.evaluate(() => {
      const player = document.querySelector('loop-player');
      return player.model.steps.map((step, i) => {
        player.show(i);
        return Math.round(player.offsetHeight);
      });
    });
    assert.equal(new Set(heights).size, 1, `heights: ${[...new Set(heights)]}`);
  });
});

test('controls are large enough for a finger', options, async () => {
  const phone = { ...calm, viewport: { width: 390, height: 800 }, hasTouch: true, isMobile: true };
  await visit('one.html', phone, async (tab) => {
    const sizes = await tab.locator('.bar button, .bar select').evaluateAll(
      (all) => all.map((el) => [el.offsetWidth, el.offsetHeight]));
    for (const [width, height] of sizes) assert.ok(width >= 44 && height >= 44, `${sizes}`);
  });
});

test('print shows the short table and not the player', options, async () => {
  await visit('one.html', calm, async (tab) => {
    await tab.emulateMedia({ media: 'print' });
    assert.equal(await tab.locator('loop-player .box').isVisible(), false);
    assert.ok(await tab.locator('loop-player .print').getByText('inner completed').isVisible());
  });
});

test('a page with a broken trace says so', options, async () => {
  await visit('bad.html', calm, async (tab) => {
    assert.equal(await tab.getByRole('alert').textContent(),
      'This run cannot be played: line 1 is not JSON: oops.');
  });
});

// ---- Opening a trace from the disk

const file = (name, text) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });
const choose = (tab, ...files) => tab.locator('input[type=file]').setInputFiles(files);

test('opens a trace from the disk, with its sources', options, async () => {
  await visit('open.html', calm, async (tab) => {
    await choose(tab, file('run.json', trace('verbose.json')));
    await tab.getByText('run.json: 42 steps. To see its lines, add event_loop.cpp').waitFor();
    await choose(tab, file('asyncio_debug.cpp', source));
    await tab.getByText('add event_loop.cpp.').waitFor();
    await button(tab, 'iteration').click();
    await button(tab, 'next').click();
    assert.match(await panel(tab, 'source').textContent(), /line_\d+/);
    assert.deepEqual(await violations(tab), []);
  });
});

const refusals = [
  ['a text', [file('notes.txt', 'hello\n')],
    /notes.txt cannot be played: line 1 is not JSON: hello/],
  ['other JSON', [file('other.json', '{"name": 1}')], /other.json cannot be played: .*no trace/],
  ['an empty file', [file('empty.json', '')], /empty.json cannot be played: the file is empty/],
  ['a source alone', [file('a.cpp', 'int x;')], /a.cpp is a source file: choose a trace too/],
  ['two traces', [file('a.json', '[]'), file('b.json', '[]')], /2 traces at once: choose one/],
];
for (const [what, files, message] of refusals) {
  test(`refuses ${what}, and says why`, options, async () => {
    await visit('open.html', calm, async (tab) => {
      await choose(tab, ...files);
      const alert = tab.locator('trace-opener').getByRole('alert').first();
      await alert.filter({ hasText: /./ }).waitFor();
      assert.match(await alert.textContent(), message);
      assert.equal(await tab.locator('loop-player').count(), 0);
    });
  });
}

test('a refused file leaves the trace before in place', options, async () => {
  await visit('open.html', calm, async (tab) => {
    await choose(tab, file('run.json', trace('late.json')));
    await tab.locator('loop-player').waitFor();
    await choose(tab, file('notes.txt', 'hello'));
    await tab.locator('trace-opener').getByText('notes.txt cannot').waitFor();
    assert.match(await say(tab), /150.00 ms pass/);
  });
});

test('a trace that was cut off opens, with a word about it', options, async () => {
  await visit('open.html', calm, async (tab) => {
    await choose(tab, file('half.json', trace('verbose.json').slice(0, 6000)));
    await tab.getByText('It has no closing bracket').waitFor();
    assert.ok(await tab.locator('loop-player .say').isVisible());
  });
});

test('a trace can be dropped anywhere on the page', options, async () => {
  await visit('open.html', calm, async (tab) => {
    await tab.evaluate((text) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([text], 'dropped.json'));
      const options = { bubbles: true, cancelable: true, dataTransfer };
      document.querySelector('h1').dispatchEvent(new DragEvent('dragover', options));
      document.querySelector('h1').dispatchEvent(new DragEvent('drop', options));
    }, trace('late.json'));
    await tab.getByText('dropped.json: 72 steps').waitFor();
  });
});
