import type { Cell, Column, Table } from '../document/document.js';
import { cellText, formatNumber } from '../document/format.js';
import { visible } from '../document/visible.js';
import { LedgerLink, Name } from './words.js';

/** A table in a region of its own that scrolls by pointer and by keyboard, so that the page never has to. */
export function TableBlock({ table }: { table: Table }) {
  const { caption, columns, rows, more } = table;
  return (
    <div class="table">
      <div class="scroll" role="region" aria-label={`Table: ${visible(caption)}`} tabIndex={0}>
        <table>
          <caption>
            <Name text={caption} />
          </caption>
          <thead>
            <tr>
              {columns.map(({ title, type }) => (
                <th scope="col" class={/\S{30}/.test(title) ? 'unbroken' : type}>
                  <Name text={title} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((cells) => (
              <Row cells={cells} columns={columns} />
            ))}
          </tbody>
        </table>
      </div>
      {rows.length === 0 && <p class="quiet">None.</p>}
      {more && (
        <p class="quiet counted">
          {formatNumber(more.count)} more are not shown here:{' '}
          <LedgerLink to={more.link}>see them in the ledger</LedgerLink>
        </p>
      )}
    </div>
  );
}

function Row({ cells, columns }: { cells: readonly Cell[]; columns: readonly Column[] }) {
  return (
    <tr>
      {columns.map(({ type }, index) => {
        const cell = cells[index] ?? null;
        const content = <CellContent cell={cell} type={type} />;
        const look = lookOf(cell, type);
        // The first cell names the row.
        return index === 0 ? (
          <th scope="row" class={look}>
            {content}
          </th>
        ) : (
          <td class={look}>{content}</td>
        );
      })}
    </tr>
  );
}

/** Words stay whole, and sentences get room; what has no place to break is broken anywhere. */
function lookOf(cell: Cell, type: Column['type']): string {
  const text = cellText(cell, type);
  if (/\S{30}/.test(text)) return 'unbroken';
  return type === 'text' && text.length > 40 ? 'wordy' : type;
}

function CellContent({ cell, type }: { cell: Cell; type: Column['type'] }) {
  if (cell === null || cell === '') return <span class="none">–</span>;
  const shown = <Shown cell={cell} type={type} />;
  return typeof cell === 'object' ? <LedgerLink to={cell.link}>{shown}</LedgerLink> : shown;
}

function Shown({ cell, type }: { cell: Exclude<Cell, null>; type: Column['type'] }) {
  const text = cellText(cell, type);
  if (typeof cell === 'number') return <>{text}</>;
  const whole = typeof cell === 'object' ? cell.text : cell;
  if (type === 'digest') return <code title={visible(whole)}>{text}</code>;
  // What could not be read as a time is words like any other.
  if (type === 'time' && text.endsWith(' UTC'))
    return <time dateTime={visible(whole)}>{text.replace(' UTC', '\u00a0UTC')}</time>;
  return <bdi>{text}</bdi>;
}
