import type { Block } from '../document/document.js';
import { visibleLines } from '../document/visible.js';
import { ChartFigure } from './chart.js';
import { Metrics } from './metrics.js';
import { TableBlock } from './table.js';
import { Tiles } from './tiles.js';
import { Words } from './words.js';

/** The blocks of a section; charts that follow each other stand side by side. */
export function Blocks({ blocks }: { blocks: readonly Block[] }) {
  return (
    <>
      {runsOf(blocks).map((run) =>
        run[0]?.kind === 'chart' ? <div class="charts">{run.map(blockOf)}</div> : run.map(blockOf),
      )}
    </>
  );
}

function blockOf(block: Block) {
  switch (block.kind) {
    case 'text':
      return visibleLines(block.text).map((line) => (
        <p>
          <bdi>{line}</bdi>
        </p>
      ));
    case 'not-recorded':
      return <NotRecorded what={block.what} needs={block.needs} />;
    case 'tiles':
      return <Tiles tiles={block.tiles} />;
    case 'metrics':
      return <Metrics metrics={block.metrics} />;
    case 'table':
      return <TableBlock table={block.table} />;
    case 'chart':
      return <ChartFigure chart={block.chart} />;
  }
}

const NotRecorded = ({ what, needs }: { what: string; needs: string }) => (
  <div class="not-recorded">
    <p>
      <strong>Not recorded:</strong> <Words text={what} />
    </p>
    <p class="quiet">
      Needs <Words text={needs} />
    </p>
  </div>
);

/** Neighbours that are both charts, or both are not, together. */
function runsOf(blocks: readonly Block[]): Block[][] {
  const runs: Block[][] = [];
  for (const block of blocks) {
    const run = runs.at(-1);
    if (run && (run[0]?.kind === 'chart') === (block.kind === 'chart')) run.push(block);
    else runs.push([block]);
  }
  return runs;
}
