// The three shapes of the book: many pages to click through, one page to print, and one page
// that pandoc makes an EPUB of. What differs between them is here, and nowhere else.

import path from 'node:path';

/** "02_event_loop.md" is the page 02_event_loop; README.md is what a folder opens with. */
export function nameOf(page) {
  return page === 'README.md' ? 'index' : page.replace(/\.md$/, '');
}

/** Where a source file is shown in the site. */
export function sourcePage(file) {
  return `source/${file}.html`;
}

export const SITE = {
  kind: 'site',
  folded: true,
  players: true,
  sourcePages: true,
  id: (page, slug) => slug,
  href: (page, slug) => `${nameOf(page)}.html${slug ? `#${slug}` : ''}`,
};

// All pages in one: an id says which page it is from.
const ONE_PAGE = {
  folded: false,
  players: false,
  sourcePages: false,
  id: (page, slug) => `${nameOf(page)}--${slug}`,
  href: (page, slug) => `#${nameOf(page)}${slug ? `--${slug}` : ''}`,
};

/** `pageOf` is filled in when the sheets are known: see pdf.mjs. */
export const PRINT = {
  ...ONE_PAGE,
  kind: 'print',
  pageOf: (id) => `, page\u00a0<span class="page-of" data-to="${id}">000</span>`,
};

/** `pictures` is the folder for the diagrams, relative to the page. */
export function epub(pictures) {
  return { ...ONE_PAGE, kind: 'epub', pageOf: () => '', picture: (name) => path.posix.join(pictures, name) };
}
