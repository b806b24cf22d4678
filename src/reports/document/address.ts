import type { ReportAddress } from './document.js';

const PREFIX = 'cairn:';

/** One line of visible ASCII: `cairn:advisory-board?environment=…&from=…&to=…&position=…&definitions=…`. */
export function addressText({ report, environments, from, to, position, definitions }: ReportAddress): string {
  const query = new URLSearchParams([
    ...environments.map((environment) => ['environment', environment]),
    ...[
      ['from', from],
      ['to', to],
      ['position', String(position)],
      ['definitions', String(definitions)],
    ],
  ]);
  return `${PREFIX}${report}?${query.toString()}`;
}

/** The address in the text, if it is one. */
export function parseAddress(text: string): ReportAddress | undefined {
  const [, report, search] = /^cairn:([a-z-]+)\?([!-~]+)$/.exec(text) ?? [];
  if (report !== 'advisory-board' || search === undefined) return undefined;
  const query = new URLSearchParams(search);
  const from = query.get('from');
  const to = query.get('to');
  const position = query.get('position') ?? '';
  const definitions = query.get('definitions') ?? '';
  if (!from || !to || !/^\d{1,15}$/.test(position) || !/^\d{1,6}$/.test(definitions)) return undefined;
  const environments = query.getAll('environment');
  return { report, environments, from, to, position: Number(position), definitions: Number(definitions) };
}
