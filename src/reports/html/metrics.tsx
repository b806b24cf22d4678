import type { ComponentChildren } from 'preact';
import type { Metric } from '../document/document.js';
import { formatNumber } from '../document/format.js';
import { LedgerLink, Name, Words } from './words.js';

export function Metrics({ metrics }: { metrics: readonly Metric[] }) {
  return (
    <div class="metrics">
      {metrics.map((metric) => (
        <MetricCard metric={metric} />
      ))}
    </div>
  );
}

function MetricCard({ metric }: { metric: Metric }) {
  const { title, definition, status, display, previous } = metric;
  return (
    <article class={`metric ${status}`}>
      <h3>
        <Name text={title} />
      </h3>
      <p class="figure">
        <Name text={display} />
      </p>
      {previous && (
        <p class="previous">
          before: <Name text={previous.display} />
        </p>
      )}
      <p class="definition">
        <Words text={definition} />
      </p>
      {status !== 'not-recorded' && <Parts metric={metric} />}
    </article>
  );
}

/** What the number is made of, each part with the way to its events. */
function Parts({ metric: { numerator, denominator, counted, leftOut } }: { metric: Metric }) {
  return (
    <dl class="parts">
      {numerator !== undefined && <Part name="Numerator">{formatNumber(numerator)}</Part>}
      {denominator !== undefined && <Part name="Denominator">{formatNumber(denominator)}</Part>}
      <Part name="Counted">
        <LedgerLink to={counted.link}>{events(counted.count)}</LedgerLink>
      </Part>
      {leftOut.map(({ count, link, reason }) => (
        <Part name="Left out">
          <LedgerLink to={link}>{events(count)}</LedgerLink>: <Words text={reason} />
        </Part>
      ))}
    </dl>
  );
}

const Part = ({ name, children }: { name: string; children: ComponentChildren }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);

const events = (count: number): string => `${formatNumber(count)} ${count === 1 ? 'event' : 'events'}`;
