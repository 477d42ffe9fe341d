// Cuts a block of prose into sentences. Full stops inside code and addresses
// end none, nor do those of abbreviations.
import { count, inlines } from './pages.mjs';

const END = /[.!?…]["')\]*_]*(?=\s|$)/g;
const ABBREVIATION = /\b(?:e\.g|i\.e|etc|vs|cf|Mr|Mrs|Dr|St|No)\.$/;

// [{ text, at, line }]: the Markdown of each sentence, and where it begins.
export function sentences(block) {
  const hidden = hide(block);
  const found = [];
  let from = 0;
  const add = (to) => {
    const text = block.text.slice(from, to);
    const at = from + text.search(/\S|$/);
    if (text.trim()) {
      const line = block.line + count(block.text.slice(0, at), /\n/g);
      found.push({ text: text.trim().replace(/\s+/g, ' '), at, line });
    }
    from = to;
  };
  for (const match of hidden.matchAll(END)) {
    const to = match.index + match[0].length;
    if (!ABBREVIATION.test(hidden.slice(from, match.index + 1))) add(to);
  }
  add(block.text.length);
  return found;
}

// The block's text with code, tags and links' addresses painted over.
export function hide(block, by = 'x') {
  const letters = block.text.split('');
  for (const { kind, at, end, text } of inlines(block)) {
    if (kind === 'code' || kind === 'tag') letters.fill(by, at, end);
    if (kind === 'link' || kind === 'image') letters.fill(by, at + text.length + 1, end);
  }
  return letters.join('');
}

export function words(text) {
  return text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
}
