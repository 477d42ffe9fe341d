// A drawing as an inline SVG. Its source is a picture already, made of characters: lines and boxes
// (─ │ ╭ ╮ ╰ ╯ ├ ┤ ┬ ┴ ┼ ┄ ┊), arrow heads (→ ← ↑ ↓), bars of time (█ runs, ▓ is slow, ░ is late)
// and words. So a code host and a terminal show it too, and each place is chosen by hand.

import { escapeHtml } from './html.mjs';

// A cell in pixels. At this size 44 cells fit on a telephone, and letters are 13 pixels high.
const CELL = { width: 8, height: 18 };
const LETTERS = 13.4; // a letter of a fixed-width font is 0.6 of that wide: a cell
const MARGIN = 4; // on the left and the right, for letters that are a little wider
const SCALE = 1.2; // where there is room

/** The most columns that a telephone shows in letters that can be read. */
export const COLUMNS = 44;

// Which sides of its cell a line reaches: up, right, down, left.
const LINES = {
  '─': 'rl', '│': 'ud', '┄': 'rl', '┊': 'ud', '╭': 'rd', '╮': 'dl', '╰': 'ur', '╯': 'ul',
  '├': 'urd', '┤': 'udl', '┬': 'rdl', '┴': 'url', '┼': 'urdl',
};
const HEADS = { '→': [1, 0], '←': [-1, 0], '↑': [0, -1], '↓': [0, 1] };
const BARS = { '█': 'run', '▓': 'slow', '░': 'late' };

// The page's variables, and what a picture outside of a page (an EPUB) has instead.
const COLOURS = {
  ink: 'var(--ink, #22262c)', soft: 'var(--soft, #575e68)', panel: 'var(--panel, #f3f5f8)',
  run: 'var(--run, #2f7d4f)', slow: 'var(--slow, #b3261e)',
};

const round = (n) => Number(n.toFixed(1));
const middle = (x, y) => [round((x + 0.5) * CELL.width), round((y + 0.5) * CELL.height)];

class Drawing {
  constructor(code) {
    this.rows = code.split('\n').map((row) => [...row.trimEnd()]);
    this.columns = Math.max(...this.rows.map((row) => row.length));
    if (this.columns > COLUMNS) {
      throw new Error(`it has ${this.columns} columns, and a telephone shows ${COLUMNS}`);
    }
    const strange = code.match(/[^\n\x20-\x7e]/gu)?.find((c) => !this.isDrawn(c));
    if (strange) throw new Error(`there is no line, arrow or bar '${strange}'`);
    this.boxes = this.findBoxes();
  }

  isDrawn(c) {
    return c in LINES || c in HEADS || c in BARS;
  }

  at(x, y) {
    return this.rows[y]?.[x] ?? ' ';
  }

  reaches(x, y, side) {
    return (LINES[this.at(x, y)] ?? '').includes(side);
  }

  /** Calls `use(character, x, y)` for each cell that is not empty. */
  each(use) {
    this.rows.forEach((row, y) => row.forEach((c, x) => { if (c !== ' ') use(c, x, y); }));
  }

  findBoxes() {
    const boxes = [];
    this.each((c, x, y) => {
      if (c !== '╭') return;
      let right = x + 1;
      let bottom = y + 1;
      while (this.reaches(right, y, 'r') && this.reaches(right, y, 'l')) right++;
      while (this.reaches(x, bottom, 'u') && this.reaches(x, bottom, 'd')) bottom++;
      const corners = this.at(right, y) + this.at(x, bottom) + this.at(right, bottom);
      if (corners === '╮╰╯') boxes.push({ x, y, right, bottom });
    });
    return boxes;
  }

  boxHtml({ x, y, right, bottom }) {
    const [left, top] = middle(x, y);
    return `<rect x="${left}" y="${top}" width="${(right - x) * CELL.width}" `
      + `height="${(bottom - y) * CELL.height}" rx="5" fill="${COLOURS.panel}" `
      + `stroke="${COLOURS.soft}"/>`;
  }

  /** The part of a line in a cell. Where two sides meet, it is round. */
  strokes(c, x, y) {
    const [cx, cy] = middle(x, y);
    const end = {
      u: [cx, y * CELL.height], r: [(x + 1) * CELL.width, cy],
      d: [cx, (y + 1) * CELL.height], l: [x * CELL.width, cy],
    };
    const sides = LINES[c];
    if ('╭╮╰╯'.includes(c)) {
      const [a, b] = sides;
      return `M${end[a]}Q${cx} ${cy} ${end[b]}`;
    }
    return [...sides].map((side) => `M${cx} ${cy}L${end[side]}`).join('');
  }

  /** Straight lines in one go, so that a picture stays small: [character, from, to]. */
  runs(c, dx, dy) {
    const paths = [];
    this.each((found, x, y) => {
      if (found !== c || this.at(x - dx, y - dy) === c) return;
      let n = 1;
      while (this.at(x + n * dx, y + n * dy) === c) n++;
      const [cx, cy] = middle(x, y);
      paths.push(dx ? `M${x * CELL.width} ${cy}h${n * CELL.width}`
        : `M${cx} ${y * CELL.height}v${n * CELL.height}`);
    });
    return paths.join('');
  }

