// The pages in a browser, opened from the disk as a reader does: the book's own, and those of
// the fixture, which have one of everything. Needs Chromium; CHROMIUM may say which.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { renderBook, ROOT, writePrintPage, writeSite } from '../build.mjs';
import { findChromium, FLAGS } from '../chromium.mjs';
import { SITE } from '../flavours.mjs';
import { printWithPages } from '../pdf.mjs';
import { makeRepository, sharedIds } from './site_fixture.mjs';

const require = createRequire(import.meta.url);
const AXE = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const CHAPTER_8 = '08_asyncio_debug.html';
const SIZES = [{ width: 390, height: 844 }, { width: 1280, height: 800 }];
const SCHEMES = ['light', 'dark'];
// Which sites every rule of axe is asked about in each view, which takes minutes for the book:
// on the desk and without JavaScript only the fixture's, unless BOOK_AXE=all.
const EVERY_VIEW = process.env.BOOK_AXE === 'all';
const VIEWS = SIZES.flatMap((viewport) =>
  SCHEMES.map((colorScheme) => ({ viewport, colorScheme })));
// The rules of axe that look at colours: the others find the same in each scheme.
const OF_COLOURS = ['color-contrast', 'link-in-text-block'];

const chromium = findChromium();
// Where a browser was promised, its absence is no reason to skip.
const skip = !chromium && !process.env.CHROMIUM && 'there is no Chromium here';

let browser;
let folder;
let book; // the book's site
let sample; // the fixture's site

function build(root, out) {
  const rendered = renderBook(root, SITE);
  writeSite(rendered, out);
  writePrintPage(root, out);
  return out;
}

before(async () => {
  if (skip) return;
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'book-browser-'));
  book = build(ROOT, path.join(folder, 'book'));
  const repository = makeRepository();
  sample = build(repository, path.join(folder, 'sample'));
  fs.rmSync(repository, { recursive: true });
  browser = await require('playwright-core').chromium
    .launch({ executablePath: chromium, args: FLAGS });
});

after(async () => {
  await browser?.close();
  if (folder) fs.rmSync(folder, { recursive: true });
});

const urlOf = (site, name) => pathToFileURL(path.join(site, name)).href;

/** The pages of a site, and one page of a source for all of them. */
function pagesOf(site) {
  const pages = fs.readdirSync(site).filter((name) => name.endsWith('.html'));
  const sources = fs.readdirSync(path.join(site, 'source'), { recursive: true }).map(String)
    .filter((name) => name.endsWith('.cpp.html')).slice(0, 1);
  return [...pages, 'source/index.html', ...sources.map((name) => path.join('source', name))];
}

/** Runs `use(page, context)` in a context of its own. */
async function withPage(options, use) {
  const context = await browser.newContext(options);
  try {
    await use(await context.newPage(), context);
  } finally {
    await context.close();
  }
}

/**
 * Opens all pages of a site, as many at a time as there are processors, and unfolds what they
 * fold. Each must load quietly; `use(page, name)` looks at it.
 */
async function visit(site, options, use) {
  const names = pagesOf(site);
  await Promise.all(Array.from({ length: os.availableParallelism() }, () =>
    withPage({ reducedMotion: 'reduce', ...options }, async (page) => {
      const bad = watch(page, site);
      while (names.length > 0) {
        const name = names.shift();
        await page.emulateMedia({ colorScheme: options.colorScheme });
        await page.goto(urlOf(site, name));
        await unfoldAll(page);
        await use(page, name);
        assert.deepEqual(bad, [], name);
      }
    })));
}

async function open(site, name, options, use) {
  await withPage(options, async (page, context) => {
    await page.goto(urlOf(site, name));
    await use(page, context);
  });
}

