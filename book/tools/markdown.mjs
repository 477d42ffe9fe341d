// The book's Markdown as HTML: GitHub's alerts and heading ids, folded answers, captioned
// listings, diagrams and the trace player. How the parts look in the site, on paper and in an
// EPUB is the choice of a flavour (flavours.mjs).

import fs from 'node:fs';
import path from 'node:path';
import MarkdownIt from 'markdown-it';
import { commands, languageOf, listing, transcript } from './code.mjs';
import { diagram } from './diagrams.mjs';
import { nameOf, sourcePage } from './flavours.mjs';
import { escapeHtml } from './html.mjs';
import { attributes, slugger } from './pages.mjs';
import { knobOnPaper, knobPlayer, player, shortTable, traceName } from './players.mjs';
import { listing as cut } from './sources.mjs';

const md = new MarkdownIt({ html: true, typographer: true }).disable('replacements');
// For the words of a <summary>, which Markdown would leave alone.
const words = new MarkdownIt({ typographer: true }).disable('replacements');

/**
 * Renders a page. `book` has the repository's `root` and the names of the `pages`.
 * Returns the HTML, the sections (for the contents and the search), the source files that the
 * page links to, the pictures it needs, and the problems, each with its line.
 */
export function renderPage(book, name, text, flavour) {
  const page = {
    name, book, flavour,
    title: nameOf(name), sections: [], sources: new Set(), pictures: new Map(),
    traces: new Map(), scripts: new Set(), diagrams: 0, problems: [],
  };
  page.html = md.render(text, { page });
  page.title = page.sections[0]?.title ?? page.title;
  return page;
}

function complain(page, token, text) {
  const line = token.map ? token.map[0] + 1 : page.line ?? 1;
  page.problems.push({ file: `book/${page.name}`, line, text });
}

// --- From tokens to better tokens -------------------------------------------------

/** A piece of finished HTML among the tokens. */
function raw(state, html) {
  const token = new state.Token('raw', '', 0);
  token.content = html;
  return token;
}

/** Text without marks: of a heading, or of a paragraph for the search. */
function plain(inline) {
  return inline.children.map((child) => {
    if (child.type === 'softbreak' || child.type === 'hardbreak') return ' ';
    return /^(text|code_inline)$/.test(child.type) ? child.content : '';
  }).join('');
}

function matchingClose(tokens, open) {
  const type = tokens[open].type.replace('_open', '_close');
  return tokens.findIndex((token, index) =>
    index > open && token.type === type && token.level === tokens[open].level);
}

const SUMMARY = /^<details>\s*<summary>([\s\S]*?)<\/summary>\s*$/;

/** <details>, </details> and comments are all the HTML that there is. */
function foldings(state) {
  for (const token of state.tokens) {
    if (token.type !== 'html_block') continue;
    const html = token.content.trim();
    const summary = html.match(SUMMARY);
    if (summary) {
      token.type = 'details_open';
      token.content = summary[1].trim();
    } else if (html === '</details>') {
      token.type = 'details_close';
    } else if (/^(<!--[\s\S]*?-->\s*)+$/.test(html)) {
      token.content = '';
    } else {
      complain(state.env.page, token, 'HTML other than <details> and comments; or <details>, '
        + '<summary> and </details> not on lines of their own');
      token.content = escapeHtml(token.content);
    }
  }
}

function headings(state) {
  const { page } = state.env;
  const nextSlug = slugger();
  state.tokens.forEach((token, index) => {
    if (token.type !== 'heading_open') return;
    const inline = state.tokens[index + 1];
    const title = plain(inline);
    const level = Number(token.tag.slice(1));
    const slug = nextSlug(title);
    // On the one page, a link to a whole chapter goes to its title.
    const id = page.flavour.kind !== 'site' && level === 1
      ? nameOf(page.name) : page.flavour.id(page.name, slug);
    token.attrSet('id', id);
    token.section = { id, slug, title, level, body: [] };
    page.sections.push(token.section);
    if (level === 1) markNumber(state, inline);
    else if (page.flavour.kind === 'site') inline.children.push(anchor(state, id, title));
  });
}

/** "2. The event loop": the number gets a style of its own. */
function markNumber(state, inline) {
  const [first] = inline.children;
  const number = first?.content.match(/^(\d+)\. /);
  if (!number) return;
  first.content = first.content.slice(number[0].length);
  inline.children.unshift(raw(state, `<span class="number">${number[1]}.</span> `));
}

function anchor(state, id, title) {
  return raw(state, ` <a class="anchor" href="#${id}" `
    + `aria-label="Link to: ${escapeHtml(title)}">#</a>`);
}

