import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { visible, visibleLines } from '../../../src/reports/document/visible.js';

const FORBIDDEN =
  /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u061C\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF\u00AD\uFFFE\uFFFF]/u;
const JOINER_IN_PLACE = /(?<=\p{Emoji}\uFE0F?)\u200D(?=\p{Emoji})|(?<=م)\u200D(?=م)/gu;
const NASTY = [
  '\u202E',
  '\u200B',
  '\u200D',
  '\uFE0F',
  '\r',
  '\n',
  '\u2028',
  '\uD800',
  '\u0301',
  '\u0000',
  '👩',
  'م',
  'a',
];

describe('visible', () => {
  it.each([
    ['a direction override', 'safe\u202Etxt.exe', 'safe⟨U+202E⟩txt.exe'],
    ['an isolate', '\u2066x\u2069', '⟨U+2066⟩x⟨U+2069⟩'],
    ['an Arabic letter mark', 'a\u061Cb', 'a⟨U+061C⟩b'],
    ['a zero-width space', 'pay\u200Bpal', 'pay⟨U+200B⟩pal'],
    ['a joiner between Latin letters', 'pay\u200Dpal', 'pay⟨U+200D⟩pal'],
    ['a byte order mark', '\uFEFFa', '⟨U+FEFF⟩a'],
    ['a soft hyphen', 'a\u00ADb', 'a⟨U+00AD⟩b'],
    ['a tag character', 'a\u{E0041}', 'a⟨U+E0041⟩'],
    ['a Hangul filler', 'a\u3164', 'a⟨U+3164⟩'],
    ['NUL and escape', '\u0000\u001B[31m', '⟨U+0000⟩⟨U+001B⟩[31m'],
    ['a paragraph separator', 'a\u2029b', 'a⟨U+2029⟩b'],
    ['a lone surrogate', 'a\uDC00\uD800b', 'a⟨U+DC00⟩⟨U+D800⟩b'],
    ['a noncharacter', 'a\uFFFE', 'a⟨U+FFFE⟩'],
    ['line breaks and tabs', 'a\r\nb\nc\td', 'a ⏎ b ⏎ c d'],
    ['a second variation selector', '❤\uFE0F\uFE0F', '❤\uFE0F⟨U+FE0F⟩'],
  ])('shows %s', (_, text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  it.each([
    ['a family', '👨‍👩‍👧‍👦 🏳️‍🌈 👩🏽‍💻 1️⃣'],
    ['Persian', 'می‌خواهم'],
    ['Devanagari', 'क्‍ष'],
    ['Hebrew', 'שָׁלוֹם עולם'],
    ['a Japanese name', '葛\u{E0100}城市'],
    ['words', 'Rück-Bau: “5 %” → 日本語'],
  ])('leaves %s alone', (_, text) => {
    expect(visible(text)).toBe(text);
  });

  it('cuts between two characters and says how many are left', () => {
    expect(visible('abcdef', 4)).toBe('abcd… (+2 characters)');
    expect(visible('abc👨‍👩‍👧', 5)).toBe('abc… (+5 characters)');
    expect(visible('x'.repeat(5_000))).toBe(`${'x'.repeat(500)}… (+4500 characters)`);
  });

  it('cuts inside a character without end, and limits the marks upon it', () => {
    const shown = visible(`a${'\u0301'.repeat(5_000)}`, 100);
    expect(shown).toBe(`a${'\u0301'.repeat(4)}⟨+95 marks⟩… (+4901 characters)`);
  });

  it('keeps lines apart where there is room', () => {
    expect(visibleLines('one\n\ntwo\u202E\r\nthree')).toEqual(['one', 'two⟨U+202E⟩', 'three']);
  });

  it('leaves nothing hidden in any text', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.array(fc.constantFrom(...NASTY), { maxLength: 300 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 400 }), (value, max) => {
        const shown = visible(value, max);
        expect(shown).not.toMatch(FORBIDDEN);
        expect(shown.replace(JOINER_IN_PLACE, '')).not.toContain('\u200D');
        expect(visible(shown, 10_000)).toBe(shown);
      }),
      { numRuns: 2_000 },
    );
  });
});
