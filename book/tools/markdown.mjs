// The book's Markdown as HTML: GitHub's alerts and heading ids, folded answers, captioned
// listings, diagrams and the trace player. How the parts look in the site, on paper and in an
// EPUB is the choice of a flavour (flavours.mjs).

import fs from 'node:fs';
import path from 'node:path';
import MarkdownIt from 'markdown-it';
import { commands, languageOf, lineHtml, listing, transcript, wordsOf } from './code.mjs';
import { diagram } from './diagrams.mjs';
import { nameOf, sourcePage } from './flavours.mjs';
import { escapeHtml } from './html.mjs';
import { attributes, slugger } from './pages.mjs';
import { knobOnPaper, knobPlayer, player, shortTable, traceName } from './players.mjs';
import { listing as cut } from './sources.mjs';
import { pattern, termSlug } from './terms.mjs';

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
    traces: new Map(), scripts: new Set(), listings: [], answers: [], diagrams: 0, problems: [],
  };
  const env = { page };
  page.html = md.render(text, env);
  page.answersHtml = answersHtml(page, env);
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
    token.section = { id, slug, title, level, sentences: [], code: [] };
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
    inline.children.unshift(raw(state, `<span class="alert-title">${title}:</span> `));
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

/** A number and its unit, or a chapter and its number, stay on one line. */
const UNITS = 'ns|µs|us|ms|s|kB|MB|GB|bytes|points|%|nanoseconds?|microseconds?|milliseconds?|'
  + 'seconds?|minutes?|hours?';
const NUMBER_AND_UNIT = new RegExp(`(?<=\\d) (?=(?:${UNITS})(?![\\w-]))`, 'g');
const NAME_AND_NUMBER = /(?<=\b(?:[Cc]hapters?|[Ss]teps?|[Ll]ines?|[Ee]xercises?)) (?=\d)/g;

export function keepTogether(text) {
  return text.replace(NUMBER_AND_UNIT, '\u00a0').replace(NAME_AND_NUMBER, '\u00a0');
}

function unbroken(state) {
  for (const { children } of state.tokens) {
    for (const child of children ?? []) {
      if (child.type === 'text') child.content = keepTogether(child.content);
    }
  }
}

