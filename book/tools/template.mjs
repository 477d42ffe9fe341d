// The HTML around the texts: a page of the site, a page of a source, and the page to print.

import { nameOf } from './flavours.mjs';
import { escapeHtml } from './html.mjs';
import { chapterNumber } from './pages.mjs';

const ICON = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="8" r="5.5" '
  + 'fill="none" stroke="#2b63b8" stroke-width="2.5" stroke-dasharray="26 9"/></svg>')}`;

// Before the first paint: a chosen theme must not flash, and what needs scripts is hidden
// where there are none.
const EARLY = `document.documentElement.classList.add('js');`
  + `try{const t=localStorage.getItem('theme');`
  + `if(t)document.documentElement.dataset.theme=t}catch{}`;

const PAPER = '<link rel="stylesheet" href="print.css" media="print">\n';

function head({ lang, title, base = '', more = '' }) {
  return `<!doctype html>
<html lang="${lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="${ICON}">
<link rel="stylesheet" href="${base}book.css">
${more}</head>
`;
}

function titled(page, book) {
  return page.title === book.title ? page.title : `${page.title} – ${book.title}`;
}

// "2. The event loop": the number has its own column.
function entry(page) {
  const [, number, words] = page.title.match(/^(?:(\d+)\. )?(.*)$/);
  const mark = number ? `<span class="number">${number}</span>` : '';
  return `${mark}${escapeHtml(words)}`;
}

function sectionList(page) {
  const sections = page.sections.filter(({ level }) => level === 2);
  if (sections.length < 2) return '';
  const items = sections.map(({ id, title }) =>
    `<li><a href="#${id}">${escapeHtml(title)}</a></li>`);
  return `\n<ul class="sections">${items.join('\n')}</ul>`;
}

function contentsItem(page, current) {
  const here = page === current;
  const kind = chapterNumber(page.name) ? 'chapter' : 'other';
  const address = `${nameOf(page.name)}.html`;
  return `<li class="${kind}"><a href="${address}"${here ? ' aria-current="page"' : ''}>`
    + `${entry(page)}</a>${here ? sectionList(page) : ''}</li>`;
}

// A small screen has room for one name only: that of the page.
function bar(book, base, page) {
  const contents = page
    ? '<button id="menu" type="button" popovertarget="book-contents">Contents</button>' : '';
  return `<header class="bar">
${contents}
<a class="home" href="${base}index.html">${escapeHtml(book.title)}</a>
${page && page.title !== book.title ? `<span class="here">${escapeHtml(page.title)}</span>\n` : ''}<button id="find" type="button" aria-haspopup="dialog" aria-keyshortcuts="/">
Search <kbd>/</kbd></button>
<button id="theme" type="button" aria-label="Colours: auto">
◐ <span class="theme-name">auto</span></button>
</header>`;
}

const SEARCH = `<dialog id="search" aria-label="Search the book">
<form method="dialog">
<label for="query">Search the book</label>
<input id="query" type="search" autocomplete="off" spellcheck="false">
<button>Close</button>
</form>
<p id="count" role="status"></p>
<ol id="hits"></ol>
</dialog>`;

function scripts(page, base = '') {
  return [...page.scripts].map((file) => `<script src="${base}${file}" defer></script>\n`).join('')
    + `<script src="${base}book.js" data-base="${base}" defer></script>\n`;
}

/** A link that the arrow key `key` follows too (book.js). */
function neighbour(page, rel, words, key) {
  if (!page) return '<span></span>';
  return `<a rel="${rel}" href="${nameOf(page.name)}.html">`
    + `<small>${words} <kbd aria-hidden="true">${key}</kbd></small> `
    + `<span>${escapeHtml(page.title)}</span></a>`;
}

/** A page of the book. */
export function sitePage(book, page) {
  const at = book.rendered.indexOf(page);
  const items = book.rendered.map((other) => contentsItem(other, page));
  const kind = chapterNumber(page.name) ? 'chapter' : 'page';
  return `${head({
    lang: book.lang, title: titled(page, book),
    more: `<script>${EARLY}</script>\n${PAPER}${scripts(page)}`,
  })}<body>
