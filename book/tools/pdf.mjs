#!/usr/bin/env node
// Prints the built one-page version as build/book/asyncio-workbook.pdf: with tags for screen
// readers, and with an outline.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { OUT } from './build.mjs';
import { findChromium, FLAGS } from './chromium.mjs';

const MINUTES = 2;

/** Prints the page `html` into the file `pdf`. Throws what Chromium has to say if it fails. */
export function printPdf(html, pdf) {
  const chromium = findChromium();
  if (!chromium) throw new Error('chromium is needed (or set CHROMIUM to the path of a browser)');
  // A profile of its own: a browser that is open already would take the order, and do nothing.
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'book-pdf-'));
  fs.rmSync(pdf, { force: true });
  const { status, stderr, error } = spawnSync(chromium, [
    '--headless', ...FLAGS, `--user-data-dir=${profile}`,
    '--no-pdf-header-footer', '--generate-pdf-document-outline', '--export-tagged-pdf',
    `--print-to-pdf=${pdf}`, pathToFileURL(html).href,
  ], { encoding: 'utf8', timeout: MINUTES * 60_000 });
  fs.rmSync(profile, { recursive: true, force: true, maxRetries: 3 });
  if (error) throw error;
  if (status !== 0 || !fs.existsSync(pdf)) throw new Error(`${chromium} failed:\n${stderr}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const pdf = path.join(OUT, 'asyncio-workbook.pdf');
  try {
    printPdf(path.join(OUT, 'print.html'), pdf);
    console.log(`The PDF: ${pdf}`);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
