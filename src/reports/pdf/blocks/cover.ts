import { addressText } from '../../document/address.js';
import type { ReportDocument } from '../../document/document.js';
import { visible } from '../../document/visible.js';
import type { Paper, StructureElement } from '../layout/paper.js';
import { ACCENT, BODY, CAPTION, CODE, INK, LEADING, RULE, STRONG, TITLE } from '../layout/styles.js';
import { drawTable } from '../layout/table.js';

const ENTRY_HEIGHT = BODY.size * LEADING + 6;

/** The front page; its table of contents is written when the pages are known, by the function that it returns. */
export function printCover(paper: Paper, parent: StructureElement, document: ReportDocument): WriteContents {
  paper.space(70);
  paper.paragraph(parent, 'H1', visible(document.title), TITLE);
  paper.space(6);
  paper.decorate(() => paper.doc.rect(paper.left, paper.y, 90, 3).fill(ACCENT));
  paper.space(24);
  drawTable(paper, parent, {
    head: { ...STRONG, size: 8 },
    columns: [
      { title: 'Fact', align: 'left', isWhole: true },
      { title: 'Value', align: 'left', most: 0.8 },
    ],
    rows: [
      ...document.cover.map(({ name, value }) => [
        [{ text: visible(name), style: STRONG }],
        [{ text: visible(value), style: BODY }],
      ]),
      [[{ text: 'Address', style: STRONG }], [{ text: addressText(document.address), style: { ...CODE, color: INK } }]],
    ],
  });
  paper.space(24);
  return contents(paper, parent, document);
}

export type WriteContents = (pageOfSection: readonly number[]) => void;

function contents(paper: Paper, parent: StructureElement, { sections }: ReportDocument): WriteContents {
  paper.room(CAPTION.size * LEADING + 2 * ENTRY_HEIGHT);
  paper.paragraph(parent, 'H3', 'Contents', CAPTION);
  paper.space(4);
  const element = paper.child(parent, 'TOC');
  const places = sections.map(() => {
    paper.room(ENTRY_HEIGHT);
    const place = { page: paper.pageIndex, y: paper.y };
    paper.y += ENTRY_HEIGHT;
    return place;
  });
  return (pageOfSection) => {
    sections.forEach(({ id, title }, index) => {
      const { page, y } = places[index]!;
      paper.doc.switchToPage(page);
      paper.decorate(() => paper.rule(y + ENTRY_HEIGHT - 3, paper.width, { color: RULE, thickness: 0.5 }));
      const entry = paper.child(element, 'TOCI');
      entry.add(() => {
        const numberWidth = 30;
        const [line] = paper.type.wrap(visible(title, 100), BODY, paper.width - numberWidth);
        const box = { x: paper.left, y, width: paper.width - numberWidth };
        if (line) paper.type.draw(line, BODY, box);
        const [number] = paper.type.wrap(String(pageOfSection[index]! + 1), BODY, numberWidth);
        paper.type.draw(number!, BODY, { ...box, x: box.x + box.width, width: numberWidth, align: 'right' });
      });
      entry.end();
      paper.doc.goTo(paper.left, y, paper.width, ENTRY_HEIGHT, `${index}-${id}`);
    });
    element.end();
  };
}