  lines() {
    let path = this.runs('─', 1, 0) + this.runs('│', 0, 1);
    const dashed = this.runs('┄', 1, 0) + this.runs('┊', 0, 1);
    this.each((c, x, y) => {
      const edge = this.boxes.some((box) => (x === box.x || x === box.right)
        && (y === box.y || y === box.bottom));
      if (c in LINES && !'─│┄┊'.includes(c) && !edge) path += this.strokes(c, x, y);
      if (c in HEADS) path += this.tail(c, x, y);
    });
    const look = `fill="none" stroke="${COLOURS.soft}" stroke-width="1.3"`;
    return `<path d="${path}" ${look}/>`
      + (dashed ? `<path d="${dashed}" ${look} stroke-dasharray="3 3"/>` : '');
  }

  /** Where an arrow points: to the next cell, or to a line in the middle of that. */
  tip(c, x, y) {
    const [dx, dy] = HEADS[c];
    const [cx, cy] = middle(x, y);
    const touches = this.at(x + dx, y + dy) in LINES ? 1 : 0.5;
    return [cx + dx * CELL.width * touches, cy + dy * CELL.height * touches];
  }

  /** The line that leads into an arrow head. */
  tail(c, x, y) {
    const [dx, dy] = HEADS[c];
    const [cx, cy] = middle(x, y);
    const [tx, ty] = this.tip(c, x, y);
    return `M${cx - (dx * CELL.width) / 2} ${cy - (dy * CELL.height) / 2}`
      + `L${tx - dx * 5} ${ty - dy * 5}`;
  }

  heads() {
    const paths = [];
    this.each((c, x, y) => {
      if (!(c in HEADS)) return;
      const [dx, dy] = HEADS[c];
      const tip = this.tip(c, x, y);
      const back = [tip[0] - dx * 9, tip[1] - dy * 9];
      paths.push(`M${tip}L${back[0] - dy * 4.5} ${back[1] - dx * 4.5}`
        + `L${back[0] + dy * 4.5} ${back[1] + dx * 4.5}Z`);
    });
    return paths.length ? `<path d="${paths.join('')}" fill="${COLOURS.ink}"/>` : '';
  }

  /** From the middle of their first cell, where a line above them ends, to that behind the last. */
  bars() {
    return this.rows.map((row, y) => [...row.join('').matchAll(/█+|▓+|░+/g)].map((bar) => {
      const kind = BARS[bar[0][0]];
      const size = kind === 'late' ? [7, 4] : [2, 14];
      return `<rect x="${(bar.index + 0.5) * CELL.width + 0.5}" y="${y * CELL.height + size[0]}" `
        + `width="${bar[0].length * CELL.width - 1}" height="${size[1]}" rx="2" `
        + `fill="${COLOURS[kind === 'late' ? 'slow' : kind]}"/>`;
    }).join('')).join('');
  }

  /** Words that stand in a line, with one space between them, are one text. */
  texts() {
    return this.rows.map((row, y) => {
      const line = row.map((c) => (this.isDrawn(c) ? '\0' : c)).join('');
      return [...line.matchAll(/[^\0 ]+(?: [^\0 ]+)*/g)]
        .map((found) => this.text(found[0], found.index, y)).join('');
    }).join('');
  }

  text(words, x, y) {
    const inside = this.boxes.some((box) =>
      x > box.x && x < box.right && y > box.y && y < box.bottom);
    return `<text x="${x * CELL.width}" y="${round((y + 0.5) * CELL.height + 4.6)}" `
      + `textLength="${words.length * CELL.width}" `
      + `fill="${inside ? COLOURS.ink : COLOURS.soft}">${escapeHtml(words)}</text>`;
  }

  html() {
    return this.boxes.map((box) => this.boxHtml(box)).join('') + this.lines() + this.bars()
      + this.heads() + this.texts();
  }
}

/** The picture of the drawing `code`; with `fixed` colours for a place outside of a page. */
export function diagram(code, { alt, fixed = false }) {
  const drawing = new Drawing(code);
  const width = drawing.columns * CELL.width + 2 * MARGIN;
  const height = drawing.rows.length * CELL.height;
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" role="img" '
    + `aria-label="${escapeHtml(alt)}" viewBox="${-MARGIN} 0 ${width} ${height}" `
    + `width="${Math.round(width * SCALE)}" height="${Math.round(height * SCALE)}" `
    + 'font-family="ui-monospace, \'SF Mono\', Menlo, Consolas, \'DejaVu Sans Mono\', monospace" '
    + `font-size="${LETTERS}">${drawing.html()}</svg>`;
  return fixed ? svg.replace(/var\(--\w+, (#\w+)\)/g, '$1') : svg;
}
