const NEWLINE = 0x0a;

/** The lines of a text, each without its end. What stands after the last end is a line too, which none should be. */
export class Lines {
  private at = 0;

  constructor(private readonly text: Buffer) {}

  /** Undefined when there are no more. */
  next(): Buffer | undefined {
    if (this.at >= this.text.length) return undefined;
    const end = this.text.indexOf(NEWLINE, this.at);
    const line = this.text.subarray(this.at, end < 0 ? undefined : end);
    this.at = end < 0 ? this.text.length : end + 1;
    return line;
  }
}
