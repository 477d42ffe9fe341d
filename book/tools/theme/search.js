// The search: what is indexed when the book is built, and how it is asked in the page. A classic
// script, so that it works from a folder; in Node, require() gives the same functions.
(function (root) {
  'use strict';

  function words(text) {
    return text.split(/[^\p{L}\p{N}_]+/u).filter(Boolean);
  }

  /** A name such as call_soon is found by the whole of it and by its parts. */
  function tokenize(text) {
    return words(text).flatMap((word) =>
      (/[^_]_+[^_]/.test(word) ? [word, ...word.split('_').filter(Boolean)] : [word]));
  }

  const OPTIONS = {
    fields: ['title', 'body'],
    storeFields: ['title', 'page', 'url', 'body', 'chapter'],
    tokenize,
  };

  const ASKING = {
    tokenize: words,
    combineWith: 'AND',
    prefix: (term) => term.length > 2,
    fuzzy: (term) => (term.length > 4 ? 0.2 : false),
    boost: { title: 3 },
    // What a chapter explains, an appendix or a table only mentions.
    boostDocument: (id, term, { chapter }) => (chapter ? 2 : 1),
  };

  /** The best `limit` sections for what was typed; `engine` is a MiniSearch. */
  function ask(engine, typed, limit) {
    return words(typed).length === 0 ? [] : engine.search(typed, ASKING).slice(0, limit);
  }

  /** A piece of the text around the first hit, as parts { text, hit }. */
  function excerpt(body, terms, length) {
    const pattern = terms.map((term) => term.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
    const hit = body.search(new RegExp(pattern, 'i'));
    const from = hit < 60 ? 0 : body.indexOf(' ', hit - 60) + 1;
    const rest = body.slice(from);
    const piece = rest.length <= length
      ? rest : `${rest.slice(0, rest.lastIndexOf(' ', length - 2))} …`;
    return piece.split(new RegExp(`(${pattern})`, 'i'))
      .map((text, index) => ({ text, hit: index % 2 === 1 }))
      .filter((part) => part.text !== '');
  }

  const api = { OPTIONS, ask, excerpt, tokenize };
  if (typeof module === 'object' && module.exports) module.exports = api;
  else root.BookSearch = api;
})(typeof window === 'undefined' ? globalThis : window);
