const SPACE = 0x20;
const NEWLINE = 0x0a;

/** C2SP signed-note: what has UTF-8, and no ASCII control characters but the newline. */
export function isNoteText(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < SPACE && code !== NEWLINE) return false;
  }
  return text.isWellFormed();
}
