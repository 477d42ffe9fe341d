#!/usr/bin/env node
// Takes two pictures: the README's of the player, book/pictures/player.png, from the built book
// (the home page's two runs, at the step at which they open), and the cover of the
// EPUB, theme/cover.png, from theme/cover.svg.

import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { OUT, ROOT } from './build.mjs';
import { findChromium, FLAGS } from './chromium.mjs';

const PLAYER = path.join(ROOT, 'book/pictures/player.png');
const COVER = path.join(ROOT, 'book/tools/theme/cover.png');

const browser = await chromium.launch({ executablePath: findChromium(), args: FLAGS });
try {
  const page = await browser.newPage({ viewport: { width: 1100, height: 900 } });
  await page.goto(pathToFileURL(path.join(OUT, 'index.html')).href);
  // The players alone, as wide as the window.
  await page.addStyleTag({
    content: '.bar, #book-contents, .trace-file { display: none } .columns { display: block }',
  });
  await page.locator('.players').screenshot({ path: PLAYER, animations: 'disabled' });
  await page.setViewportSize({ width: 800, height: 1200 });
  await page.goto(pathToFileURL(COVER.replace(/png$/, 'svg')).href);
  await page.screenshot({ path: COVER });
  console.log(`The pictures: ${PLAYER} and ${COVER}`);
} finally {
  await browser.close();
}