/** Collects what a page must not do: errors, and requests that leave its folder. */
function watch(page, site) {
  const bad = [];
  const home = urlOf(site, '');
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) bad.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => bad.push(`error: ${error.message}`));
  page.on('requestfailed', (request) => bad.push(`failed: ${request.url().slice(0, 200)}`));
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(home) && !url.startsWith('data:')) bad.push(`request: ${url}`);
  });
  return bad;
}

/** Every rule of axe, or of those in `runOnly`, that the page breaks, a line each. */
async function violations(page, runOnly) {
  if (!await page.evaluate(() => 'axe' in window)) await page.evaluate(AXE);
  // A page from a folder may not load its own style sheets once more, so axe shall not try.
  const options = { preload: false, resultTypes: ['violations'], ...runOnly && { runOnly } };
  const found = await page.evaluate(
    async (given) => (await window.axe.run(document, given)).violations, options);
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}\n  ${failureSummary}`));
}

const unfoldAll = (page) => page.evaluate(() => {
  document.querySelectorAll('details').forEach((details) => { details.open = true; });
});

const overflow = (page) => page.evaluate(() =>
  document.documentElement.scrollWidth - document.documentElement.clientWidth);

const describeView = ({ viewport, colorScheme }) => `${viewport.width} px, ${colorScheme}`;

/** A copy of the site as a browser without JavaScript sees it: axe itself needs JavaScript. */
function withoutScripts(site) {
  const copy = `${site}-plain`;
  if (fs.existsSync(copy)) return copy;
  fs.cpSync(site, copy, { recursive: true });
  for (const name of pagesOf(copy)) {
    const file = path.join(copy, name);
    const html = fs.readFileSync(file, 'utf8');
    fs.writeFileSync(file, html.replace(/<script(?! type=)[\s\S]*?<\/script>/g, ''));
  }
  return copy;
}

describe('every page', { skip }, () => {
  it('gives every id once', () => assert.deepEqual(sharedIds(book), []));

  /** In the first scheme, with every rule; then in the other, with those that look at colours. */
  async function breaksNone(page, name, [first, other]) {
    assert.deepEqual(await violations(page), [], `${name}, ${first}`);
    await page.emulateMedia({ colorScheme: other });
    assert.deepEqual(await violations(page, OF_COLOURS), [], `${name}, ${other}`);
  }

  async function fits(page, name) {
    const excess = await overflow(page);
    assert.ok(excess <= 0, `${name} is ${excess} px too wide`);
  }

  const [phone, desk] = SIZES;
  for (const [viewport, schemes] of [[phone, ['light', 'dark']], [desk, ['dark', 'light']]]) {
    const view = { viewport, colorScheme: schemes[0] };
    const words = `loads quietly, fits the window and breaks no rule of accessibility: ${
      viewport.width} px`;

    it(words, { timeout: 900_000 }, async () => {
      for (const site of [book, sample]) {
        const judged = EVERY_VIEW || viewport === phone || site === sample;
        await visit(site, view, async (page, name) => {
          await fits(page, name);
          if (judged) await breaksNone(page, name, schemes);
        });
      }
    });

    it(`${words}, without JavaScript`, { timeout: 900_000 }, async () => {
      for (const site of [book, sample]) {
        await visit(site, { ...view, javaScriptEnabled: false }, fits);
        if (!EVERY_VIEW && site === book) continue;
        await visit(withoutScripts(site), view,
          (page, name) => breaksNone(page, name, schemes));
      }
    });
  }
});

describe('the search', { skip }, () => {
  const search = async (page, typed) => {
    await page.keyboard.press('/');
    await page.locator('#query').fill(typed);
    await page.locator('#count:not(:empty)').waitFor();
    return page.locator('#hits a').evaluateAll((links) => links.map((link) => link.textContent));
  };

  it('finds slow_callback_duration, and a slip of it', async () => {
    for (const typed of ['slow_callback_duration', 'slow_calback_duraton', 'slow_callb']) {
      await open(book, 'index.html', {}, async (page) => {
        const hits = await search(page, typed);
        assert.ok(hits.some((hit) => /slow_callback_duration/.test(hit)), `${typed}: ${hits}`);
      });
    }
  });

  it('goes to the section with the enter key', async () => {
    await open(sample, 'index.html', {}, async (page) => {
      await search(page, 'slow_callback_duration');
      await page.keyboard.press('Enter');
      await page.waitForURL(/01_first\.html#a-step$/);
    });
  });

  it('is operated by arrows, and says when there is nothing', async () => {
    await open(sample, '01_first.html', {}, async (page) => {
      await search(page, 'work');
      await page.keyboard.press('ArrowDown');
      assert.ok(await page.evaluate(() => document.activeElement.matches('#hits a')));
      await page.keyboard.press('ArrowUp');
      assert.equal(await page.evaluate(() => document.activeElement.id), 'query');
      await page.locator('#query').fill('zzzzzz');
      assert.equal(await page.locator('#count').textContent(), 'Nothing found');
      await page.keyboard.press('Escape');
      assert.equal(await page.locator('#search').isVisible(), false);
    });
  });

  it('works in a page of a source', async () => {
    const name = 'source/chapters/01_first/main.cpp.html';
    await open(sample, name, {}, async (page) => {
      await search(page, 'slow_callback_duration');
      await page.locator('#hits a').first().click();
      await page.waitForURL(/sample\/01_first\.html#/);
    });
  });

  for (const view of VIEWS) {
    it(`breaks no rule of accessibility when it is open: ${describeView(view)}`, async () => {
      await open(book, 'index.html', view, async (page) => {
        assert.ok((await search(page, 'callback')).length > 3);
        assert.deepEqual(await violations(page), []);
        assert.ok(await overflow(page) <= 0);
      });
    });
  }
});

describe('copying', { skip }, () => {
  const copied = async (selector) => {
    let text;
    const permissions = ['clipboard-read', 'clipboard-write'];
    await open(sample, '01_first.html', { permissions }, async (page) => {
      await page.locator(`${selector} .copy`).first().click();
      await page.locator(`${selector} .copy`, { hasText: 'Copied' }).first().waitFor();
      text = await page.evaluate(() => navigator.clipboard.readText());
    });
    return text;
  };

  it('takes the command of a transcript without its prompt and output, so that it runs', async () => {
    assert.equal(await copied('.transcript'),
      './workbook run 1 --very-long-option-name --another-long-option-name');
  });

  it('takes commands as they are typed', async () => {
    assert.equal(await copied('.commands'), './workbook run 1 --virtual-time --a-long-option '
      + '--another-long-option\n# a remark\n./workbook list');
  });

  it('takes the code of a listing', async () => {
    assert.match(await copied('.listing.cpp'), /^int work\(int first\) \{\n {2}return .*\n\}$/);
  });
});

describe('the reader\'s choices', { skip }, () => {
  const background = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);

  it('of colours last from page to page', async () => {
    await open(sample, 'index.html', { colorScheme: 'light' }, async (page) => {
      const light = await background(page);
      await page.locator('#theme').click(); // light
      assert.equal(await background(page), light);
      await page.locator('#theme').click(); // dark
      const dark = await background(page);
      assert.notEqual(dark, light);
      await page.goto(urlOf(sample, '01_first.html'));
      assert.equal(await background(page), dark);
      assert.equal(await page.locator('#theme').getAttribute('aria-label'), 'Colours: dark');
      await page.locator('#theme').click(); // auto
      assert.equal(await background(page), light);
    });
  });
});

describe('progress', { skip }, () => {
  const toEnd = async (page) => {
    await page.locator('.neighbours').scrollIntoViewIfNeeded();
    await page.locator('[aria-current=page] .read').waitFor({ state: 'attached' });
  };

  it('marks what was read to its end, and offers to go on', async () => {
    await open(sample, '01_first.html', {}, async (page) => {
      assert.equal(await page.locator('.read').count(), 0);
      await toEnd(page);
      await page.goto(urlOf(sample, 'index.html'));
      assert.equal(await page.locator('#book-contents .read').count(), 1);
      assert.match(await page.locator('.go-on').textContent(), /Go on with 1. The first. 1 page is read/);
      assert.deepEqual(await violations(page), []);
      await page.locator('.go-on a').click();
      await page.waitForURL(/01_first\.html$/);
      await page.goto(urlOf(sample, 'index.html'));
      await page.locator('.go-on button').click();
      await page.reload();
      assert.equal(await page.locator('.go-on, .read').count(), 0);
    });
  });

  it('is no more than missing where storage is forbidden, or holds nonsense', async () => {
    for (const script of [
      'Object.defineProperty(window, "localStorage", { get() { throw new Error("no"); } })',
      'localStorage.setItem("progress", "[1")',
    ]) {
      await withPage({}, async (page) => {
        const bad = watch(page, sample);
        await page.addInitScript(script);
        await page.goto(urlOf(sample, '01_first.html'));
        await toEnd(page);
        await page.goto(urlOf(sample, 'index.html'));
        await page.locator('h1').waitFor();
        assert.equal(await page.locator('#theme').getAttribute('aria-label'), 'Colours: auto');
        assert.deepEqual(bad, []);
      });
    }
  });
});

describe('the keyboard', { skip }, () => {
  /** Marks what the tab key reaches, until it leaves the page; tells what it missed. */
  async function missed(page) {
    for (let press = 0; press < 400; press++) {
      await page.keyboard.press('Tab');
      const left = await page.evaluate(() => {
        const { activeElement } = document;
        if (activeElement === document.body) return true;
        activeElement.dataset.reached = '';
        return false;
      });
      if (left && press > 0) break;
    }
    return page.evaluate(() => [...document.querySelectorAll(
      'a[href], button, summary, input, [tabindex="0"], loop-player')]
      .filter((element) => element.checkVisibility() && !('reached' in element.dataset))
      .map((element) => element.outerHTML.slice(0, 120)));
  }

  it('reaches everything', async () => {
    for (const viewport of SIZES) {
      await open(sample, '01_first.html', { viewport }, async (page) => {
        assert.deepEqual(await missed(page), []);
      });
    }
  });

  it('reaches the text first', async () => {
    await open(sample, '01_first.html', {}, async (page) => {
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
    });
  });

  it('unfolds an answer, and turns pages', async () => {
    await open(sample, '01_first.html', {}, async (page) => {
      await page.locator('summary').first().focus();
      await page.keyboard.press('Enter');
      assert.equal(await page.locator('details').first().evaluate(({ open: is }) => is), true);
      await page.keyboard.press('ArrowRight'); // a summary keeps its keys
      assert.match(page.url(), /01_first/);
      await page.locator('#main').focus();
      await page.keyboard.press('ArrowLeft');
      await page.waitForURL(/index\.html$/);
      await page.keyboard.press('ArrowRight');
      await page.waitForURL(/01_first\.html$/);
    });
  });

  it('steps a player while it is in view, and turns pages otherwise', async () => {
    await open(sample, 'play.html', { viewport: SIZES[1] }, async (page) => {
      assert.match(await page.locator('a[rel=prev]').textContent(), /Previous ←/);
    });
    await open(sample, '01_first.html', { viewport: SIZES[1] }, async (page) => {
      const players = page.locator('loop-player');
      await players.first().scrollIntoViewIfNeeded();
      const at = () => players.evaluateAll((all) => all.map(({ index }) => index));
      const before = await at();
      await page.keyboard.press('ArrowRight');
      assert.notDeepEqual(await at(), before);
      assert.match(page.url(), /01_first/);
      await page.evaluate(() => {
        document.querySelectorAll('loop-player').forEach((one) => { one.hidden = true; });
      });
      await page.keyboard.press('ArrowLeft');
      await page.waitForURL(/index\.html$/);
    });
  });

  it('has no stop at a box that does not scroll', async () => {
    await open(sample, '01_first.html', { viewport: SIZES[1] }, async (page) => {
      assert.equal(await page.locator('.listing pre[tabindex]').count(), 0);
      await page.setViewportSize(SIZES[0]);
      await page.locator('.listing pre[tabindex="0"]').first().waitFor();
    });
  });
});

describe('a telephone', { skip }, () => {
  for (const javaScriptEnabled of [true, false]) {
    it(`opens the contents ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async () => {
      const options = { viewport: SIZES[0], javaScriptEnabled };
      await open(sample, '01_first.html', options, async (page) => {
        assert.equal(await page.locator('#book-contents').isVisible(), false);
        await page.locator('#menu').click();
        assert.equal(await page.locator('#book-contents').isVisible(), true);
        if (javaScriptEnabled) assert.deepEqual(await violations(page), []);
        await page.locator('#book-contents a', { hasText: 'A small book' }).click();
        await page.waitForURL(/index\.html$/);
      });
    });
  }

  it('wraps long lines of output below their beginning', async () => {
    await open(sample, '01_first.html', { viewport: SIZES[0] }, async (page) => {
      const line = page.locator('.transcript .line', { hasText: 'WARNING' }).first();
      const [first, second] = await line.evaluate((element) => {
        const range = document.createRange();
        range.selectNodeContents(element);
        const rows = [...range.getClientRects()].sort((a, b) => a.top - b.top);
        const below = rows.find(({ top }) => top > rows[0].top + 10);
        return [rows[0].left, below.left];
      });
      assert.ok(second > first + 10, `${first} ${second}`);
    });
  });
});

