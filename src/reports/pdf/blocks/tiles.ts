import type { Tile } from '../../document/document.js';
import { visible } from '../../document/visible.js';
import type { Paper, StructureElement } from '../layout/paper.js';
import { ACCENT, LEADING, MUTED, SHADE, SMALL, type TextStyle } from '../layout/styles.js';

const A_ROW = 5;
const GAP = 8;
const PAD = 8;
/** A tile is for a glance: a text as long as this is in the tables. */
const MAX_TEXT = 90;

const NAME: TextStyle = { ...SMALL, size: 8 };
const FIGURE: TextStyle = { font: 'bold', size: 12.5, color: ACCENT };
const TREND_COLORS = { better: '#0f6b3a', worse: '#a8281c', same: MUTED } as const;

export function printTiles(paper: Paper, parent: StructureElement, tiles: readonly Tile[]): void {
  for (let from = 0; from < tiles.length; from += A_ROW) printRow(paper, parent, tiles.slice(from, from + A_ROW));
  paper.space(8);
}

function printRow(paper: Paper, parent: StructureElement, tiles: readonly Tile[]): void {
  const width = (paper.width - (A_ROW - 1) * GAP) / A_ROW;
  const cards = tiles.map((tile) => linesOf(paper, tile, width - 2 * PAD));
  const height = Math.max(...cards.map((lines) => lines.reduce((sum, line) => sum + line.height, 0))) + 2 * PAD;
  paper.room(height + GAP);
  const top = paper.y;
  cards.forEach((lines, index) => {
    const x = paper.left + index * (width + GAP);
    paper.decorate(() => {
      paper.doc.rect(x, top, width, height).fill(SHADE);
      paper.doc.rect(x, top, width, 2).fill(ACCENT);
    });
    const element = paper.child(parent, 'P');
    element.add(() => {
      let y = top + PAD;
      for (const { line, style, height } of lines) {
        paper.type.draw(line, style, { x: x + PAD, y, width: width - 2 * PAD });
        y += height;
      }
    });
    element.end();
  });
  paper.y = top + height;
  paper.space(GAP);
}

function linesOf(paper: Paper, { title, display, previous, trend }: Tile, width: number) {
  const moved = trend === undefined ? undefined : { ...NAME, font: 'bold' as const, color: TREND_COLORS[trend] };
  const texts: [string, TextStyle][] = [
    [title, NAME],
    [display, FIGURE],
    ...(previous === undefined ? [] : [[`before: ${previous}`, NAME] as [string, TextStyle]]),
    ...(moved === undefined ? [] : [[trend === 'same' ? 'about the same' : trend!, moved] as [string, TextStyle]]),
  ];
  return texts.flatMap(([text, style]) =>
    paper.type
      .wrap(visible(text, MAX_TEXT), style, width)
      .map((line) => ({ line, style, height: style.size * LEADING })),
  );
}
