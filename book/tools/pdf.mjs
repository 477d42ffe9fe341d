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

const MINUTES = 5; // on a machine that has other work to do

/** Prints the page `html` into the file `pdf`. Throws what Chromium has to say if it fails. */
function printPdf(html, pdf) {
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

/** The page on which each id is that a link leads to, from the text of a PDF of Chromium's. */
function pagesOf(pdf) {
  const pages = [...pdf.matchAll(/(\d+) 0 obj\s*<<\/Type \/Page\s/g)].map(([, object]) => object);
  return new Map([...pdf.matchAll(/\/([^\s/[\]<>()]+) \[(\d+) 0 R \/XYZ/g)]
    .map(([, id, object]) => [id, pages.indexOf(object) + 1]));
}

/**
 * Prints twice: where a page is told is known only from the first print. Both are laid out
 * alike, because a number has the room of three digits.
 */
export function printWithPages(html, pdf) {
  printPdf(html, pdf);
  const pages = pagesOf(fs.readFileSync(pdf, 'latin1'));
  const filled = fs.readFileSync(html, 'utf8')
    .replace(/(<span class="page-of" data-to="([^"]*)">)\d+/g, (_, tag, id) => {
      if (!pages.has(id)) throw new Error(`${pdf} does not tell the page of #${id}`);
      return tag + pages.get(id);
    });
  fs.writeFileSync(html, filled);
  printPdf(html, pdf);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const pdf = path.join(OUT, 'asyncio-workbook.pdf');
  try {
    printWithPages(path.join(OUT, 'print.html'), pdf);
    console.log(`The PDF: ${pdf}`);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
