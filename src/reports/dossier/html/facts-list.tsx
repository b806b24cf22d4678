import type { ComponentChildren } from 'preact';
import { formatTime, shortDigest } from '../../document/format.js';
import { visible } from '../../document/visible.js';
import { LedgerLink, Words } from '../../html/words.js';
import type { SaidBy } from '../words.js';

/** Names and what is known under them, side by side where there is room. */
export const FactsList = ({ children }: { children: ComponentChildren }) => <dl class="facts">{children}</dl>;

interface FactProps {
  readonly name: string;
  /** It is long: on paper it takes the room of two. */
  readonly wide?: boolean;
  readonly children: ComponentChildren;
}

export const Fact = ({ name, wide, children }: FactProps) => (
  <div class={wide ? 'wide' : undefined}>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);

export const Digest = ({ digest, link }: { digest: string; link?: string }) => {
  const short = <code title={visible(digest)}>{shortDigest(digest)}</code>;
  return link === undefined ? short : <LedgerLink to={link}>{short}</LedgerLink>;
};

export const Time = ({ at }: { at: string }) => <time dateTime={visible(at)}>{formatTime(at)}</time>;

/** The event that says so. */
export const Says = ({ by }: { by: SaidBy }) => (
  <span class="quiet">
    {' '}
    (<LedgerLink to={by.link}>event at {by.position}</LedgerLink>)
  </span>
);

/** Why there is nothing to tell. */
export const Nothing = ({ why }: { why: string }) => (
  <p class="quiet">
    <Words text={why} />
  </p>
);
