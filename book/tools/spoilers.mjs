// A Predict box asks what a program prints. A line of the answer spoils it if a
// transcript above the box has shown that line, on this page or on one before it.
// again=2 in the answer's fence says that two of its lines are known, on purpose.
import { predictions } from './checks.mjs';
import { problem } from './pages.mjs';

// Lines that tell nothing: the command, how it ended, dots, and empty lines.
const TRIVIAL = /^(\$ .*|\.\.\.|\((exit status|killed by signal) \d+\)|\s*)$/;

// Reads all pages in the order of the book, and tells of those in `pages`.
export function checkSpoilers(book, pages) {
  const seen = new Map(); // a line, and where it was first
  return book.pages.flatMap((page) => {
    const answers = predictions(page).map((box) => answerOf(page, box));
    const problems = answers
      .filter(({ from }) => !from)
      .map(({ box }) =>
        problem(page, box.line, 'this Predict box has no answer: fold one (<details>) below it'),
      );
    for (const fence of page.fences.filter(({ lang }) => lang === 'console')) {
      const isAnswer = answers.some(({ from, to }) => from < fence.line && fence.line < to);
      problems.push(...(isAnswer ? spoilers(page, fence, seen) : needless(page, fence)));
      for (const { text, line } of telling(fence)) {
        if (!seen.has(text)) seen.set(text, `${page.file}:${line}`);
      }
    }
    return pages.includes(page) ? problems : [];
  });
}

// The first folded text below a box, before the next box or heading.
function answerOf(page, box) {
  const others = [...predictions(page), ...page.headings].map(({ line }) => line);
  const next = Math.min(...others.filter((line) => line > box.line));
  const tags = page.blocks.filter(
    ({ kind, line }) => kind === 'tags' && line > box.line && line < next,
  );
  const from = tags.find(({ text }) => text.includes('<details>'))?.line;
  const to = tags.find(({ line, text }) => line > from && text.includes('</details>'))?.line;
  return { box, from, to };
}

function telling({ body, line }) {
  return body
    .map((text, i) => ({ text: text.trimEnd(), line: line + 1 + i }))
    .filter(({ text }) => !TRIVIAL.test(text));
}

function spoilers(page, fence, seen) {
  const known = telling(fence).filter(({ text }) => seen.has(text));
  const allowed = Number(fence.attrs.again ?? 0);
  if (known.length === allowed) return [];
  if (fence.attrs.again) {
    const where = known.map(({ text }) => seen.get(text)).join(', ') || 'nowhere';
    return [
      problem(
        page,
        fence.line,
        `again=${fence.attrs.again}, but ${known.length} of these lines were shown before: ${where}`,
      ),
    ];
  }
  return known.map(({ text, line }) =>
    problem(
      page,
      line,
      `${seen.get(text)} shows this line of a Predict box's answer: ask for something ` +
        `else, or show it later, or say again=${known.length} in the fence`,
    ),
  );
}

function needless(page, { attrs, line }) {
  if (attrs.again === undefined) return [];
  return [problem(page, line, 'again= belongs to the answer of a Predict box, and this is none')];
}
