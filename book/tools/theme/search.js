// The search: what is indexed when the book is built, and how it is asked in the page. A classic
// script, so that it works from a folder; in Node, require() gives the same functions.
(function (root) {
  'use strict';

  // What a question has around its words.
  const STOP_WORDS = new Set(`a about am an and any are as at be been but by can could did do does
    for from get had has have how i if in into is it its me my of on one or our should so than that
    the their them then there these they this to up was we were what when where which who whom
    whose why will with would you your`.split(/\s+/));

  function words(text) {
    return text.split(/[^\p{L}\p{N}_]+/u).filter(Boolean);
  }

  /** A name such as call_soon is found by the whole of it and by its parts. */
  function tokenize(text) {
    return words(text).flatMap((word) =>
      (/[^_]_+[^_]/.test(word) ? [word, ...word.split('_').filter(Boolean)] : [word]));
  }

  /** Small letters, the singular, and nothing for a stop word. */
  function processTerm(word) {
    const small = word.toLowerCase();
    if (STOP_WORDS.has(small)) return null;
    return small.replace(/(?<=[a-z]{2}[^s])s$/, '');
  }

  // `term` is the word that a document defines; `names` are those that no section before it has.
  const OPTIONS = {
    fields: ['term', 'names', 'title', 'page', 'body', 'code'],
    storeFields: ['title', 'page', 'url', 'sentences', 'kind'],
    tokenize,
    processTerm,
  };

  // What a chapter explains, an exercise uses, an appendix only mentions, and a preface or a page
  // for teachers speaks of in passing.
  const KINDS = { term: 2, chapter: 2, exercise: 1, back: 1, front: 0.25 };

  /**
   * The sections for what was typed, best first; `engine` is a MiniSearch. What has all words
   * comes before what has some of them, and a whole word before the beginning of a longer one,
   * before a likely slip.
   */
  function ask(engine, typed) {
    const exact = { prefix: false, fuzzy: false, tokenize: words };
    const known = new Map(words(typed).map(processTerm).filter(Boolean)
      .map((term) => [term, engine.search(term, exact).length > 0]));
    if (known.size === 0) return [];
    const hits = engine.search(typed, {
      tokenize: words,
      combineWith: 'OR',
      prefix: (term) => term.length > 2,
      fuzzy: (term) => (term.length > 4 && !known.get(term) ? 0.2 : false),
      weights: { prefix: 0.02, fuzzy: 0.002 },
      boost: { term: 20, title: 5, names: 2, page: 2, code: 0.3 },
      boostDocument: (id, term, { kind }) => KINDS[kind],
    });
    const score = (hit) => hit.score * (new Set(hit.queryTerms).size / known.size) ** 3;
    return hits.map((hit) => ({ ...hit, score: score(hit) })).sort((a, b) => b.score - a.score);
  }

  function pattern(terms) {
    const escaped = terms.map((term) => term.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    return `(?<![\\p{L}\\p{N}])(?:${escaped.sort((a, b) => b.length - a.length).join('|')})`;
  }

  /**
   * The sentence with most of the words, and those after it as far as there is room, as parts
   * { text, hit }. Only a sentence that is too long for itself is cut.
   */
  function excerpt(sentences, terms, length) {
    if (sentences.length === 0) return [];
    const found = new RegExp(pattern(terms), 'giu');
    const count = (text) =>
      new Set((text.match(found) ?? []).map((word) => word.toLowerCase())).size;
    const counts = sentences.map(count);
    const best = counts.indexOf(Math.max(...counts));
    let piece = sentences[best];
    for (const next of sentences.slice(best + 1)) {
      if (!/[.!?…]\W*$/.test(piece) || piece.length + 1 + next.length > length) break;
      piece += ` ${next}`;
    }
    if (piece.length > length) piece = `${piece.slice(0, piece.lastIndexOf(' ', length - 2))} …`;
    return piece.split(new RegExp(`(${pattern(terms)}[\\p{L}\\p{N}]*)`, 'iu'))
      .map((text, index) => ({ text, hit: index % 2 === 1 }))
      .filter((part) => part.text !== '');
  }

  const api = { OPTIONS, ask, excerpt, tokenize };
  if (typeof module === 'object' && module.exports) module.exports = api;
  else root.BookSearch = api;
})(typeof window === 'undefined' ? globalThis : window);
