#!/usr/bin/env node
// Makes build/book/asyncio-workbook.epub: pandoc gets the book as one plain page.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { OUT, renderBook, ROOT } from './build.mjs';
import { epub } from './flavours.mjs';
import { escapeHtml } from './html.mjs';

const TOOLS = path.dirname(fileURLToPath(import.meta.url));
const COVER = path.join(TOOLS, 'theme/cover.png');

/** The page for pandoc. The title page has the book's title, so the first page needs none. */
function onePage(book) {
  return `<!doctype html>
<html lang="${book.lang}">
<head><meta charset="utf-8"><title>${escapeHtml(book.title)}</title></head>
<body>
${book.rendered.map(({ html }) => html).join('\n')}
</body>
</html>
`;
}

/** Writes the book of the repository at `root` into the file `out`. */
export function makeEpub(root, out) {
  const work = fs.mkdtempSync(path.join(os.tmpdir(), 'book-epub-'));
  try {
    const book = renderBook(root, epub('pictures'));
    fs.mkdirSync(path.join(work, 'pictures'));
    for (const { pictures } of book.rendered) {
      for (const [name, bytes] of pictures) {
        fs.writeFileSync(path.join(work, 'pictures', name), bytes);
      }
    }
    fs.writeFileSync(path.join(work, 'book.html'), onePage(book));
    const { status, stderr, error } = spawnSync('pandoc', [
      '--from=html', '--to=epub3', '--toc', '--toc-depth=2', '--epub-chapter-level=1',
      `--css=${path.join(TOOLS, 'theme/epub.css')}`, '--highlight-style=monochrome',
      `--metadata=title:${book.title}`, `--metadata=author:${book.author}`,
      `--metadata=lang:${book.lang}`, `--epub-cover-image=${COVER}`,
      `--metadata=identifier:${book.title.toLowerCase().replace(/\W+/g, '-')}`,
      `--output=${out}`, 'book.html',
    ], { cwd: work, encoding: 'utf8' });
    if (error) throw error;
    if (stderr) process.stderr.write(stderr);
    if (status !== 0) throw new Error(`pandoc ended with status ${status}`);
  } finally {
    fs.rmSync(work, { recursive: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = path.join(OUT, 'asyncio-workbook.epub');
  try {
    fs.mkdirSync(OUT, { recursive: true });
    makeEpub(ROOT, file);
    console.log(`The EPUB: ${file}`);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