/** > [!NOTE] and its kin; one that begins with "*Predict:*" or the like has that as its title. */
function alerts(state) {
  state.tokens.forEach((open, index) => {
    if (open.type !== 'blockquote_open') return;
    const inline = state.tokens[index + 2];
    const kind = inline?.children?.[0]?.content.match(/^\[!([A-Z]+)\]$/)?.[1].toLowerCase();
    if (!kind) return;
    const close = state.tokens[matchingClose(state.tokens, index)];
    inline.children.splice(0, 2); // the mark, and the end of its line
    const label = labelOf(inline.children);
    if (label) inline.children.splice(0, 3);
    const title = label ?? kind[0].toUpperCase() + kind.slice(1);
    const name = label ? label.toLowerCase().replaceAll(' ', '-') : kind;
    open.tag = close.tag = 'div';
    open.attrSet('class', `alert ${name}`);
    open.attrSet('role', 'note');
    open.attrSet('aria-label', title);
    if (label) trimStart(inline.children);
    state.tokens[index + 1].attrSet('class', 'first');
    inline.children.unshift(raw(state, `<span class="alert-title">${title}</span> `));
  });
}

function labelOf([open, word]) {
  if (open?.type !== 'em_open') return undefined;
  return ['Predict', 'Your turn', 'For a second reading'].find((one) => word.content === `${one}:`);
}

function trimStart([first]) {
  if (first?.type === 'text') first.content = first.content.trimStart();
}

/** A column without a name has no heading: an empty one would be read aloud as one. */
function emptyHeadings(state) {
  state.tokens.forEach((token, index) => {
    if (token.type !== 'th_open' || state.tokens[index + 1].content !== '') return;
    token.tag = state.tokens[index + 2].tag = 'td';
  });
}

// --- Links ----------------------------------------------------------------------------