/** A piece in Python and the same in C++ are beside each other where there is room. */
function sideBySide(state) {
  const isFence = (token, language) => token?.type === 'fence' && token.info.startsWith(language);
  for (let index = state.tokens.length - 2; index >= 0; index--) {
    const [first, second] = state.tokens.slice(index, index + 2);
    if (!isFence(first, 'python ') || !isFence(second, 'cpp ')) continue;
    state.tokens.splice(index, 2, raw(state, '<div class="side-by-side">\n'), first, second,
      raw(state, '</div>\n'));
  }
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

/** What a code host's readers are told beside the link, since they only see the trace's JSON. */
const HOW_TO_PLAY = '(./workbook book --open plays it)';

/** What a paragraph says outside of its links. */
function outsideLinks(inline) {
  let depth = 0;
  return plain({
    children: inline.children.filter((child) => {
      if (child.type === 'link_open') depth++;
      if (child.type === 'link_close') depth--;
      return depth === 0;
    }),
  }).trim();
}

/** The links of a paragraph that is for links with this title; or nothing. */
function linksTitled(inline, title) {
  const links = inline.children.filter((child) => isPlayerLink(child, title));
  if (links.length === 0) return null;
  return ['', HOW_TO_PLAY].includes(outsideLinks(inline)) ? links : null;
}

function players(state) {
  const { page } = state.env;
  state.tokens.forEach((token, index) => {
    if (token.type !== 'inline' || state.tokens[index - 1].type !== 'paragraph_open') return;
    const runs = linksTitled(token, 'loop-player');
    const knob = linksTitled(token, 'loop-knob');
    const opener = linksTitled(token, 'trace-opener');
    if (!runs && !knob && !opener) return;
    if (runs && outsideLinks(token) !== HOW_TO_PLAY) {
      complain(page, token, 'say after the links how to see it: '
        + '(`./workbook book --open` plays it)');
    }
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
    // On paper the first page needs no table: the last chapter has it.
    if (!page.flavour.players) {
      return page.name === 'README.md' ? '' : shortTable(page.book.root, target.source);
    }
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
  const bytes = fs.readFileSync(path.join(page.book.root, target.source));
  const { picture } = page.flavour;
  if (name.endsWith('.svg') && !picture) {
    image.type = 'raw';
    image.content = inlineSvg(bytes.toString(), image.content);
    return;
  }
  page.pictures.set(name, bytes);
  image.attrSet('src', picture ? picture(name) : `pictures/${name}`);
}

/** In a page a picture of ours follows the page's colours: book.css has its classes. */
function inlineSvg(svg, alt) {
  return svg.trim()
    .replace('<svg ', `<svg class="picture" role="img" aria-label="${escapeHtml(alt)}" `)
    .replace(/<style>[\s\S]*?<\/style>\s*/, '')
    .replace(/\n/g, ' ');
}

// --- Answers on paper --------------------------------------------------------------

// What is folded because it may be skipped stays where it is.
const ASIDE = /^For a second reading\b/;

/**
 * Where nothing can be folded, what is folded goes to the back of the book: runs to predict,
 * hints, and the answers of "Check yourself", whose questions stay. What is folded in a row gets
 * one number. page.answers are these, { number, questions, parts: [{ summary, tokens }] }.
 */
function answersToBack(state) {
  const { page } = state.env;
  if (page.flavour.folded) return;
  const rest = [];
  let section;
  for (let index = 0; index < state.tokens.length; index++) {
    const token = state.tokens[index];
    if (token.section?.level <= 2) section = token.section;
    if (token.type !== 'details_open' || ASIDE.test(token.content)) {
      rest.push(token);
      continue;
    }
    const parts = [];
    while (state.tokens[index]?.type === 'details_open' && !ASIDE.test(state.tokens[index].content)) {
      const end = matchingClose(state.tokens, index);
      if (end < 0) return; // a problem, of which the checks tell
      const summary = keepTogether(words.renderInline(state.tokens[index].content));
      parts.push({ summary, tokens: state.tokens.slice(index + 1, end) });
      index = end + 1;
    }
    index--;
    page.book.answered = (page.book.answered ?? 0) + 1;
    const answer = {
      number: page.book.answered, questions: section?.slug === 'check-yourself', parts,
    };
    page.answers.push(answer);
    rest.push(raw(state, reference(page, answer)));
  }
  state.tokens.splice(0, state.tokens.length, ...rest);
}

/** In the text: where the answers are. */
function reference({ flavour }, { number, questions, parts }) {
  const asked = questions
    ? parts.map(({ summary }, at) => `<p class="question"><b>${at + 1}.</b> ${summary}</p>\n`) : [];
  const what = questions ? 'Answers' : parts.map(({ summary }) => summary).join('; ');
  const to = `<a href="#answer-${number}">answer\u00a0${number}${flavour.pageOf(`answer-${number}`)}</a>`;
  return `${asked.join('')}<div class="to-answer" id="question-${number}"><p>${what.replace(/[^?.!]$/, '$&:')} ${to}</p></div>\n`;
}

/** At the back: the answers of a page. */
function answersHtml(page, env) {
  return page.answers.map(({ number, questions, parts }) => {
    const shown = parts.map(({ summary, tokens }, at) => {
      const title = questions ? `${at + 1}.` : summary;
      return `<p class="summary"><strong>${title}</strong></p>\n${md.renderer.render(tokens, md.options, env)}`;
    });
    return `<div class="answer" id="answer-${number}">\n<p class="answer-number"><b>Answer ${number}</b>`
      + ` <a href="#question-${number}">to the text${page.flavour.pageOf(`question-${number}`)}</a></p>\n`
      + `${shown.join('')}</div>\n`;
  }).join('');
}

/** On paper the contents have page numbers, so they are made with the sheets. */
function contentsOnPaper(state) {
  const { page } = state.env;
  if (page.flavour.kind !== 'print' || page.name !== 'README.md') return;
  const at = state.tokens.findIndex(({ section }) => section?.slug === 'contents');
  if (at >= 0) state.tokens.splice(at);
}

// --- What the search finds -----------------------------------------------------------

/** Sentences and code of each section, but nothing that is folded: hints and answers. */
function sectionTexts(state) {
  let section;
  let heading = false;
  let folded = 0;
  for (const token of state.tokens) {
    if (token.section) section = token.section;
    if (token.type === 'details_open') folded++;
    if (token.type === 'details_close') folded--;
    heading = token.type === 'heading_open' || (heading && token.type === 'inline');
    token.within = section;
    if (!section || folded > 0) continue;
    if (token.type === 'fence' && !token.info.startsWith('drawing')) {
      section.code.push(token.content);
    } else if (token.type === 'inline' && !heading && !token.content.startsWith('Minutes:')) {
      section.sentences.push(...sentencesOf(plain(token)));
    }
  }
}

function sentencesOf(text) {
  return text.split(/(?<=[.!?…]["')\]”’]*)(?<!\b(?:e\.g|i\.e|etc|vs)\.)\s+/).filter(Boolean);
}

// --- Terms ----------------------------------------------------------------------------

/** A defined word has an address, in its page and in the glossary. */
function termAddresses(state) {
  const { page } = state.env;
  const inGlossary = page.name === 'glossary.md';
  const mine = (page.book.terms ?? []).filter((term) => inGlossary || term.page.name === page.name);
  for (const token of state.tokens) {
    token.children = token.children && token.children.flatMap((child, at, children) => {
      if (child.type !== 'strong_open') return [child];
      const text = children[at + 1].content;
      const term = mine.find(({ key }) => key === text.toLowerCase());
      if (!term) return [child];
      // The glossary's link goes to the word, which in plain Markdown has no address.
      const link = inGlossary && children.find(({ type }) => type === 'link_open');
      if (link) link.attrSet('href', `${term.page.name}#${termSlug(text)}`);
      const id = page.flavour.id(page.name, termSlug(text));
      // pandoc drops the id of what is bold.
      if (page.flavour.kind === 'epub') return [raw(state, `<span id="${id}"></span>`), child];
      child.attrSet('id', id);
      return [child];
    });
  }
}

// Terms that are mostly used as plain words: a link at the first would often be wrong.
const PLAIN_WORDS = new Set(`category clock handle heap level limit place promise reader ready
  record register resource result resume step thread trace warning writer`.split(/\s+/));

/** In the site, the first use of a term in a page leads to its entry in the glossary. */
function termLinks(state) {
  const { page } = state.env;
  // The home page is for a glance.
  if (page.flavour.kind !== 'site' || ['glossary.md', 'README.md'].includes(page.name)) return;
  const wanted = (page.book.terms ?? [])
    .filter((term) => term.page.name !== page.name && !PLAIN_WORDS.has(term.key))
    .sort((a, b) => b.key.length - a.key.length);
  const open = new Map(wanted.map((term) => [term.key, { term, found: pattern(term.text) }]));
  let folded = 0;
  state.tokens.forEach((token, index) => {
    if (token.type === 'details_open') folded++;
    if (token.type === 'details_close') folded--;
    const inHeading = state.tokens[index - 1]?.type === 'heading_open';
    if (token.type !== 'inline' || folded > 0 || inHeading) return;
    token.children = linkTerms(state, token.children, open);
  });
}

function linkTerms(state, children, open) {
  let inside = 0; // of a link or of another term
  return children.flatMap((child) => {
    if (/^(link|strong)_open$/.test(child.type)) inside++;
    if (/^(link|strong)_close$/.test(child.type)) inside--;
    if (inside > 0 || open.size === 0) return [child];
    if (child.type === 'code_inline') {
      const key = child.content.toLowerCase();
      const hit = open.get(key);
      if (hit?.term.text !== `\`${child.content}\``) return [child];
      open.delete(key);
      return termLink(state, hit.term, [child]);
    }
    return child.type === 'text' ? linkInText(state, child.content, open) : [child];
  });
}

function linkInText(state, content, open) {
  const text = (words) => {
    const token = new state.Token('text', '', 0);
    token.content = words;
    return token;
  };
  for (const [key, { term, found }] of open) {
    const match = content.match(found);
    if (!match) continue;
    open.delete(key);
    const end = match.index + match[0].length;
    return [
      ...linkInText(state, content.slice(0, match.index), open),
      ...termLink(state, term, [text(match[0])]),
      ...linkInText(state, content.slice(end), open),
    ];
  }
  return content === '' ? [] : [text(content)];
}

function termLink(state, { text, sentence }, inner) {
  const href = `glossary.html#${termSlug(text)}`;
  return [
    raw(state, `<a class="term" href="${href}" title="${escapeHtml(sentence.replaceAll('`', ''))}">`),
    ...inner, raw(state, '</a>'),
  ];
}

const STEPS = [
  foldings, headings, alerts, emptyHeadings, players, sectionTexts, termAddresses, unbroken,
  links, termLinks, sideBySide, contentsOnPaper, answersToBack,
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
  const summary = keepTogether(words.renderInline(tokens[index].content));
  return page.flavour.folded
    ? `<details><summary>${summary}</summary><div class="answer">\n`
    : `<div class="answer"><p class="summary">${summary}</p>\n`;
};
rules.details_close = (tokens, index, options, { page }) =>
  (page.flavour.folded ? '</div></details>\n' : '</div>\n');

/** An option is not broken at its dashes. */
rules.code_inline = (tokens, index) => {
  const { content } = tokens[index];
  const kind = /^-\S{1,30}$/.test(content) ? ' class="option"' : '';
  return `<code${kind}>${escapeHtml(content)}</code>`;
};

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
  const { file, region } = attrs;
  if (!file) return listing({ code, language: languageOf(`.${language}`) ?? language });
  let numbers;
  try {
    numbers = lineNumbers(page.book.root, { lang: language, attrs });
  } catch (error) {
    complain(page, token, error.message);
    return listing({ code, language, file });
  }
  const id = page.flavour.id(page.name, `listing-${page.listings.length + 1}`);
  page.listings.push({ file, region, id, section: token.within });
  const href = page.flavour.sourcePages
    ? `${sourcePage(file)}#${region ? `region-${region}` : 'L1'}` : undefined;
  if (href) page.sources.add(file);
  const lines = linesFrom(page.book.root, file, numbers, code.split('\n'));
  return listing({ code, language, file, numbers, href, id, lines });
}

/**
 * The HTML of some lines of a file, moved to the left as the listing's text is. Their words are
 * those of the whole file: a listing is too short to tell.
 */
function linesFrom(root, file, numbers, texts) {
  const source = fs.readFileSync(path.join(root, file), 'utf8').replace(/\n$/, '');
  const words = wordsOf(source, languageOf(file));
  const lines = source.split('\n');
  return numbers.map((number, index) =>
    lineHtml(words[number - 1], lines[number - 1].length - texts[index].length));
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

/** For pandoc, which has a highlighter of its own, and makes a line of output one that can hang. */
function plainCode(language, code, file) {
  const caption = file && language !== 'console'
    ? `<p class="file"><code>${escapeHtml(file)}</code></p>` : '';
  const known = language === 'console' ? 'default' : language;
  return `<div class="listing">${caption}<pre class="${escapeHtml(known)}">`
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
