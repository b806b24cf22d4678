import { visible } from '../document/visible.js';

/** Taken for what they are by every Markdown, in tables too, where a backslash would be read twice. */
const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '|': '&#124;', $: '&#36;' };

/** What GitHub links or pictures after Markdown is done, whatever was escaped: only a node between stops it. */
const LINKED_LATER = /@|#(?=\w)|:(?=\/\/|[\w+-]+:)|www(?=\.)/gi;
const APART = '<!-- -->';

/**
 * A text as one line of Markdown that shows just that text, wherever it stands: no markup, link, picture, HTML, mention,
 * heading, list or end of a table's cell can come of it.
 */
export const escapeMarkdown = (text: string): string => escapeVisible(visible(text));

/** As {@link escapeMarkdown}, of what is visible already: it must not be cut twice. */
export function escapeVisible(line: string): string {
  return (
    line
      .replace(/\s+/g, ' ')
      .trim()
      .replace(LINKED_LATER, (match) => `${match}\u0000`)
      .replace(/[\\`*_~[\]{}#]/g, '\\$&')
      // A list, a rule or a heading is one at the beginning of a line only.
      .replace(/^[-+=:]|(?<=^\d+)[.)](?=\s|$)/, '\\$&')
      .replace(/[&<>|$]/g, (character) => ENTITIES[character] ?? '')
      .replaceAll('\u0000', APART)
  );
}

/** A link into the ledger's API around a text that is Markdown already; what is not a path of it is not linked. */
export function linked(markdown: string, to: string): string {
  if (!/^\/(?![/\\])[!-~]*$/.test(to)) return markdown;
  return `[${markdown}](${to.replace(/[()<>|\\`[\]]/g, (character) => `%${character.charCodeAt(0).toString(16)}`)})`;
}
