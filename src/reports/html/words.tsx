import type { ComponentChildren } from 'preact';
import { visible } from '../document/visible.js';

/** A name is read at a glance: longer ones are cut. */
const NAME_MAX = 120;

/** A text that anybody may have written: harmless, and its direction kept to itself. */
export const Words = ({ text }: { text: string }) => <bdi>{visible(text)}</bdi>;

/** As {@link Words}, for what titles, labels and tiles have room for. */
export const Name = ({ text }: { text: string }) => <bdi>{visible(text, NAME_MAX)}</bdi>;

/**
 * A link into the ledger's API. What is not a path of it is shown and not linked, whoever put it there. Paper shows the
 * path without the query, which is the report's own.
 */
export function LedgerLink({ to, children }: { to: string; children: ComponentChildren }) {
  if (!/^\/(?![/\\])[!-~]*$/.test(to)) return <>{children}</>;
  return (
    <a href={to} data-path={to.replace(/\?.*/, '')}>
      {children}
    </a>
  );
}
