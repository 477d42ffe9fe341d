// What every module that writes HTML needs.

const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Escapes text for an element's content or for an attribute in double quotes. */
export function escapeHtml(text) {
  return String(text).replace(/[&<>"]/g, (character) => ENTITIES[character]);
}

/** Data inside a script element: the text must not be able to close it. */
export function escapeJson(json) {
  return json.replace(/</g, '\\u003c');
}