describe('the drawings of the book', { skip }, () => {
  it('have letters of 13 pixels or more on a telephone', async () => {
    let count = 0;
    await withPage({ viewport: SIZES[0] }, async (page) => {
      for (const name of pagesOf(book).filter((one) => /^\d\d_/.test(one))) {
        await page.goto(urlOf(book, name));
        await unfoldAll(page);
        const sizes = await page.locator('figure.diagram svg').evaluateAll((all) => all.map((svg) =>
          svg.getAttribute('font-size') * svg.clientWidth / svg.viewBox.baseVal.width));
        for (const size of sizes) assert.ok(size >= 13, `${name}: ${sizes}`);
        count += sizes.length;
      }
    });
    assert.ok(count >= 12, `${count} drawings`);
  });
});

describe('the players of the book', { skip }, () => {
  it('are seen whole, below the header, in 750 pixels', async () => {
    const viewport = { width: 1280, height: 750 };
    await withPage({ viewport }, async (page) => {
      for (const name of pagesOf(book).filter((one) => /^\d\d_/.test(one))) {
        await page.goto(urlOf(book, name));
        const header = await page.locator('header').first().evaluate((el) => el.offsetHeight);
        const heights = await page.locator('loop-player').evaluateAll(
          (all) => all.map((el) => el.offsetHeight));
        for (const height of heights) assert.ok(height + header <= 750, `${name}: ${height}`);
      }
    });
  });
});

