import { addressText } from '../document/address.js';
import type { ReportDocument } from '../document/document.js';
import { formatTime } from '../document/format.js';
import { visible } from '../document/visible.js';
import { MARGIN, type Paper } from './layout/paper.js';
import { RULE, SMALL, type TextStyle } from './layout/styles.js';
import type { LineBox } from './layout/typesetter.js';

const PAGE_NUMBER_WIDTH = 70;
const THIN = { color: RULE, thickness: 0.5 };
const ADDRESS: TextStyle = { ...SMALL, size: 6 };

/** The head and foot of every page, written when it is known how many there are. */
export function stampPages(paper: Paper, document: ReportDocument): void {
  const { count } = paper.doc.bufferedPageRange();
  for (let index = 0; index < count; index++) {
    paper.doc.switchToPage(index);
    paper.decorate(() => stampPage(paper, document, `page ${index + 1} of ${count}`), 'Pagination');
  }
}

function stampPage(paper: Paper, { title, address }: ReportDocument, pageNumber: string): void {
  const { left, width } = paper;
  const foot = paper.doc.page.height - MARGIN;
  paper.rule(46, width, THIN);
  oneLine(paper, visible(title, 200), SMALL, { x: left, y: 32, width: width * 0.55 });
  const period = `${formatTime(address.from)} – ${formatTime(address.to)}`;
  oneLine(paper, period, SMALL, { x: left + width * 0.55, y: 32, width: width * 0.45, align: 'right' });
  paper.rule(foot - 6, width, THIN);
  const addressWidth = width - PAGE_NUMBER_WIDTH;
  oneLine(paper, addressText(address), ADDRESS, { x: left, y: foot, width: addressWidth });
  oneLine(paper, pageNumber, SMALL, { x: left + addressWidth, y: foot, width: PAGE_NUMBER_WIDTH, align: 'right' });
}

/** The whole address is on the front page and in the file's properties: here it may be cut. */
function oneLine(paper: Paper, text: string, style: TextStyle, box: LineBox): void {
  const [whole, ...others] = paper.type.wrap(text, style, box.width);
  if (whole === undefined) return;
  if (others.length === 0) return paper.type.draw(whole, style, box);
  const ellipsis = paper.type.width('…', style);
  const [cut] = paper.type.wrap(text, style, box.width - ellipsis);
  paper.type.draw({ text: `${cut?.text ?? ''}…`, rightToLeft: whole.rightToLeft }, style, box);
}
