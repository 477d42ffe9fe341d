#!/usr/bin/env node
// For authors: shows the book on http://127.0.0.1:8080/ (or the port in PORT). When a file
// changes, writes the listings into the texts, builds the site, and reloads the open pages.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { OUT, ROOT } from './build.mjs';

const TOOLS = path.dirname(fileURLToPath(import.meta.url));
const PORT = Number(process.env.PORT ?? 8080);
const PAUSE_MS = 200; // an editor saves several files at once

const TYPES = {
  '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json',
  '.svg': 'image/svg+xml', '.png': 'image/png', '.pdf': 'application/pdf',
};
const RELOAD = '<script>new EventSource("/reload").onmessage = () => location.reload()</script>';

const listeners = new Set();

/** Tools run as programs of their own, so that a change of theirs counts as well. */
function build() {
  for (const args of [['listings.mjs', 'sync'], ['build.mjs', '--draft']]) {
    const { status } = spawnSync(process.execPath, args, { cwd: TOOLS, stdio: 'inherit' });
    if (status !== 0) console.error(`${args[0]} ended with status ${status}`);
  }
  for (const listener of listeners) listener.write('data: reload\n\n');
}

/** The texts after the last sync; it writes them itself, which is no change. */
function fingerprint(folders) {
  return folders.map((folder) => fs.readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => `${name} ${fs.statSync(path.join(folder, name)).mtimeMs}`).join('\n'))
    .join('\n');
}

function watchedFolders() {
  const below = (folder) => fs.readdirSync(path.join(ROOT, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory()).map((entry) => path.join(folder, entry.name));
  const chapters = below('chapters');
  return ['book', 'book/traps', 'book/traps/refused', 'book/python', 'book/tools',
    'book/tools/theme', 'common', 'common/trace', ...chapters,
    ...chapters.map((folder) => path.join(folder, 'expected'))]
    .map((folder) => path.join(ROOT, folder)).filter((folder) => fs.existsSync(folder));
}

function watch() {
  const folders = watchedFolders();
  let timer;
  let seen = fingerprint(folders);
  const look = () => {
    if (fingerprint(folders) === seen) return;
    build();
    seen = fingerprint(folders);
  };
  for (const folder of folders) {
    fs.watch(folder, () => {
      clearTimeout(timer);
      timer = setTimeout(look, PAUSE_MS);
    });
  }
}

function listen(request, response) {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  listeners.add(response);
  request.on('close', () => listeners.delete(response));
}

/** The file that a request means; never one outside of the site. */
export function fileOf(url) {
  const { pathname } = new URL(url, 'http://localhost');
  const name = path.posix.normalize(decodeURIComponent(pathname)).replace(/\/$/, '/index.html');
  return path.join(OUT, name);
}

function answer(request, response) {
  if (request.url === '/reload') {
    listen(request, response);
    return;
  }
  const file = fileOf(request.url);
  if (!fs.existsSync(file) || !fs.statSync(file).isFile()) {
    response.writeHead(404).end('not found');
    return;
  }
  const type = TYPES[path.extname(file)] ?? 'text/plain';
  const body = fs.readFileSync(file);
  response.writeHead(200, { 'content-type': `${type}; charset=utf-8` });
  response.end(type === 'text/html' ? body + RELOAD : body);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  build();
  watch();
  http.createServer(answer).listen(PORT, '127.0.0.1', () => {
    console.log(`http://127.0.0.1:${PORT}/ (Ctrl+C ends it)`);
  });
}
