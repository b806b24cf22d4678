/** UTF-16 units of a text that a report shows; a reader who wants more follows the link to the event. */
const DEFAULT_MAX = 500;

/** More marks than any script stacks on one letter; beyond it they only smear over the neighbouring lines. */
const MAX_MARKS = 4;

const JOINING_SCRIPTS = [
  ...['Arabic', 'Syriac', 'Nko', 'Mongolian', 'Devanagari', 'Bengali', 'Gurmukhi', 'Gujarati', 'Oriya', 'Tamil'],
  ...['Telugu', 'Kannada', 'Malayalam', 'Sinhala', 'Khmer', 'Myanmar', 'Tibetan'],
];
const joined = `[${JOINING_SCRIPTS.map((script) => `\\p{Script=${script}}`).join('')}]`;

/** Invisible characters where a script or an emoji needs them: one at a time, between what they join. */
const NEEDED = [
  '(?<=[\\p{Extended_Pictographic}\\p{Emoji_Modifier}]|\\p{Extended_Pictographic}\\uFE0F)\\u200D(?=\\p{Extended_Pictographic})',
  `(?<=${joined})[\\u200C\\u200D](?=${joined})`,
  '(?<=\\p{Extended_Pictographic})[\\uFE0E\\uFE0F]',
  '(?<=[0-9#*])\\uFE0F(?=\\u20E3)',
  '(?<=\\p{Unified_Ideograph})[\\uFE00-\\uFE02\\u{E0100}-\\u{E01EF}]',
].join('|');

/**
 * What a reader does not see and a format may obey: controls, direction overrides, zero-width and other ignorable
 * characters, line and paragraph separators, lone surrogates, and what XML cannot hold.
 */
const HIDDEN =
  '[\\p{Cc}\\p{Zl}\\p{Zp}\\p{Cs}\\p{Default_Ignorable_Code_Point}\\p{Noncharacter_Code_Point}\\uFFF9-\\uFFFB]';

const LINE_BREAK = /\r\n|[\r\n\u0085]/;
const BREAKS_AND_TABS = new RegExp(`(${LINE_BREAK.source})|\\t`, 'g');
const NEEDED_OR_HIDDEN = new RegExp(`(${NEEDED})|${HIDDEN}`, 'gu');
const TOO_MANY_MARKS = new RegExp(`(\\p{Mn}{${MAX_MARKS}})(\\p{Mn}+)`, 'gu');

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * The text on one line, as harmless for a reader as plain words in every format: what is hidden is shown as `⟨U+202E⟩`,
 * a line break as `⏎`, and what is longer than `max` UTF-16 units is cut between two characters. It escapes nothing:
 * each format does that for itself.
 */
export function visible(text: string, max = DEFAULT_MAX): string {
  const { kept, left } = cut(text, max);
  const shown = reveal(kept.replace(BREAKS_AND_TABS, (_, isBreak?: string) => (isBreak ? ' ⏎ ' : ' ')));
  return left === 0 ? shown : `${shown}… (+${left} characters)`;
}

/** As {@link visible}, where there is room for several lines; empty ones are left out. */
export function visibleLines(text: string, max = 8 * DEFAULT_MAX): string[] {
  const { kept, left } = cut(text, max);
  const lines = kept.split(LINE_BREAK).filter((line) => line.trim() !== '');
  const shown = lines.map((line) => reveal(line.replaceAll('\t', ' ')));
  return left === 0 ? shown : [...shown, `… (+${left} characters)`];
}

function reveal(text: string): string {
  return text
    .replace(NEEDED_OR_HIDDEN, (character, needed?: string) => needed ?? codePoint(character))
    .replace(TOO_MANY_MARKS, (_, kept: string, rest: string) => `${kept}⟨+${[...rest].length} marks⟩`);
}

function codePoint(character: string): string {
  return `⟨U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`;
}

function cut(text: string, max: number): { kept: string; left: number } {
  if (text.length <= max) return { kept: text, left: 0 };
  // One "character" may be endless (a letter under a thousand accents); such a one is cut inside.
  const boundary = graphemes.segment(text).containing(max)?.index ?? 0;
  const kept = boundary > 0 ? text.slice(0, boundary) : text.slice(0, max).replace(/[\uD800-\uDBFF]$/, '');
  return { kept, left: [...text.slice(kept.length)].length };
}
