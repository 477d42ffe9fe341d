// An exercise's contract, chapters/NN_name/exercises/ID.hpp, as a page tells it: the
// comments of the functions that the learner writes, and of their class.
import fs from 'node:fs';
import path from 'node:path';

// The lines of a page about the task, or none if there is no contract. What is said
// above them, a title or an id, is not said once more.
export function taskOf(root, contract, said) {
  const file = path.join(root, contract);
  if (!fs.existsSync(file)) return []; // the check of links will tell
  const text = fs.readFileSync(file, 'utf8');
  const [comment] = text.match(/^(?:\/\/.*\n)*/);
  const goal = words(comment.trimEnd().split('\n')).join(' ').split(/ *This file is the contract/)[0];
  const [, name, rest] = goal.match(/^([^:]*): (.*)$/) ?? [];
  const isSaid = said.some((one) => name?.startsWith(one));
  const shown = isSaid ? rest[0].toUpperCase() + rest.slice(1) : goal;
  return [inCode(shown), '', ...functions(text).flatMap(told)];
}

function words(comment) {
  return comment.map((line) => line.trim().replace(/^\/\/ ?/, ''));
}

// --- Reading: [{ about, signatures, comment, given }], in the order of the contract ----

function functions(text) {
  const found = [];
  const state = { comment: [], code: '', about: [], last: null, begin: 0, isPublic: false };
  const [, body = ''] = text.match(/^namespace exercises \{\n([^]*)^\}/m) ?? [];
  for (const line of body.split('\n')) {
    if (/^\s*\/\//.test(line) && !state.code) state.comment.push(line);
    else if (line.trim() === '' && !state.code) forget(state);
    else if (/^\s*(public|protected|private):/.test(line)) state.isPublic = /public/.test(line);
    else {
      state.code += ` ${line.replace(/\/\/.*/, '').trim()}`;
      if (isWhole(state.code)) take(state, found);
    }
  }
  return found;
}

function forget(state) {
  state.comment = [];
  state.last = null;
}

// A declaration, or a function with its body, or the beginning or end of a class.
function isWhole(code) {
  if (/^ *(class|struct) \w+[^;{]*\{$/.test(code)) return true;
  const open = code.split('{').length - code.split('}').length;
  return open <= 0 && /[;}]$/.test(code);
}

// std::function<void()> is the type of a member, and no function.
function withoutTypes(code) {
  const shorter = code.replace(/<[^<>]*>/g, '');
  return shorter === code ? code : withoutTypes(shorter);
}

function take(state, found) {
  const { comment, last } = state;
  const code = state.code.trim();
  state.code = '';
  if (/^(class|struct) /.test(code) && code.endsWith('{')) {
    Object.assign(state, { about: words(comment), begin: found.length, isPublic: code.startsWith('struct') });
    return forget(state);
  }
  if (code === '};') {
    // A class of which nothing is to be written is for the contract alone.
    if (found.slice(state.begin).every(({ given }) => given)) found.length = state.begin;
    Object.assign(state, { about: [], isPublic: false });
  }
  const told = words(comment);
  const isFunction = /^(?!using |inline )[^={]*\w\([^{]*\)[^{}()]*;$/.test(withoutTypes(code)) &&
    !/= (default|delete);$/.test(code);
  if (!isFunction && state.isPublic && comment.length && !/^(using|virtual ~)/.test(code)) {
    const signature = code.split(/ ?(?:[={;]|: )/)[0];
    found.push({ about: state.about, signatures: [signature], comment: told, given: true });
    state.about = [];
  }
  if (!isFunction || told[0]?.startsWith('Nothing else calls')) return forget(state);
  const signature = code.replace(/(?: = 0| override)*;$/, '').replace(/\( /g, '(');
  if (comment.length) {
    state.last = { about: state.about, signatures: [signature], comment: told };
    found.push(state.last);
    state.about = [];
  } else if (last) {
    last.signatures.push(signature);
  }
  state.comment = [];
}

// --- Telling ---------------------------------------------------------------------------

function told({ about, signatures, comment, given }) {
  const yours = /^You write (this|these)( two| three| four)?(, too)?\.\s*/;
  const text = comment.join('\n').replace(yours, '').split('\n').filter((line, i) => i || line);
  const names = signatures.map((one) => `\`${one}\``).join(', ') + (given ? ' (given)' : '');
  const [first, ...rest] = markdown(text);
  const begins = first && !/^(```|\*)/.test(first);
  if (!begins) rest.unshift('', ...(first ? [first] : []));
  return [...markdown(about), begins ? `${names}: ${first}` : names, ...rest];
}

// A comment's paragraphs and lists; what is indented in it is code.
function markdown(lines) {
  const out = [];
  let inFence = false;
  let inList = false;
  for (const line of lines) {
    const indented = /^ {2}/.test(line);
    if (line.startsWith('* ')) inList = true;
    if (line === '') inList = false;
    const isCode = indented && !inList;
    if (isCode !== inFence && !(inFence && line === '')) {
      if (isCode && out.at(-1)) out.push('');
      out.push('```text'.slice(0, isCode ? 7 : 3));
      if (!isCode) out.push('');
      inFence = isCode;
    }
    if (inFence && line === '') continue;
    if (isCode) out.push(line.slice(2));
    else if (out.at(-1) && out.at(-1) !== '```' && line && !line.startsWith('* ')) {
      out.push(`${out.pop()} ${inCode(line.trim().replace(/ {2,}/g, ' '))}`);
    } else if (line || out.at(-1)) {
      if (line.startsWith('* ') && out.at(-1) && !out.at(-1).startsWith('* ')) out.push('');
      out.push(inCode(line.trimStart().replace(/^\* /, '\0').replace(/ {2,}/g, ' ')).replace('\0', '* '));
    }
  }
  if (inFence) out.push('```');
  while (out.at(-1) === '') out.pop();
  return out.length ? [...out, ''] : [];
}

const CODE = new RegExp(
  [
    '(?:\\w+(?:::|\\.|->))*~?\\w+(?:<[\\w:]*>)?\\([^()]*\\)(?:(?:\\.|->)\\w+\\([^()]*\\))*', // call_at(next_, beat)
    '(?:\\w+::)+\\w+(?:<[\\w:, ]+>)?', // std::vector<int>
    '\\b[a-z]\\w*_\\w*', // call_soon, served_
    '\\b(?:k[A-Z]\\w+|[A-Z][a-z]+[A-Z]\\w+|E[A-Z]{4,})\\b', // kWidth, CancelledError, EINTR
  ].join('|'),
  'g',
);

// Names of functions, types and variables in code type; the rest as it is to be read.
export function inCode(text) {
  return text
    .split(/(`[^`]*`)/)
    .map((part, i) => {
      if (i % 2) return part;
      let from = 0;
      let out = '';
      for (const match of part.matchAll(CODE)) {
        out += `${escaped(part.slice(from, match.index))}\`${match[0]}\``;
        from = match.index + match[0].length;
      }
      return out + escaped(part.slice(from));
    })
    .join('');
}

function escaped(text) {
  return text.replace(/[*<[\]]/g, '\\$&');
}