/** What the address in a link means: { page, slug }, { source }, { outside } or nothing. */
function resolve(page, href) {
  if (/^[a-z][a-z+.-]*:/i.test(href)) return { outside: href };
  const [target, slug] = decodeURI(href).split('#');
  if (target === '') return { page: page.name, slug };
  const file = path.posix.join('book', target);
  if (file.startsWith('..')) return null;
  const name = file.replace(/^book\//, '');
  if (page.book.pages.includes(name)) return { page: name, slug };
  const onDisk = path.join(page.book.root, file);
  if (!fs.existsSync(onDisk)) return null;
  return fs.statSync(onDisk).isDirectory()
    ? { folder: file.replace(/\/$/, '') } : { source: file, slug };
}

function hrefOf(page, target) {
  const { book, flavour } = page;
  if (target.outside) return target.outside;
  if (target.page && flavour.kind !== 'site' && book.screenOnly?.includes(target.page)) return null;
  if (target.page) return flavour.href(target.page, target.slug);
  if (!flavour.sourcePages) return null;
  if (target.folder) return `source/index.html#${target.folder}`;
  page.sources.add(target.source);
  return sourcePage(target.source);
}

function isPlayerLink(token, title) {
  return token.type === 'link_open' && token.attrGet('title') === title;
}

/** The links of a paragraph that has nothing but links with this title; or nothing. */
function linksTitled(inline, title) {
  const links = inline.children.filter((child) => isPlayerLink(child, title));
  if (links.length === 0) return null;
  let depth = 0;
  const alone = inline.children.every((child) => {
    if (child.type === 'link_open') depth++;
    if (child.type === 'link_close') depth--;
    return depth > 0 || child.type !== 'text' || child.content.trim() === '';
  });
  return alone ? links : null;
}

function players(state) {
  const { page } = state.env;
  state.tokens.forEach((token, index) => {
    if (token.type !== 'inline' || state.tokens[index - 1].type !== 'paragraph_open') return;
    const runs = linksTitled(token, 'loop-player');
    const knob = linksTitled(token, 'loop-knob');
    const opener = linksTitled(token, 'trace-opener');
    if (!runs && !knob && !opener) return;
    state.tokens[index - 1].hidden = state.tokens[index + 1].hidden = true;
    token.type = 'raw';
    token.content = runs ? playersHtml(page, token, runs)
      : knob ? knobHtml(page, token, knob) : openerHtml(page);
    token.children = [];
  });
}

function playersHtml(page, token, links) {
  const parts = links.map((link) => {
    const target = resolve(page, link.attrGet('href'));
    if (!target?.source) {
      complain(page, token, `there is no trace ${link.attrGet('href')}`);
      return '';
    }
    if (!page.flavour.players) return shortTable(page.book.root, target.source);
    page.scripts.add('loop-player.js');
    page.traces.set(traceName(target.source), target.source);
    const sync = links.length > 1 ? nameOf(page.name) : undefined;
    try {
      return player(page.book.root, target.source, { sync, moment: target.slug });
    } catch (error) {
      complain(page, token, error.message);
      return '';
    }
  });
  const count = links.length > 1 ? ' pair' : '';
  return `<div class="players${count}">${parts.join('\n')}</div>\n`;
}

/** One player for all these runs; the text of a link is its options. */
function knobHtml(page, token, links) {
  const words = token.children.filter(({ type }) => type === 'text' || type === 'code_inline')
    .map(({ content }) => content.trim()).filter(Boolean);
  const runs = links.map((link, n) => {
    const target = resolve(page, link.attrGet('href'));
    return { trace: target?.source, text: words[n] ?? '', moment: target?.slug };
  });
  try {
    const missing = runs.findIndex(({ trace }) => !trace);
    if (missing >= 0) throw new Error(`there is no trace ${links[missing].attrGet('href')}`);
    const { root } = page.book;
    if (!page.flavour.players) return knobOnPaper(root, runs);
    page.scripts.add('loop-player.js');
    for (const { trace } of runs) page.traces.set(traceName(trace), trace);
    return `<div class="players">${knobPlayer(root, runs)}</div>\n`;
  } catch (error) {
    complain(page, token, error.message);
    return '';
  }
}

function openerHtml(page) {
  if (!page.flavour.players) return '';
  page.scripts.add('loop-player.js').add('play.js');
  return '<trace-opener><p>Opening a trace needs JavaScript.</p></trace-opener>\n';
}

function links(state) {
  const { page } = state.env;
  for (const token of state.tokens) {
    if (token.map) page.line = token.map[0] + 1; // a cell of a table has no line of its own
    const open = [];
    for (const child of token.children ?? []) {
      if (child.type === 'link_open') open.push(followLink(page, token, child));
      else if (child.type === 'link_close' && !open.pop()) child.hidden = true;
      else if (child.type === 'image') takePicture(page, token, child);
    }
  }
}

/** Sets the address; without one, the link becomes plain text. Says which. */
function followLink(page, token, link) {
  const target = resolve(page, link.attrGet('href'));
  if (!target) complain(page, token, `the link goes nowhere: ${link.attrGet('href')}`);
  const href = target && hrefOf(page, target);
  if (href) link.attrSet('href', href);
  else link.hidden = true;
  return Boolean(href);
}

function takePicture(page, token, image) {
  const target = resolve(page, image.attrGet('src'));
  if (!target?.source) {
    complain(page, token, `there is no picture ${image.attrGet('src')}`);
    return;
  }
  const name = path.basename(target.source);
  page.pictures.set(name, fs.readFileSync(path.join(page.book.root, target.source)));
  const { picture } = page.flavour;
  image.attrSet('src', picture ? picture(name) : `pictures/${name}`);
}

// --- Answers on paper --------------------------------------------------------------

/**
 * Where nothing can be folded, the answers to the questions of "Check yourself" follow at the
 * end of the chapter, with the question's number.
 */
function answersLast(state) {
  const { page } = state.env;
  if (page.flavour.folded) return;
  const questions = [];
  const rest = [];
  let inCheck = false;
  for (let index = 0; index < state.tokens.length; index++) {
    const token = state.tokens[index];
    if (token.section?.level <= 2) inCheck = token.section.slug === 'check-yourself';
    if (!inCheck || token.type !== 'details_open') {
      rest.push(token);
      continue;
    }
    const end = matchingClose(state.tokens, index);
    if (end < 0) break;
    questions.push({ text: token.content, answer: state.tokens.slice(index + 1, end) });
    const n = questions.length;
    const question = words.renderInline(token.content);
    rest.push(raw(state, `<p class="question"><b>${n}.</b> ${question}</p>\n`));
    index = end;
  }
  if (questions.length === 0) return;
  rest.push(raw(state, '<h3 class="answers">Answers</h3>\n'));
  questions.forEach(({ answer }, index) => {
    rest.push(raw(state, `<div class="answer"><p class="answer-number"><b>${index + 1}.</b></p>`));
    rest.push(...answer, raw(state, '</div>\n'));
  });
  state.tokens.splice(0, state.tokens.length, ...rest);
}

// --- What the search finds -----------------------------------------------------------

function sectionTexts(state) {
  let section;
  let heading = false;
  for (const token of state.tokens) {
    if (token.section) section = token.section;
    heading = token.type === 'heading_open' || (heading && token.type === 'inline');
    if (!section) continue;
    if (token.type === 'fence' && !token.info.startsWith('drawing')) {
      section.body.push(token.content);
    } else if (token.type === 'details_open') {
      section.body.push(token.content);
    } else if (token.type === 'inline' && !heading) {
      section.body.push(plain(token));
    }
  }
}

const STEPS = [
  foldings, headings, alerts, emptyHeadings, players, sectionTexts, links, answersLast,
];
for (const step of STEPS) {
  md.core.ruler.push(step.name, step);
}

// --- From tokens to HTML ---------------------------------------------------------------

const { rules } = md.renderer;

rules.raw = (tokens, index) => tokens[index].content;
rules.html_inline = (tokens, index) => {
  const html = tokens[index].content;
  return html.startsWith('<!--') ? '' : escapeHtml(html);
};

rules.details_open = (tokens, index, options, { page }) => {
  const summary = words.renderInline(tokens[index].content);
  return page.flavour.folded
    ? `<details><summary>${summary}</summary><div class="answer">\n`
    : `<div class="answer"><p class="summary">${summary}</p>\n`;
};
rules.details_close = (tokens, index, options, { page }) =>
  (page.flavour.folded ? '</div></details>\n' : '</div>\n');

rules.table_open = () =>
  '<div class="table" tabindex="0" role="group" aria-label="Table"><table>\n';
rules.table_close = () => '</table></div>\n';

function hiddenOr(render) {
  return (tokens, index, options, env, self) =>
    (tokens[index].hidden ? '' : render(tokens, index, options, env, self));
}
const plainToken = (tokens, index, options, env, self) => self.renderToken(tokens, index, options);
rules.link_open = hiddenOr(plainToken);
rules.link_close = hiddenOr(plainToken);

rules.fence = (tokens, index, options, { page }) => {
  const token = tokens[index];
  const [language] = token.info.trim().split(/\s+/);
  const { attrs } = attributes(token.info);
  const code = token.content.replace(/\n$/, '');
  if (language === 'drawing') return picture(page, token, code, attrs.alt);
  if (page.flavour.kind === 'epub') return plainCode(language, code, attrs.file);
  if (language === 'console') return transcript(code, attrs.file);
  if (language === 'sh') return commands(code);
  return fileListing(page, token, { language, code, attrs });
};

function fileListing(page, token, { language, code, attrs }) {
  const { file } = attrs;
  if (!file) return listing({ code, language: languageOf(`.${language}`) ?? language });
  let numbers;
  try {
    numbers = lineNumbers(page.book.root, { lang: language, attrs });
  } catch (error) {
    complain(page, token, error.message);
  }
  const href = numbers && page.flavour.sourcePages
    ? `${sourcePage(file)}#L${numbers[0]}` : undefined;
  if (href) page.sources.add(file);
  return listing({ code, language, file, numbers, href });
}

/** The line in the source of every line of a listing; marks in between are left out of it. */
function lineNumbers(root, fence) {
  const { lines, first } = cut(root, fence);
  const source = fs.readFileSync(path.join(root, fence.attrs.file), 'utf8').split('\n');
  let at = first - 1;
  return lines.map((text) => {
    while (at < source.length && source[at].trim() !== text.trim()) at++;
    return ++at;
  });
}

/** For pandoc, which has a highlighter of its own. */
function plainCode(language, code, file) {
  const caption = file && language !== 'console'
    ? `<p class="file"><code>${escapeHtml(file)}</code></p>` : '';
  return `<div class="listing">${caption}<pre class="${escapeHtml(language)}">`
    + `<code>${escapeHtml(code)}</code></pre></div>\n`;
}

/** A diagram. A description of more than one sentence is for every reader: it is the caption. */
function picture(page, token, code, alt) {
  const id = `picture-${nameOf(page.name)}-${++page.diagrams}`;
  if (!alt) complain(page, token, 'a diagram needs alt="what it shows"');
  let svg;
  try {
    svg = diagram(code, { alt: alt ?? '', fixed: page.flavour.kind === 'epub' });
  } catch (error) {
    complain(page, token, `the diagram cannot be drawn: ${error.message}`);
    return '';
  }
  const caption = /[.!?] +\S/.test(alt ?? '') ? `<figcaption>${escapeHtml(alt)}</figcaption>` : '';
  if (page.flavour.kind !== 'epub') {
    return `<figure class="diagram" tabindex="0" aria-label="Picture ${page.diagrams}">`
      + `${svg}${caption}</figure>\n`;
  }
  page.pictures.set(`${id}.svg`, svg);
  return `<p><img src="${page.flavour.picture(`${id}.svg`)}" alt="${escapeHtml(alt)}"></p>\n`;
}
