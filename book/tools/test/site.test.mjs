// What the Markdown becomes: the site, the page to print, and what pandoc gets.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createRequire } from 'node:module';
import { after, before, describe, it } from 'node:test';
import MiniSearch from 'minisearch';
import { readBook, renderBook, ROOT, searchEngine, weigh, writePrintPage, writeSite } from '../build.mjs';
import {
  commands, highlightLines, runnable, sourceFile, transcript, wordsOf,
} from '../code.mjs';
import { diagram } from '../diagrams.mjs';
import { epub, PRINT, SITE } from '../flavours.mjs';
import { renderPage } from '../markdown.mjs';
import { makeRepository, sharedIds } from './site_fixture.mjs';

const { ask, excerpt, OPTIONS, tokenize } = createRequire(import.meta.url)('../theme/search.js');

let root;
const folders = [];

before(() => {
  root = makeRepository();
  folders.push(root);
});

after(() => folders.forEach((folder) => fs.rmSync(folder, { recursive: true })));

function render(text, flavour = SITE) {
  return renderPage(readBook(root), '01_first.md', text, flavour);
}

function fixturePage(flavour) {
  return renderBook(root, flavour).rendered.find(({ name }) => name === '01_first.md');
}

function count(text, pattern) {
  return (text.match(pattern) ?? []).length;
}

describe('headings', () => {
  it('get the ids that GitHub gives', () => {
    const { sections } = render('# 1. A\n\n## What `x()` is?\n\n## Twice\n\n## Twice\n');
    assert.deepEqual(sections.map(({ id }) => id), ['1-a', 'what-x-is', 'twice', 'twice-1']);
  });

  it('give the page its title, the number apart', () => {
    const page = render('# 2. The event loop\n');
    assert.equal(page.title, '2. The event loop');
    assert.match(page.html, /<span class="number">2\.<\/span> The event loop<\/h1>/);
  });

  it('carry the name of their page where all pages are one', () => {
    const { sections } = render('# 1. A\n\n## A step\n', PRINT);
    assert.deepEqual(sections.map(({ id }) => id), ['01_first', '01_first--a-step']);
  });
});

