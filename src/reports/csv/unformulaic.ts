const FORMULA_SIGNS = ['=', '+', '-', '@', '\u2212'];

/**
 * The text with an apostrophe where a spreadsheet would begin to calculate. csv-stringify looks at the first character
 * only; spreadsheets skip spaces, some normalise the many forms of `=` that Unicode has, and where the list separator
 * is a semicolon, they split a cell at each one.
 */
export function unformulaic(text: string): string {
  if (!text.includes(';')) return guarded(text);
  return text.split(';').map(guarded).join(';');
}

function guarded(text: string): string {
  const first = text.trimStart()[0]?.normalize('NFKC')[0] ?? '';
  return FORMULA_SIGNS.includes(first) ? `'${text}` : text;
}
