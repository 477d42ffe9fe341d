// Mermaid text as an inline SVG that follows the page's colours.

import { renderMermaidSVG } from 'beautiful-mermaid';
import { escapeHtml } from './html.mjs';

// The renderer's text has 13 pixels: a little small beside the book's.
const SCALE = 1.15;
const PADDING = 6;

/** For pictures outside of a page (an EPUB), which has no variables to follow. */
export const LIGHT_COLOURS = {
  '--bg': '#ffffff',
  '--_text': '#22262c',
  '--_text-sec': '#4f5762',
  '--_text-muted': '#4f5762',
  '--_text-faint': '#8b929c',
  '--_line': '#6d7682',
  '--_arrow': '#3c444f',
  '--_node-fill': '#f3f5f8',
  '--_node-stroke': '#8b95a3',
  '--_group-fill': '#fafbfc',
  '--_group-hdr': '#e9ecf0',
  '--_inner-stroke': '#ffffff',
  '--_key-badge': '#e9ecf0',
};

function resolve(svg, colours) {
  return svg.replace(/var\((--[\w-]+)\)/g, (_, name) => {
    if (!colours[name]) throw new Error(`a diagram uses the unknown colour ${name}`);
    return colours[name];
  });
}

/**
 * The picture of the Mermaid text `code`. `id` is unique on the page: arrow heads are found by
 * id. The style element goes, because in a page it would rule every other picture, and because
 * it fetches a font; book.css has its colours.
 */
export function diagram(code, { id, alt, colours }) {
  const drawn = renderMermaidSVG(code, { transparent: true, font: 'system-ui', padding: PADDING });
  const [, width, height] = drawn.match(/viewBox="0 0 ([\d.]+) ([\d.]+)"/);
  const size = [width, height].map((length) => Math.round(length * SCALE));
  const svg = drawn
    .replace(/<svg [^>]*>/, '<svg xmlns="http://www.w3.org/2000/svg" role="img" '
      + `aria-label="${escapeHtml(alt)}" viewBox="0 0 ${width} ${height}" `
      + `width="${size[0]}" height="${size[1]}" font-family="system-ui, sans-serif">`)
    .replace(/<style>[\s\S]*?<\/style>\s*/, '')
    .replace(/ data-[\w-]+="[^"]*"/g, '')
    .replace(/\bid="([\w-]+)"/g, `id="${id}-$1"`)
    .replace(/url\(#([\w-]+)\)/g, `url(#${id}-$1)`)
    .replace(/(\d+\.\d)\d+/g, '$1')
    .replace(/\n\s*/g, '\n')
    .trim();
  return colours ? resolve(svg, colours) : svg;
}
