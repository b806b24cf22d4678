import type { TextStyle } from './styles.js';
import { LEADING } from './styles.js';
import { Typesetter, type TextLine } from './typesetter.js';

export const MARGIN = 40;
const TOP = 62;
const BOTTOM = 58;

/** The pages of a document from top to bottom: where the next thing goes, and whether it still fits. */
export class Paper {
  readonly type: Typesetter;
  y = TOP;
  layout: 'portrait' | 'landscape' = 'portrait';

  constructor(readonly doc: PDFKit.PDFDocument) {
    this.type = new Typesetter(doc);
  }

  readonly left = MARGIN;

  get width(): number {
    return this.doc.page.width - 2 * MARGIN;
  }

  get bottom(): number {
    return this.doc.page.height - BOTTOM;
  }

  /** The height of an empty page. */
  get capacity(): number {
    return this.bottom - TOP;
  }

  /** Counts from zero. */
  get pageIndex(): number {
    return this.doc.bufferedPageRange().count - 1;
  }

  /** Goes on to the next page unless the height is left on this one. */
  room(height: number): void {
    if (this.y > TOP && this.y + height > this.bottom) this.nextPage();
  }

  /** Leaves the rest of the page empty; what comes next decides what the next page is like. */
  endPage(): void {
    this.y = this.bottom;
  }

  nextPage(layout = this.layout): void {
    this.layout = layout;
    this.doc.addPage({ size: 'A4', margin: 0, layout });
    this.y = TOP;
  }

  space(height: number): void {
    this.y = Math.min(this.y + height, this.bottom);
  }

  /** Draws what a screen reader passes over: rules, backgrounds and what is repeated on each page. */
  decorate(draw: () => void, type: 'Layout' | 'Pagination' = 'Layout'): void {
    this.doc.markContent('Artifact', { type });
    draw();
    this.doc.endMarkedContent();
  }

  /** Sets a text over as many lines and pages as it takes, as one element of the structure. */
  paragraph(parent: StructureElement, tag: string, text: string, style: TextStyle): void {
    const height = style.size * LEADING;
    const element = this.child(parent, tag);
    let lines = this.type.wrap(text, style, this.width);
    while (lines.length > 0) {
      this.room(height);
      const count = Math.max(1, Math.floor((this.bottom - this.y) / height));
      const here = lines.slice(0, count);
      element.add(() => here.forEach((line) => this.line(line, style)));
      lines = lines.slice(count);
    }
    element.end();
  }

  rule(y: number, width: number, { left = 0, color, thickness }: Rule): void {
    const { doc } = this;
    doc
      .moveTo(this.left + left, y)
      .lineTo(this.left + left + width, y)
      .lineWidth(thickness)
      .stroke(color);
  }

  child(parent: StructureElement, tag: string, options: PDFKit.Mixins.StructureElementOptions = {}): StructureElement {
    const element = this.doc.struct(tag, options);
    parent.add(element);
    return element;
  }

  private line(line: TextLine, style: TextStyle): void {
    this.type.draw(line, style, { x: this.left, y: this.y, width: this.width });
    this.y += style.size * LEADING;
  }
}

export type StructureElement = PDFKit.PDFStructureElement;

export interface Rule {
  /** From the left margin. */
  readonly left?: number;
  readonly color: string;
  readonly thickness: number;
}