describe('chapter 8', { skip }, () => {
  const VERBOSE = '#run-verbose';

  it('steps through its trace and shows the two warnings', async () => {
    await open(book, CHAPTER_8, { viewport: SIZES[1] }, async (page) => {
      const player = page.locator(VERBOSE);
      const output = player.locator('[data-panel=output]');
      const warnings = async () =>
        (await output.textContent()).match(/WARNING: Executing/g) ?? [];
      const steps = await player.evaluate(({ model }) => model.steps.length);
      await player.locator('[data-do=first]').click();
      assert.equal((await warnings()).length, 0);
      const seen = [];
      for (let step = 1; step < steps; step++) {
        await player.locator('[data-do=next]').click();
        seen.push((await warnings()).length);
      }
      assert.equal(await player.evaluate(({ index }) => index), steps - 1);
      assert.deepEqual([...new Set(seen)], [0, 1, 2]);
      assert.match(await output.textContent(), /outer\(\).*took 0\.001.*inner\(\).*took 0\.100/s);
    });
  });

  it('jumps to what was slow', async () => {
    await open(book, CHAPTER_8, { viewport: SIZES[1] }, async (page) => {
      const player = page.locator(VERBOSE);
      assert.match(await player.locator('.say').textContent(), /inner\(\)/, 'it opens there');
      await player.locator('[data-do=first]').click();
      await player.locator('[data-do=slow]').click();
      assert.match(await player.locator('.say').textContent(), /outer\(\)/);
      await player.locator('[data-do=slow]').click();
      assert.match(await player.locator('.say').textContent(), /inner\(\)/);
    });
  });

  for (const view of VIEWS) {
    it(`breaks no rule with a player in the middle: ${describeView(view)}`, async () => {
      await open(book, CHAPTER_8, view, async (page) => {
        assert.deepEqual(await violations(page), []);
        assert.ok(await overflow(page) <= 0);
      });
    });
  }

  it('shows its runs as tables without JavaScript', async () => {
    await open(book, CHAPTER_8, { javaScriptEnabled: false }, async (page) => {
      assert.equal(await page.locator('loop-player table').count(), 4, 'a knob has a table too');
      assert.equal(await page.locator('loop-player table').first().isVisible(), true);
    });
  });
});

