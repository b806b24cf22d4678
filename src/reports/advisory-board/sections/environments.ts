import type { Block, Cell, Column, Section } from '../../document/document.js';
import { formatNumber } from '../../document/format.js';
import { linked, ROWS_MAX, tableBlock, text } from '../blocks.js';
import type { ArtifactFact } from '../facts.js';
import { changeLink, figureLink } from '../links.js';
import { secondsBetween } from '../numbers.js';
import type { StageState } from '../reading/stages.js';
import type { ReportData } from '../report-data.js';

const DAY_S = 86_400;

/** Section 6: what runs where at the end of the period. */
export function environments(data: ReportData): Section {
  return {
    id: 'environments',
    title: 'State of the environments',
    blocks: [
      ...matrix(data),
      ...data.stages.flatMap((stage) => againstStageBefore(stage, data)),
      deprecated(data),
      neverPromoted(data),
    ],
  };
}

/** A row a service, a version and an age for each environment. */
function matrix({ stages, scope, address }: ReportData): Block[] {
  const services = [...new Set(stages.flatMap(({ live }) => [...live.keys()]))].sort();
  if (services.length === 0) return [text('Nothing is live at the end of the period.')];
  const columns = stages.flatMap(({ environment }): Column[] => [
    { title: environment, type: 'text' },
    { title: `${environment}, days`, type: 'number' },
  ]);
  const rows = services.slice(0, ROWS_MAX).map((service): Cell[] => [
    service,
    ...stages.flatMap(({ live }): Cell[] => {
      const artifact = live.get(service);
      if (!artifact) return [null, null];
      const { version, changeId, bakedAt } = artifact;
      const age = bakedAt === null || bakedAt > scope.now ? null : secondsBetween(bakedAt, scope.now) / DAY_S;
      return [linked(version, changeLink(changeId, address)), age === null ? null : Math.round(10 * age) / 10];
    }),
  ]);
  const hidden = services.length - rows.length;
  const [environment = ''] = address.environments;
  const link = `/v1/environments/${environment}/known-good?asOf=${address.position}&occurredBy=${address.to}`;
  const table = {
    id: 'environment-matrix',
    caption: 'Live at the end of the period: version, and days since its bake',
    columns: [{ title: 'Service', type: 'text' } as const, ...columns],
    rows,
    ...(hidden > 0 && { more: { count: hidden, link } }),
  };
  return [{ kind: 'table', table }];
}

function againstStageBefore(stage: StageState, { stages }: ReportData): Block[] {
  const before = stages.find(({ environment }) => environment === stage.promotesFrom);
  if (!before) return [];
  const title = `${stage.environment} against ${before.environment}`;
  if (before.fingerprint === stage.fingerprint) return [text(`${title}: the same services run the same digests.`)];
  const services = [...new Set([...stage.live.keys(), ...before.live.keys()])];
  const only = (here: StageState, there: StageState): number =>
    services.filter((service) => here.live.has(service) && !there.live.has(service)).length;
  const differing = services.filter((service) => {
    const [here, there] = [stage.live.get(service), before.live.get(service)];
    return here && there && here.digest !== there.digest;
  }).length;
  return [
    text(
      `${title}: ${formatNumber(differing)} of ${formatNumber(services.length)} services run another digest, ` +
        `${formatNumber(only(stage, before))} run in ${stage.environment} only, ` +
        `${formatNumber(only(before, stage))} in ${before.environment} only.`,
    ),
  ];
}

function deprecated({ stages, address }: ReportData): Block {
  const names = new Set(address.environments);
  const rows = stages
    .filter(({ environment }) => names.has(environment))
    .flatMap((stage) => stage.deprecated.map((row) => ({ environment: stage.environment, ...row })));
  const [environment = ''] = address.environments;
  return tableBlock<(typeof rows)[number]>(
    {
      id: 'deprecated',
      caption: 'Replaced and not retired yet, as known at the position',
      columns: {
        Service: ({ service }) => service,
        Environment: ({ environment }) => environment,
        Digest: ({ digest }) => linked(digest, `/v1/artifacts/${digest}?asOf=${address.position}`),
      },
      rows,
      link: `/v1/environments/${environment}/known-good?asOf=${address.position}`,
    },
    'Nothing that was replaced waits for its retirement.',
  );
}

function neverPromoted({ neverPromoted: rows, address }: ReportData): Block {
  return tableBlock<ArtifactFact>(
    {
      id: 'never-promoted',
      caption: 'Baked in the period and never promoted anywhere',
      columns: {
        Component: ({ component }) => component,
        Version: ({ version }) => version,
        Digest: ({ digest }) => linked(digest, `/v1/artifacts/${digest}?asOf=${address.position}`),
        Baked: ({ at }) => at,
      },
      rows,
      link: figureLink(address, 'never-promoted', { part: 'counted' }),
    },
    'Everything that was baked in the period was promoted somewhere.',
  );
}
