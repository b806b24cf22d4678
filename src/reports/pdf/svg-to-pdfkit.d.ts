/** The package has no types of its own: those of its options that we use. */
declare module 'svg-to-pdfkit' {
  interface Options {
    readonly width: number;
    readonly height: number;
    readonly preserveAspectRatio: string;
    readonly assumePt: boolean;
    readonly fontCallback: (family: string, bold: boolean, italic: boolean) => string;
    readonly imageCallback: (link: string) => string;
    readonly documentCallback: (file: string) => unknown[];
    readonly warningCallback: (warning: string) => void;
  }
  // eslint-disable-next-line max-params -- theirs
  export default function SVGtoPDF(doc: PDFKit.PDFDocument, svg: string, x: number, y: number, options: Options): void;
}
