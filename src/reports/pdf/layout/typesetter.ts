import { isRightToLeft, visualRuns } from './bidi.js';
import { hasGlyph } from './fonts.js';
import { LEADING, type TextStyle } from './styles.js';

export interface TextLine {
  readonly text: string;
  readonly rightToLeft: boolean;
}

export interface LineBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly align?: 'left' | 'right';
}

const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
/** pdfkit lays out a text word by word, and remembers each word, unless it is told the features of the font to use. */
const IN_WORDS = { lineBreak: false };
const WHOLE = { lineBreak: false, features: [] };
/** Of the font's size: the room above a line that makes it stand in the middle of its leading. */
const ABOVE = (LEADING - 1.16) / 2;
/** A percent sign stays with its number. */
const BREAK = / (?!%)/;
/** Where a word that is too long is broken rather than between any two letters. */
const AFTER_SIGN = /[/⟩\-_:.,;?&=]/u;

/** Breaks texts into lines and draws lines. pdfkit's own breaking knows no text from right to left. */
export class Typesetter {
  private readonly covered = new Map<string, boolean>();

  constructor(private readonly doc: PDFKit.PDFDocument) {}

  width(text: string, style: TextStyle): number {
    this.use(style);
    return this.doc.widthOfString(this.printable(text, style));
  }

  wrap(text: string, style: TextStyle, width: number): TextLine[] {
    this.use(style);
    const shown = this.printable(text, style);
    const rightToLeft = isRightToLeft(shown);
    const lines = this.measure(shown) <= width ? [shown] : this.filled(shown, width);
    return lines.map((line) => ({ text: line, rightToLeft }));
  }

  draw({ text, rightToLeft }: TextLine, style: TextStyle, { x, y, width, align = 'left' }: LineBox): void {
    this.use(style);
    this.doc.fillColor(style.color);
    const runs = visualRuns(text, rightToLeft ? 'rtl' : 'ltr').map(({ text, shaped }) => {
      const options = shaped ? WHOLE : IN_WORDS;
      return { text, options, width: this.doc.widthOfString(text, options) };
    });
    const isAtRight = align === 'right' || rightToLeft;
    let left = x + (isAtRight ? width - runs.reduce((sum, run) => sum + run.width, 0) : 0);
    for (const run of runs) {
      this.doc.text(run.text, left, y + style.size * ABOVE, run.options);
      left += run.width;
    }
  }

  /** The text with what the font lacks named rather than drawn as an empty box. */
  printable(text: string, style: TextStyle): string {
    if (PRINTABLE_ASCII.test(text)) return text;
    this.use(style);
    return Array.from(text, (character) => (this.covers(character, style) ? character : nameOf(character))).join('');
  }

  private covers(character: string, { font }: TextStyle): boolean {
    const key = font + character;
    const known = this.covered.get(key) ?? hasGlyph(this.doc, character.codePointAt(0)!);
    this.covered.set(key, known);
    return known;
  }

  private filled(text: string, width: number): string[] {
    const lines: string[] = [];
    let line = '';
    for (const word of text.split(BREAK)) {
      const longer = line === '' ? word : `${line} ${word}`;
      if (this.measure(longer) <= width) {
        line = longer;
        continue;
      }
      if (line !== '') lines.push(line);
      const pieces = this.broken(word, width);
      lines.push(...pieces.slice(0, -1));
      line = pieces.at(-1) ?? '';
    }
    return line === '' ? lines : [...lines, line];
  }

  private broken(word: string, width: number): string[] {
    const pieces: string[] = [];
    let rest = Array.from(word);
    while (true) {
      const fitting = this.fitting(rest, width);
      if (fitting === rest.length) return [...pieces, rest.join('')];
      const sign = rest.slice(0, fitting).findLastIndex((character) => AFTER_SIGN.test(character)) + 1;
      const count = sign > fitting / 2 ? sign : fitting;
      pieces.push(rest.slice(0, count).join(''));
      rest = rest.slice(count);
    }
  }

  /** How many of the characters fit, at least one: a column may be narrower than a letter. */
  private fitting(characters: readonly string[], width: number): number {
    const fit = (count: number) =>
      count <= characters.length && this.doc.widthOfString(characters.slice(0, count).join(''), WHOLE) <= width;
    let fits = Math.min(1, characters.length);
    let tooMany = 2;
    for (; fit(tooMany); tooMany *= 2) fits = tooMany;
    while (tooMany - fits > 1) {
      const middle = (fits + tooMany) >> 1;
      if (fit(middle)) fits = middle;
      else tooMany = middle;
    }
    return fits;
  }

  private measure(text: string): number {
    return this.doc.widthOfString(text);
  }

  private use({ font, size }: TextStyle): void {
    this.doc.font(font).fontSize(size);
  }
}

function nameOf(character: string): string {
  return `⟨U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`;
}
