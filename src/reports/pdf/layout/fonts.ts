import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export type FontName = 'regular' | 'bold' | 'mono';

const require = createRequire(import.meta.url);
const folder = dirname(require.resolve('dejavu-fonts-ttf/package.json'));
const FILES: Readonly<Record<FontName, string>> = {
  regular: 'DejaVuSansCondensed.ttf',
  bold: 'DejaVuSansCondensed-Bold.ttf',
  mono: 'DejaVuSansMono.ttf',
};

/** Embedded in the file, so that it looks alike everywhere: DejaVu knows Latin, Greek, Cyrillic, Hebrew and Arabic. */
export function registerFonts(doc: PDFKit.PDFDocument): void {
  for (const [name, file] of Object.entries(FILES)) doc.registerFont(name, join(folder, 'ttf', file));
}

/** Whether the current font of the document has the character. */
export function hasGlyph(doc: PDFKit.PDFDocument, codePoint: number): boolean {
  // pdfkit draws an empty box for what a font lacks, and has no public call that tells.
  const { _font } = doc as unknown as { _font: { font: { hasGlyphForCodePoint(codePoint: number): boolean } } };
  return _font.font.hasGlyphForCodePoint(codePoint);
}