<a class="skip" href="#main">Skip to the text</a>
${bar(book, '', page)}
<div class="columns">
<nav id="book-contents" popover aria-label="Contents">
<ol>
${items.join('\n')}
</ol>
</nav>
<main id="main" tabindex="-1">
<article class="${kind}" id="${nameOf(page.name)}-text">
${page.html}</article>
<nav class="neighbours" aria-label="Previous and next page">
${neighbour(book.rendered[at - 1], 'prev', 'Previous', '←')}
${neighbour(book.rendered[at + 1], 'next', 'Next', '→')}
</nav>
</main>
</div>
${SEARCH}
</body>
</html>
`;
}

/** A page that shows a source file; `html` is the file. */
export function sourcePageHtml(book, file, html) {
  const base = '../'.repeat(file.split('/').length);
  return `${head({
    lang: book.lang, title: `${file} – ${book.title}`, base,
    more: `<script>${EARLY}</script>\n${scripts({ scripts: [] }, base)}`,
  })}<body class="source-page">
<a class="skip" href="#main">Skip to the text</a>
${bar(book, base)}
<main id="main" tabindex="-1">
<h1><span class="directory">${escapeHtml(file.replace(/[^/]*$/, ''))}</span><wbr>${
  escapeHtml(file.replace(/.*\//, ''))}</h1>
<p><a href="${base}source/index.html">All sources that the book shows</a></p>
${html}
</main>
${SEARCH}
</body>
</html>
`;
}

/** The list of the sources, by folder: where a link to a folder goes. */
export function sourceIndex(book, files) {
  const folders = new Map();
  for (const file of files) {
    const folder = file.replace(/\/[^/]*$/, '');
    folders.set(folder, [...folders.get(folder) ?? [], file]);
  }
  const lists = [...folders].map(([folder, names]) => `<h2 id="${escapeHtml(folder)}">${
    escapeHtml(folder)}</h2>\n<ul>${names.map((file) =>
    `<li><a href="${file}.html">${escapeHtml(file.split('/').pop())}</a></li>`).join('\n')}</ul>`);
  const base = '../';
  return `${head({
    lang: book.lang, title: `Sources – ${book.title}`, base,
    more: `<script>${EARLY}</script>\n${scripts({ scripts: [] }, base)}`,
  })}<body class="source-page">
<a class="skip" href="#main">Skip to the text</a>
${bar(book, base)}
<main id="main" tabindex="-1">
<h1>Sources that the book shows</h1>
${lists.join('\n')}
</main>
${SEARCH}
</body>
</html>
`;
}

// Chapter and page number at the foot of every sheet. A chapter's pages share a foot, so that
// the second begins where the first has ended; a page of another chapter begins on a new sheet.
function sheetOf(page) {
  const chapter = chapterNumber(page.name);
  return chapter === null ? nameOf(page.name) : `chapter-${chapter}`;
}

function sheets(book) {
  const titles = new Map();
  for (const page of book.rendered) {
    if (!titles.has(sheetOf(page))) titles.set(sheetOf(page), page.title);
  }
  return [...titles].map(([sheet, title]) => {
    const foot = `content: ${JSON.stringify(title)}; font: 9pt system-ui, sans-serif`;
    return `@page sheet-${sheet} { @bottom-left { ${foot} } }\n`
      + `.sheet-${sheet} { page: sheet-${sheet} }`;
  }).join('\n');
}

function paperContents(book) {
  const items = book.rendered.slice(1).map((page) => {
    const id = nameOf(page.name);
    const kind = chapterNumber(page.name) === null ? 'other' : 'chapter';
    return `<li class="${kind}"><a href="#${id}">${escapeHtml(page.title)}</a>`
      + `<span class="page-of" data-to="${id}">000</span></li>`;
  });
  return `<nav class="paper-contents" aria-label="Contents">\n<h2>Contents</h2>\n<ol>\n${
    items.join('\n')}\n</ol>\n</nav>\n`;
}

/** The whole book as one page without scripts. */
export function printPage(book) {
  const articles = book.rendered.map((page, index) => {
    const kind = chapterNumber(page.name) ? 'chapter' : 'page';
    const contents = index === 0 ? paperContents(book) : '';
    return `<article class="${kind} sheet-${sheetOf(page)}">\n${page.html}${contents}</article>`;
  });
  return `${head({
    lang: book.lang, title: book.title,
    more: `<link rel="stylesheet" href="print.css">\n<style>${sheets(book)}</style>\n`,
  })}<body class="print">
<main>
${articles.join('\n')}
</main>
</body>
</html>
`;
}