describe('a page with a knob', { skip }, () => {
  for (const name of ['02_event_loop_piece.html', '06_slow_callback_piece.html', CHAPTER_8]) {
    it(`is painted soon: ${name}`, async (t) => {
      const times = [];
      for (let run = 0; run < 5; run++) {
        await open(book, name, { viewport: SIZES[1] }, async (page) => {
          times.push(await page.evaluate(() => new Promise((resolve) => {
            new PerformanceObserver((list) => resolve(list.getEntries()[0].startTime))
              .observe({ type: 'paint', buffered: true });
          })));
        });
      }
      const median = times.sort((a, b) => a - b)[2];
      t.diagnostic(`first paint of ${name} from disk: ${median.toFixed(0)} ms (median of 5)`);
      assert.ok(median < 2000, `${times}`);
    });
  }
});

describe('on paper', { skip }, () => {
  it('the book has tags and an outline', { timeout: 600_000 }, () => {
    const pdf = path.join(folder, 'sample.pdf');
    const html = path.join(folder, 'sample.html');
    fs.copyFileSync(path.join(sample, 'print.html'), html);
    for (const name of ['book.css', 'print.css']) {
      fs.copyFileSync(path.join(sample, name), path.join(folder, name));
    }
    printWithPages(html, pdf);
    // What comes later in the text is on a later page, and no number is left open.
    const numbers = [...fs.readFileSync(html, 'utf8')
      .matchAll(/data-to="([^"]*)">(\d+)</g)].map(([, id, number]) => [id, number]);
    assert.ok(numbers.length > 3 && numbers.every(([, number]) => number > 0), `${numbers}`);
    const of = new Map(numbers.map(([id, number]) => [id, Number(number)]));
    assert.ok(of.get('01_first') < of.get('answers'), `${numbers}`);
    assert.equal(of.get('answer-1'), of.get('answers'));
    const text = fs.readFileSync(pdf, 'latin1');
    assert.ok(text.startsWith('%PDF'));
    assert.match(text, /\/StructTreeRoot/);
    assert.match(text, /\/Outlines/);
  });

  it('nothing is wider than the sheet, which would make all of it smaller', async () => {
    const inside = { width: 612, height: 930 }; // A4 without margins, in pixels
    for (const site of [book, sample]) {
      await open(site, 'print.html', { viewport: inside }, async (page) => {
        await page.emulateMedia({ media: 'print' });
        assert.ok(await overflow(page) <= 0);
      });
    }
  });
});
