// A small repository with a book, for the tests of the site.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const TRACES = { 'late.json': 'late', 'verbose.json': 'verbose' };

/** Copies the fixture into a folder of its own; `files` adds or replaces some. */
export function makeRepository(files = {}) {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'book-site-'));
  fs.cpSync(path.join(HERE, 'fixture'), root, { recursive: true });
  for (const [trace, name] of Object.entries(TRACES)) {
    fs.copyFileSync(path.join(HERE, 'traces', trace),
      path.join(root, 'chapters/01_first/expected', `${name}.trace.json`));
  }
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(root, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
  }
  return root;
}

/** The ids that a page of the built site has twice, as "page.html: id". */
export function sharedIds(out) {
  return fs.readdirSync(out, { recursive: true }).map(String)
    .filter((name) => name.endsWith('.html'))
    .flatMap((name) => {
      const html = fs.readFileSync(path.join(out, name), 'utf8');
      const ids = [...html.matchAll(/<[^>]* id="([^"]*)"/g)].map(([, id]) => id);
      return ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `${name}: ${id}`);
    });
}
