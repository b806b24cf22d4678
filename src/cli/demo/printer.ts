import { colorsFor, widthOf } from '../terminal.js';

export interface Line {
  readonly time: string;
  readonly by: string;
  readonly text: string;
  readonly refusal?: { readonly reason: string; readonly detail: string; readonly hint?: string };
  /** Accepted, but bad news: a candidate that failed. */
  readonly isBad?: boolean;
}

/** Where the text of a line starts: two spaces, a time, a name, a mark. */
const INDENT = 2 + 16 + 2 + 15 + 2 + 2;
/** Where the name starts: from there on there is room for a reason and a hint. */
const REASON_INDENT = 2 + 16 + 2;

/** Writes the story as aligned lines, with what was refused and why below its line. */
export class Printer {
  readonly colors = colorsFor(process.stdout);
  readonly width = widthOf(process.stdout);

  heading(text: string): void {
    console.log(`\n${this.colors.bold(text)}`);
  }

  line({ time, by, text, refusal, isBad }: Line): void {
    const { green, red, yellow, dim } = this.colors;
    const mark = refusal ? red('✗') : isBad ? yellow('!') : green('✓');
    const shown = wrap(text, this.width - INDENT).join(`\n${' '.repeat(INDENT)}`);
    console.log(`  ${dim(time)}  ${by.padEnd(15)}  ${mark} ${shown}`);
    if (!refusal) return;
    this.below(`${refusal.reason}: ${refusal.detail}`, red);
    if (refusal.hint !== undefined) this.below(`hint: ${refusal.hint}`, dim);
  }

  private below(text: string, color: (text: string) => string): void {
    for (const part of wrap(text, this.width - REASON_INDENT)) console.log(' '.repeat(REASON_INDENT) + color(part));
  }
}

/** Breaks at spaces; a word that is too long stays whole. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (longer.length <= width || line === '') {
      line = longer;
    } else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line];
}