describe('alerts', () => {
  it('become notes with a title', () => {
    const { html } = render('> [!WARNING]\n> It is *late*.\n>\n> Very.\n');
    assert.match(html, /<div class="alert warning" role="note" aria-label="Warning">/);
    assert.match(html, /alert-title">Warning:<\/span> It is <em>late<\/em>\.<\/p>\s*<p>Very/);
    assert.doesNotMatch(html, /\[!|blockquote/);
  });

  it('that say Predict are questions', () => {
    const turn = render('> [!NOTE]\n> *Your turn:* write it.\n').html;
    assert.match(turn, /class="alert your-turn" role="note" aria-label="Your turn"/);
    const { html } = render('> [!TIP]\n> *Predict:* which one?\n');
    assert.match(html, /class="alert predict" role="note" aria-label="Predict"/);
    assert.match(html, /alert-title">Predict:<\/span> which one\?/);
  });

  it('leave a plain quotation alone', () => {
    assert.match(render('> Said somebody.\n').html, /<blockquote>\s*<p>Said/);
  });
});

describe('folded answers', () => {
  const text = '<details><summary>Why `x`?</summary>\n\nBecause *so*.\n\n</details>\n';

  it('are details on the screen', () => {
    const { html } = render(text);
    assert.match(html, /<details><summary>Why <code>x<\/code>\?<\/summary>/);
    assert.match(html, /<p>Because <em>so<\/em>\.<\/p>\s*<\/div><\/details>/);
  });

  it('are at the back on paper, and the text says on which page', () => {
    const twice = `${text}\n${text.replace('Why `x`?', 'Hint 2')}`;
    const { html, answersHtml } = render(`${twice}\nText.\n\n${text}`, PRINT);
    assert.doesNotMatch(html, /<details|Because/);
    assert.match(html, /<div class="to-answer" id="question-1"><p>Why <code>x<\/code>\?; Hint 2: <a href="#answer-1">/);
    assert.match(html, /answer\u00a01, page\u00a0<span class="page-of" data-to="answer-1">000<\/span><\/a>/);
    assert.match(html, /href="#answer-2"/);
    assert.match(answersHtml, /id="answer-1">\s*<p class="answer-number"><b>Answer 1<\/b> <a href="#question-1">/);
    assert.equal(count(answersHtml, /<p>Because <em>so/g), 3);
    assert.match(answersHtml, /<p class="summary"><strong>Hint 2<\/strong><\/p>\s*<p>Because/);
  });

  it('of "Check yourself" leave their questions on paper, with numbers', () => {
    const two = `${text}\n${text.replace('x', 'y')}`;
    const { html, answersHtml } = render(`# A\n\n## Check yourself\n\n${two}`, PRINT);
    assert.match(html, /<b>1\.<\/b> Why <code>x.*\n.*<b>2\.<\/b> Why <code>y.*\n.*<p>Answers: <a/);
    assert.match(answersHtml, /<p class="summary"><strong>1\.<\/strong><\/p>\s*<p>Because[\s\S]*<strong>2\.</);
    assert.doesNotMatch(answersHtml, /Why/);
  });

  it('that are for a second reading stay in the text', () => {
    const { html, answersHtml } = render(text.replace('Why', 'For a second reading: why'), PRINT);
    assert.match(html, /<div class="answer"><p class="summary">For a second.*\s*<p>Because/);
    assert.equal(answersHtml, '');
  });

  it('are at the back of an EPUB, without pages', () => {
    const { html, answersHtml } = render(text, epub('pictures'));
    assert.match(html, /<a href="#answer-1">answer\u00a01<\/a>/);
    assert.match(answersHtml, /Because/);
    const names = renderBook(root, epub('pictures')).rendered.map(({ name }) => name);
    assert.equal(names.at(-1), 'answers.md');
  });
});

describe('HTML in the Markdown', () => {
  it('is a problem with its line, and never reaches the page', () => {
    const { html, problems } = render('Text.\n\n<div onclick="x()">no</div>\n');
    assert.doesNotMatch(html, /<div onclick/);
    assert.deepEqual(problems.map(({ file, line }) => [file, line]), [['book/01_first.md', 3]]);
  });

  it('in a line is text', () => {
    assert.match(render('A span<int> is short.\n').html, /span&lt;int&gt; is/);
  });

  it('may be a comment, which is dropped', () => {
    const { html, problems } = render('<!-- exercises:begin 01 -->\n\nText <!-- x --> here.\n');
    assert.doesNotMatch(html, /<!--/);
    assert.equal(problems.length, 0);
  });
});

describe('links', () => {
  it('go to pages, sections, sources and folders', () => {
    const { html, sources } = render('[a](README.md) [b](01_first.md#a-step) [c](#x)\n'
      + '[d](../chapters/01_first/main.cpp) [e](../chapters/01_first)\n'
      + '[f](https://peps.python.org)\n');
    const hrefs = [...html.matchAll(/href="([^"]*)"/g)].map(([, href]) => href);
    assert.deepEqual(hrefs, ['index.html', '01_first.html#a-step', '01_first.html#x',
      'source/chapters/01_first/main.cpp.html', 'source/index.html#chapters/01_first',
      'https://peps.python.org']);
    assert.deepEqual([...sources], ['chapters/01_first/main.cpp']);
  });

  it('that go nowhere are problems with their line', () => {
    const { html, problems } = render('Text\n\n[a](nowhere.md)\n');
    assert.doesNotMatch(html, /<a/);
    assert.equal(problems[0].line, 3);
    assert.match(problems[0].text, /nowhere\.md/);
  });

  it('stay inside of the one page, and lose what it has not', () => {
    const { html, problems } = render('[a](README.md) [b](01_first.md#a-step) [c](play.md)\n'
      + '[d](../chapters/01_first/main.cpp)\n', PRINT);
    const hrefs = [...html.matchAll(/href="([^"]*)"/g)].map(([, href]) => href);
    assert.deepEqual(hrefs, ['#index', '#01_first--a-step']);
    assert.match(html, /c\s+d/);
    assert.equal(problems.length, 0);
  });
});

describe('running text', () => {
  it('keeps a number and its unit on one line', () => {
    const { html } = render('It takes 0.15 s, or 20 ms of chapter 2. It has 3 stops, `1 s`.\n');
    assert.match(render('Say `--virtual-time` or `a-b`.\n').html,
      /<code class="option">--virtual-time<\/code> or <code>a-b</);
    assert.match(html, /0\.15\u00a0s, or 20\u00a0ms of chapter\u00a02\. It has 3 stops, <code>1 s</);
  });

  it('has Python and C++ side by side', () => {
    const fence = (language) => `\`\`\`${language} x=y\ncode\n\`\`\`\n`;
    assert.equal(count(render(`${fence('python')}\n${fence('cpp')}`).html,
      /<div class="side-by-side">\s*<figure class="listing python[\s\S]*?listing cpp/g), 1);
    assert.doesNotMatch(render(`${fence('cpp')}\n${fence('cpp')}`).html, /side-by-side/);
  });
});

describe('terms', () => {
  const files = {
    'book/book.json': JSON.stringify({
      title: 'A small book', pages: ['README.md', '01_first.md', '02_second.md', 'glossary.md'],
    }),
    'book/01_first.md': '# 1. A\n\nA **seam** is a place. A **`Ref`** counts. A seam.\n',
    'book/02_second.md': '# 2. Seams\n\n## Seams\n\n[seam](01_first.md) and `seam`.\n\n'
      + '<details><summary>Why?</summary>\n\nA seam.\n\n</details>\n\n'
      + 'Two Seams, a seam and a `Ref`.\n',
    'book/glossary.md': '# Glossary\n\n* **seam** ([chapter 1](01_first.md#1-a)): A seam is a place.\n'
      + '\n* **`Ref`** ([chapter 1](01_first.md#1-a)): A Ref counts.\n',
  };
  let pages;
  before(() => {
    const other = makeRepository(files);
    folders.push(other);
    pages = new Map(renderBook(other, SITE).rendered.map(({ name, html }) => [name, html]));
  });

  it('have addresses, in their page and in the glossary', () => {
    assert.match(pages.get('01_first.md'), /A <strong id="term-seam">seam<.*id="term-ref"><code>Ref/);
    assert.match(pages.get('glossary.md'), /<strong id="term-seam">seam<\/strong> \(<a href="01_first.html#term-seam">chapter/);
    assert.match(pages.get('glossary.md'), /id="term-ref"><code>Ref.*01_first.html#term-ref">/);
  });

  it('lead to the glossary at their first use in the text of another page, and only there', () => {
    const links = [...pages.get('02_second.md').matchAll(/<a class="term" href="([^"]*)" title="([^"]*)">(.*?)<\/a>/g)]
      .map((match) => match.slice(1));
    assert.deepEqual(links, [
      ['glossary.html#term-seam', 'A seam is a place.', 'Seams'],
      ['glossary.html#term-ref', 'A Ref counts.', '<code>Ref</code>'],
    ]);
    assert.match(pages.get('02_second.md'), /Two <a class="term"[^>]*>Seams<\/a>, a seam and/);
    assert.doesNotMatch(pages.get('01_first.md'), /class="term"/);
  });
});

describe('listings', () => {
  it('say where they are from, line for line, without the marks in between', () => {
    const { html } = fixturePage(SITE);
    assert.match(html, /data-file="chapters\/01_first\/main\.cpp" data-first="5" data-last="9"/);
    assert.deepEqual([...html.matchAll(/data-line="(\d+)"/g)].map(([, line]) => line),
      ['5', '7', '9']);
    assert.match(html, /href="source\/chapters\/01_first\/main\.cpp\.html#region-work"/);
  });

  it('keep the text to the letter', () => {
    const { html } = fixturePage(SITE);
    const code = html.match(/<figure class="listing cpp"[\s\S]*?<code>([\s\S]*?)<\/code>/)[1];
    const text = code.replace(/<[^>]*>/g, '').replace(/&lt;/g, '<');
    assert.equal(text, 'int work(int first) {\n'
      + '  return first + 1;  // a line that is nearly eighty columns wide, not more, <\n}\n');
  });

  it('whose region is gone are problems', () => {
    const fence = '```cpp file=chapters/01_first/main.cpp region=gone\n```\n';
    const { problems } = render(`Text\n\n${fence}`);
    assert.equal(problems[0].line, 3);
    assert.match(problems[0].text, /no region gone/);
  });

  it('colour a comment over several lines, and close every span in its line', () => {
    const lines = highlightLines('/* one\n two */ int x;', 'cpp');
    for (const line of lines) {
      assert.equal(count(line, /<span/g), count(line, /<\/span>/g), line);
    }
    assert.match(lines[1], /^ <span class="c-comment">two \*\/ <\/span><span class="c-type">int/);
  });

  it('give the same kind of name the same colour', () => {
    const code = 'Coroutine<> polite(Loop& loop) {\n  co_await asyncio::sleep(0s);\n}\n'
      + 'int greedy(int);\nvoid run() {\n  common::CommandLine line("polite");\n'
      + '  Recorded<Loop> loop(line);\n  loop.call_soon(polite);\n  greedy(1);\n'
      + '  auto t = std::chrono::seconds(1);\n}\nclass A {\n public:\n};\n';
    const kinds = new Map();
    for (const { text, kind } of wordsOf(code, 'cpp').flat()) {
      if (kind === 'string' || !/^[a-zA-Z]/.test(text)) continue;
      kinds.set(text, [...new Set([...kinds.get(text) ?? [], kind])]);
    }
    const is = (kind, ...names) => names.forEach((name) =>
      assert.deepEqual(kinds.get(name), [kind], name));
    is('name', 'polite', 'greedy', 'sleep', 'call_soon', 'run');
    is('type', 'Coroutine', 'Loop', 'CommandLine', 'Recorded', 'seconds', 'int');
    is('keyword', 'co_await', 'public');
    is('', 'loop', 'line', 'asyncio', 'common', 't');
  });

  it('have the colours of their whole file', () => {
    const source = 'void polite() {}\n// #region x\n  call(polite);\n// #endregion x\n';
    const other = makeRepository({ 'chapters/01_first/other.cpp': source });
    folders.push(other);
    const fence = '```cpp file=chapters/01_first/other.cpp region=x\ncall(polite);\n```\n';
    const { html } = renderPage(readBook(other), '01_first.md', fence, SITE);
    assert.match(html, /data-line="3"><span class="c-name">call<\/span>\(<span class="c-name">polite</);
  });

  it('show whole files with an address and a number for each line', () => {
    const html = sourceFile('int a;\nint b;\n', 'x.cpp');
    assert.equal(count(html, /id="L\d+"/g), 2);
    assert.match(html, /id="L2" data-line="2"><span class="c-type">int/);
  });

  it('hide the marks of regions, and lead back to where a region is shown', () => {
    const code = '// #region a\nint a;\n// #region b\nint b;\n// #endregion a\n// #endregion b\nint c;\n'
      + '// #region unseen\nint d;\n// #endregion unseen\n';
    const place = (href) => [{ href, title: 'A <page>' }];
    const html = sourceFile(code, 'x.cpp', new Map([['a', place('a.html#l')], ['b', place('b')]]));
    assert.doesNotMatch(html, /#region|#endregion|unseen/);
    assert.deepEqual([...html.matchAll(/id="L(\d+)"/g)].map(([, line]) => line), ['2', '4', '7', '9']);
    assert.match(html, /id="region-a"><span class="back">shown in <a href="a.html#l">A &lt;page&gt;</);
    assert.equal(count(html, /<span/g), count(html, /<\/span>/g));
    assert.match(html, /<\/span><\/span><span class="line" id="L7"/);
  });
});

describe('transcripts and commands', () => {
  it('have the prompt in the style and not in the text', () => {
    assert.doesNotMatch(transcript('$ run -v\nout'), /\$/);
    assert.doesNotMatch(commands('./workbook run'), /\$/);
  });

  it('have the command, and only the command, in their code element', () => {
    const html = transcript('$ 08 -v\nINFO: <a>\n...\nend');
    const code = html.match(/<code[^>]*>([\s\S]*?)<\/code>/)[1].replace(/<[^>]*>/g, '');
    assert.equal(code, '08 -v');
    assert.match(html, /<samp>.*INFO<\/span>: &lt;a&gt;/);
    assert.match(html, /class="line cut" title="lines left out"/);
  });

  it('give for copying a command that works at the top of the repository', () => {
    const cases = [
      ['08_x -v', 'chapters/08_x/expected/verbose.txt', './workbook run 8 -v'],
      ['A_B=1 05_x', 'chapters/05_x/expected/set.txt', 'A_B=1 ./workbook run 5'],
      ['03_lost', 'book/traps/03_lost.txt', 'build/bin/03_lost'],
      ['A_B=1 03_lost', 'book/traps/03_lost.txt', 'A_B=1 build/bin/03_lost'],
      ['g++ -c x.cpp', 'book/traps/refused/03_x.txt', 'g++ -c x.cpp'],
      ['python3 x.py -v', 'book/python/x.txt', 'python3 book/python/x.py -v'],
      ['ls', undefined, 'ls'],
    ];
    for (const [typed, file, copied] of cases) assert.equal(runnable(typed, file), copied);
    assert.match(transcript('$ 08_x\nout', 'chapters/08_x/expected/a.txt'),
      /data-copy=".\/workbook run 8">08_x</);
    for (const file of ['chapters/08_x/steps/1_a.txt', 'tests/steps/08_x/1_a/starter.txt']) {
      assert.match(transcript('$ 8.1\nout', file), /data-copy=".\/workbook run 8.1">.\/workbook/);
    }
  });

  it('mark the level of a log line', () => {
    const html = transcript('$ x\nWARNING: a\n   INFO: b\nno WARNING: c');
    assert.equal(count(html, /class="level/g), 2);
    assert.match(html, /   <span class="level info">INFO<\/span>: b/);
  });

  it('without output have no empty box', () => {
    assert.doesNotMatch(transcript('$ x'), /<pre/);
  });
});

describe('diagrams', () => {
  const code = '╭───────╮ if ╭───╮\n│ x < y ├───→│ b │\n╰───────╯    ╰───╯';
  const draw = (text) => diagram(text, { alt: 'An "arrow"' });

  it('have words, boxes and an arrow that touches the second box', () => {
    const svg = draw(code);
    assert.match(svg, /role="img" aria-label="An &quot;arrow&quot;"/);
    assert.equal(count(svg, /<rect /g), 2);
    assert.deepEqual([...svg.matchAll(/<text[^>]*>([^<]*)/g)].map(([, words]) => words),
      ['if', 'x &lt; y', 'b']);
    const box = svg.match(/<rect x="([\d.]+)" y="9" width="32"/);
    assert.match(svg, new RegExp(`<path d="M${box[1]},27L`), 'the point of the arrow');
  });

  it('tell words inside of a box from those outside', () => {
    const [outside, inside] = draw(code).match(/<text[^>]*fill="[^"]*"/g);
    assert.match(outside, /--soft/);
    assert.match(inside, /--ink/);
  });

  it('fetch nothing, rule nothing outside of themselves, and have no ids', () => {
    assert.doesNotMatch(draw(code), /@import|<style|url\(| id=/);
  });

  it('follow the colours of a page, and have their own outside of one', () => {
    const bars = `${code}\n██▓▓░░`;
    assert.match(draw(bars), /var\(--run, #\w+\)/);
    assert.doesNotMatch(diagram(bars, { alt: '', fixed: true }), /var\(/);
  });

  it('with a long description show it below the picture', () => {
    const { html } = fixturePage(SITE);
    assert.equal(count(html, /<figure class="diagram"/g), 2);
    assert.equal(count(html, /<figcaption>One box leads to another\. Nothing/g), 1);
  });

  it('that cannot be drawn are problems', () => {
    const problem = (line) => render(`\`\`\`drawing alt="x"\n${line}\n\`\`\`\n`).problems[0]?.text;
    assert.match(problem('─→ ⇒'), /cannot be drawn: there is no line, arrow or bar '⇒'/);
    assert.match(problem('─'.repeat(45)), /it has 45 columns, and a telephone shows 44/);
    assert.equal(problem('─'.repeat(44)), undefined);
  });
});

describe('players', () => {
  it('hold trace, source and table, and cannot be broken out of', () => {
    const { html, scripts } = fixturePage(SITE);
    assert.equal(count(html, /<loop-player /g), 2);
    assert.match(html, /<div class="players pair">/);
    const data = /<script type="application\/json">([\s\S]*?)<\/script>/g;
    for (const [, json] of html.matchAll(data)) {
      assert.doesNotMatch(json, /</);
      assert.ok(Array.isArray(JSON.parse(json)));
    }
    assert.equal(count(html, /<table class="trace-table"/g), 2);
    assert.ok(scripts.has('loop-player.js'));
  });

  it('are short tables on paper', () => {
    const { html } = fixturePage(PRINT);
    assert.doesNotMatch(html, /<loop-player|<script|class="[^"]*\bminor\b/);
    assert.match(fixturePage(SITE).html, /class="minor"/);
    assert.equal(count(html, /<table class="trace-table"/g), 2);
  });

  it('say in plain Markdown how to see them, and in the site need not', () => {
    const link = '[Watch](../chapters/01_first/expected/late.trace.json "loop-player")';
    assert.match(render(`${link}\n`).problems[0].text, /say after the links how to see it/);
    const { html, problems } = render(`${link} (\`./workbook book --open\` plays it)\n`);
    assert.deepEqual(problems, []);
    assert.doesNotMatch(html, /plays it/);
    assert.match(html, /^<div class="players"><div class="player">/);
  });

  it('open at the step that the link names, or at one worth a look', () => {
    const late = '../chapters/01_first/expected/late.trace.json';
    const start = (link) => render(`[Watch](${link} "loop-player")\n`).html.match(/ start="(\d+)"/);
    assert.notEqual(start(late)[1], '1');
    assert.equal(start(`${late}#the-selector-watches`)[1], '1');
    const { problems } = render(`[Watch](${late}#no-such-words "loop-player")\n`);
    assert.match(problems.at(-1).text, /no step of .*late.trace.json says "no-such-words"/);
  });

  describe('with a knob', () => {
    const run = (options, trace, moment = '') =>
      `[${options}](../chapters/01_first/expected/${trace}.trace.json${moment} "loop-knob")\n`;
    const both = run('--block 1', 'late') + run('--block 0.5', 'verbose', '#step-inner-runs');

    it('hold their runs in the order of the values, and a table of them', () => {
      const { html, problems, traces } = render(both);
      assert.deepEqual(problems, []);
      assert.equal(count(html, /<loop-player id="knob-verbose"/g), 1);
      const data = JSON.parse(html.match(/data-knob>([\s\S]*?)<\/script>/)[1]);
      assert.deepEqual(data.knobs, [{ name: '--block', values: ['0.5', '1'] }]);
      assert.deepEqual([data.first, data.runs.length], [0, 2]);
      assert.match(html, /<td>0.5 s<\/td><td>Executing[^]*<td>1 s<\/td>/);
      assert.equal(traces.size, 2);
    });

    it('are tables on paper', () => {
      const { html } = render(both, PRINT);
      assert.doesNotMatch(html, /<loop-player|<script/);
      assert.equal(count(html, /<table class="trace-table"/g), 2);
    });

    it('need a run for each combination, named by what it had', () => {
      const problem = (text) => render(text).problems[0]?.text;
      assert.match(problem(run('--a 1 --b 1', 'late') + run('--a 2 --b 2', 'verbose')),
        /--a and --b needs 4 different runs, .* not 2/);
      assert.match(problem(run('fast', 'late')), /named by options, and not by "fast"/);
      assert.match(problem(run('--block 1', 'no')), /there is no trace/);
      fs.writeFileSync(path.join(root, 'chapters/01_first/expected/late.txt'), '$ late --block 2\n');
      assert.match(problem(run('--block 1', 'late')),
        /is called --block 1, but its command is late --block 2/);
      fs.rmSync(path.join(root, 'chapters/01_first/expected/late.txt'));
    });
  });

  it('without a trace are problems', () => {
    const trace = '../chapters/01_first/expected/no.trace.json';
    const { problems } = render(`[Watch](${trace} "loop-player")\n`);
    assert.ok(problems.some(({ text }) => /no trace/.test(text)));
  });
});

describe('pictures', () => {
  const svg = '<svg viewBox="0 0 1 1">\n<style>.a { fill: red }</style>\n<text>x</text>\n</svg>\n';

  it('of text are a part of the page, and take its colours', () => {
    const other = makeRepository({ 'book/p.svg': svg });
    folders.push(other);
    const shown = (flavour) =>
      renderPage(readBook(other), '01_first.md', '![A "p"](p.svg)\n', flavour);
    assert.match(shown(SITE).html,
      /<svg class="picture" role="img" aria-label="A &quot;p&quot;" viewBox="0 0 1 1"> <text>/);
    assert.match(shown(epub('pictures')).html, /<img src="pictures\/p.svg" alt="A &quot;p&quot;"/);
  });

  it('quote what the program prints', () => {
    const read = (file) => fs.readFileSync(path.join(ROOT, file), 'utf8');
    const printed = read('chapters/08_asyncio_debug/expected/verbose.txt');
    const quoted = [...read('book/pictures/what_you_build.svg')
      .matchAll(/class="ink mono"[^>]*>([^<]*)</g)].map(([, text]) => text.replace('&lt;', '<')
      .replace('&gt;', '>'));
    assert.equal(quoted.length, 9);
    for (const text of quoted) assert.ok(printed.includes(text), text);
  });
});

describe('the EPUB\'s HTML', () => {
  it('has plain code with its language, and pictures as files', () => {
    const page = fixturePage(epub('pictures'));
    assert.match(page.html, /<pre class="cpp"><code>int work/);
    assert.match(page.html, /<img src="pictures\/[^"]+\.svg" alt="A bar of time">/);
    assert.equal(page.pictures.size, 2);
    assert.doesNotMatch(page.html, /class="c-|<svg|<script/);
  });
});

describe('the search', () => {
  function engineOf(sections) {
    const engine = new MiniSearch(OPTIONS);
    sections.forEach(({ body, ...section }, id) =>
      engine.add({ id, page: '', url: `${id}`, kind: 'chapter', sentences: [body], body, ...section }));
    return engine;
  }
  const engine = engineOf([
    { title: 'What counts as slow', body: 'The member slow_callback_duration is public.' },
    { title: 'Timers', body: 'A heap of deadlines, one callback each.' },
  ]);
  const titles = (typed, asked = engine) => ask(asked, typed).map(({ title }) => title);

  it('finds a name, its beginning, a part of it, and a slip of the finger', () => {
    for (const typed of ['slow_callback_duration', 'slow_call', 'duration', 'slow_calback_duraton',
      'SLOW_CALLBACK_DURATION', 'loop.slow_callback_duration'.slice(5), 'durations']) {
      assert.deepEqual(titles(typed), ['What counts as slow'], typed);
    }
  });

  it('puts a chapter before what only mentions it', () => {
    const text = { title: 'A limit', body: 'The limit is a number.' };
    const both = engineOf([{ ...text, kind: 'back' }, text]);
    assert.deepEqual(ask(both, 'limit').map(({ url }) => url), ['1', '0']);
  });

  it('puts all words before some, and asks for no stop word', () => {
    assert.deepEqual(titles('heap callback'), ['Timers', 'What counts as slow']);
    assert.deepEqual(titles('how do I see the heap?'), ['Timers']);
    assert.deepEqual(titles('heap nonexistent'), ['Timers']);
    assert.deepEqual(titles(' ?! '), []);
    assert.deepEqual(titles('what is it'), []);
  });

  it('puts a whole word before the beginning of one, and that before a slip', () => {
    const three = engineOf([
      { title: 'Fold', body: 'A pole.' },
      { title: 'Polls', body: 'It polled and polled, and all of them were polled.' },
      { title: 'Last', body: `One poll ${'among many other words '.repeat(30)}.` },
    ]);
    assert.deepEqual(titles('poll', three), ['Polls', 'Last']);
    assert.deepEqual(titles('poll', engineOf([
      { title: 'A', body: 'It polled and polled.' },
      { title: 'B', body: `One poll ${'among many other words '.repeat(30)}.` },
    ])), ['B', 'A']);
    assert.deepEqual(titles('deadlinse'), ['Timers']);
  });

  it('puts a definition first', () => {
    const both = engineOf([
      { title: 'A limit, the limit', body: 'The limit limits. Limit!' },
      { title: 'limit', term: 'limit', kind: 'term', body: 'A limit is a number.' },
    ]);
    assert.equal(titles('limits', both)[0], 'limit');
  });

  it('keeps a name whole beside its parts', () => {
    assert.deepEqual(tokenize('loop.call_soon(x)'), ['loop', 'call_soon', 'call', 'soon', 'x']);
    assert.deepEqual(tokenize('last_end_'), ['last_end_', 'last', 'end']);
  });

  it('shows the sentence with most of the words, whole', () => {
    const sentences = ['A hit comes first.', 'The Hits (1) and the other.', 'And more.', 'Far away.'];
    const parts = excerpt(sentences, ['hit', 'other'], 40);
    assert.equal(parts.map(({ text }) => text).join(''), 'The Hits (1) and the other. And more.');
    assert.deepEqual(parts.filter(({ hit }) => hit).map(({ text }) => text), ['Hits', 'other']);
    const long = excerpt([`A ${'long '.repeat(50)}hit.`], ['hit'], 40);
    assert.match(long.map(({ text }) => text).join(''), /^A long .* …$/);
    assert.deepEqual(excerpt([], ['hit'], 40), []);
  });

  it('takes what was typed literally', () => {
    assert.doesNotThrow(() => excerpt(['a (b'], ['(b', '[', '*'], 20));
  });
});

describe('the search of the book', () => {
  // What people type, and the page that must come first.
  const FIRST = [
    ['how do I close the loop', '07_resource_warning_piece.html#what-is-left-at-close'],
    ['why is my server slow', '06_slow_callback_piece.html'],
    ['Ref', '02_event_loop_piece.html#term-ref'],
    ['epoll', '01_selector.html'],
    ['event loop', '02_event_loop.html#term-event-loop'],
    ['tasks', '03_coroutine_task_piece.html#term-task'],
    ['trampoline', '03_coroutine_task_driver.html#term-trampoline'],
    ['what is a future?', '03_coroutine_task_results.html#term-future'],
    ['slow_callback_duration', '06_slow_callback_piece.html'],
    ['slow_calback_duraton', '06_slow_callback_piece.html'],
    ['call_soon', '02_event_loop.html'],
    ['call_soon_threadsafe', '02_event_loop.html#step-5-a-callback-from-another-thread'],
    ['set_debug', '05_set_debug_piece.html#one-switch'],
    ['never awaited', '07_resource_warning_piece.html#term-never-awaited'],
    ['signal 11', 'common_mistakes.html#-signal-11-comes'],
    ['missing co_await', 'common_mistakes.html#-a-co_await-is-missing'],
    ['task was destroyed but it is pending', 'common_mistakes.html#-a-task-is-dropped'],
    ['exception in a callback', '02_event_loop_piece.html#when-a-callback-throws'],
    ['how to cancel a task', '03_coroutine_task_piece.html#stopping-somebody-who-waits'],
    ['symmetric transfer', 'appendix_coroutines.html'],
    ['EPOLLIN', '01_selector'],
    ['poll_selector', '01_selector_piece.html#a-selector-over-poll'],
    ['grade a class', 'instructor.html#grading-a-class'],
    ['who waits for whom', '12_wait_graph'],
    ['deadlock', '12_wait_graph.html#term-deadlock'],
    ['memory grows', '11_pulse_piece.html#what-grows'],
    ['why are timers late', '11_pulse.html#step-2-how-late-is-a-timer'],
    ['p99', '11_pulse_piece.html#the-trap-the-p99-that-forgot-the-stall'],
    ['watchdog', '10_watchdog.html'],
  ];

  let engine;
  before(() => { engine = searchEngine(renderBook(ROOT, SITE)); });

  for (const [typed, page] of FIRST) {
    it(`answers "${typed}" with ${page}`, () => {
      const urls = ask(engine, typed).map(({ url }) => url);
      assert.ok(urls[0].startsWith(page), urls.slice(0, 4).join('\n'));
    });
  }

  it('knows no hint, no answer and no pattern of the checks', () => {
    const texts = JSON.stringify(engine);
    const hint = 'Which two moments does a stopwatch need';
    const page = fs.readFileSync(path.join(ROOT, 'book/06_slow_callback_piece.md'), 'utf8');
    assert.ok(page.includes(hint));
    assert.ok(!texts.includes(hint));
    assert.ok(!texts.includes('concepts.html'));
  });
});

describe('the built site', () => {
  let book;
  let out;
  before(() => {
    out = fs.mkdtempSync(path.join(os.tmpdir(), 'book-out-'));
    folders.push(out);
    book = renderBook(root, SITE);
    fs.writeFileSync(path.join(out, 'old.html'), '');
    fs.writeFileSync(path.join(out, 'kept.pdf'), '');
    writeSite(book, out);
    writePrintPage(root, out);
  });

  it('has no problem, and nothing of an earlier build but the PDF', () => {
    assert.deepEqual(book.problems, []);
    assert.ok(!fs.existsSync(path.join(out, 'old.html')));
    assert.ok(fs.existsSync(path.join(out, 'kept.pdf')));
  });

  it('has every file and every id that its pages name', () => {
    const pages = fs.readdirSync(out, { recursive: true }).map(String)
      .filter((name) => name.endsWith('.html'));
    const ids = new Map(pages.map((name) => [name, new Set(
      [...fs.readFileSync(path.join(out, name), 'utf8').matchAll(/ id="([^"]*)"/g)]
        .map(([, id]) => id))]));
    assert.ok(pages.includes('source/chapters/01_first/main.cpp.html'));
    for (const name of pages) {
      const html = fs.readFileSync(path.join(out, name), 'utf8');
      for (const [, href] of html.matchAll(/ (?:href|src)="([^"]*)"/g)) {
        if (/^(data|https):/.test(href)) continue;
        const [file, id] = href.split('#');
        const target = file ? path.join(path.dirname(name), file) : name;
        assert.ok(fs.existsSync(path.join(out, target)), `${name}: ${href}`);
        if (id) assert.ok(ids.get(target).has(id), `${name}: ${href}`);
      }
    }
  });

  it('gives every id once a page', () => assert.deepEqual(sharedIds(out), []));

  it('has addresses outside of the folder in links alone', () => {
    for (const name of fs.readdirSync(out)) {
      if (!/\.(html|css)$/.test(name)) continue;
      const text = fs.readFileSync(path.join(out, name), 'utf8');
      assert.doesNotMatch(text, /(?:src|<link[^>]* href)="(?:https?:)?\/\/|@import|url\(['"]?http/);
    }
  });

  it('prints the pages that are something on paper', () => {
    const html = fs.readFileSync(path.join(out, 'print.html'), 'utf8');
    assert.equal(count(html, /<article/g), 3); // the answers are one
    assert.match(html, /<li class="chapter"><a href="#01_first">1. The first<\/a><span class="page-of"/);
    assert.doesNotMatch(html, /id="index--contents"/);
    assert.doesNotMatch(html, /<script|<details|trace-opener/);
  });

  it('weighs a page without the data of its players', () => {
    const page = weigh(book, out).find(({ name }) => name === '01_first.md');
    assert.ok(page.data > 10000, `${page.data}`);
    assert.ok(page.text < 40000, `${page.text}`);
    assert.ok(page.shared > 20000, `${page.shared}`);
  });
});
