import PDFDocument from 'pdfkit';
import { addressText } from '../document/address.js';
import type { ReportDocument } from '../document/document.js';
import { visible } from '../document/visible.js';
import { registerFonts } from './layout/fonts.js';

/** An empty document of pdfkit whose bytes depend on nothing but what is put into it. */
export class ReportPdf extends PDFDocument {
  constructor({ title, address }: ReportDocument, compress: boolean) {
    // The report knows nothing of when it is rendered; the end of its period is the one time that it has. The file's
    // identifier is a hash of this information.
    const time = new Date(address.to);
    super({
      ...{ size: 'A4', margin: 0, bufferPages: true, autoFirstPage: false, compress },
      ...{ pdfVersion: '1.7', tagged: true, lang: 'en', displayTitle: true },
      info: {
        ...{ Title: visible(title, 200), Keywords: addressText(address) },
        ...{ Producer: 'Cairn', Creator: 'Cairn', CreationDate: time, ModDate: time },
      },
    });
    registerFonts(this);
  }

  /** pdfkit copies the information into XML as it is. */
  override endMetadata(): void {
    const { info } = this;
    const { Title = '', Keywords = '' } = info;
    this.info = { ...info, Title: escapeXml(Title), Keywords: escapeXml(Keywords) };
    super.endMetadata();
    this.info = info;
  }
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
