import type { Tile } from '../document/document.js';
import { Name } from './words.js';

/** The numbers that a reader takes in at a glance; how each moved is said in a word, and not by its colour alone. */
export function Tiles({ tiles }: { tiles: readonly Tile[] }) {
  return (
    <dl class="tiles">
      {tiles.map(({ title, display, previous, trend }) => (
        <div class="tile">
          <dt>
            <Name text={title} />
          </dt>
          <dd class="figure">
            <Name text={display} />
          </dd>
          {previous !== undefined && (
            <dd class="previous">
              before: <Name text={previous} />
            </dd>
          )}
          {trend && <dd class={`trend ${trend}`}>{TRENDS[trend]}</dd>}
        </div>
      ))}
    </dl>
  );
}

const TRENDS = { better: 'better', worse: 'worse', same: 'about the same' } as const;
