// @ts-expect-error The package has no types.
import untyped from 'svg-to-pdfkit';
import type { FontName } from './fonts.js';

const svgToPdf = untyped as unknown as (
  ...args: [doc: PDFKit.PDFDocument, svg: string, x: number, y: number, options: object]
) => void;

export interface Picture {
  readonly svg: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Draws lines and letters, not pixels; whatever a picture may refer to, nothing is fetched for it. */
export function drawSvg(doc: PDFKit.PDFDocument, { svg, x, y, width, height }: Picture): void {
  doc.save();
  svgToPdf(doc, svg, x, y, {
    ...{ width, height, preserveAspectRatio: 'xMinYMin meet', assumePt: true },
    fontCallback: (_family: string, isBold: boolean): FontName => (isBold ? 'bold' : 'regular'),
    imageCallback: () => '',
    documentCallback: () => [],
    warningCallback: () => undefined,
  });
  doc.restore();
}
