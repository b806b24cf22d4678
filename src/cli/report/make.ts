import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, extname } from 'node:path';
import type { ReportAddress, ReportDocument, Tile } from '../../reports/document/document.js';
import { FORMAT_NAMES, type Format } from '../../reports/formats.js';
import type { ApiClient } from '../api-client.js';
import { CliError } from '../errors.js';
import { startProgress } from '../progress.js';
import { colorsFor, formatTable } from '../terminal.js';
import { reportPath } from './paths.js';

export interface MakeOptions {
  readonly environment: readonly string[];
  /** In milliseconds. */
  readonly since?: number;
  readonly from?: string;
  readonly to?: string;
  readonly asOf?: string;
  readonly format?: Format;
  readonly out?: string;
  readonly issue?: boolean;
  readonly reason?: string;
}

/** Writes the report to a file, and says what it wrote and what it says. */
export async function makeFile(client: ApiClient, options: MakeOptions): Promise<void> {
  const format = formatOf(options);
  if (options.out !== undefined) expectFolderOf(options.out);
  const progress = startProgress('report');
  try {
    progress.update(0, 3, 'finding the position');
    const address = await addressFor(client, options);
    progress.update(1, 3, `making it at position ${address.position}`);
    const file = await client.expect({ method: 'GET', path: reportPath(address, format) });
    progress.update(2, 3, 'reading its figures');
    const document = await client.expectJson<ReportDocument>({ method: 'GET', path: reportPath(address, 'json') });
    const issued = options.issue ? await issue(client, address, format, options.reason) : undefined;
    progress.stop();
    const name = options.out ?? nameOf(file.headers);
    if (name === '-') process.stdout.write(file.bytes);
    else await writeFile(name, file.bytes);
    const digest = createHash('sha256').update(file.bytes).digest('hex');
    say(`${name === '-' ? 'Written to stdout' : name}: ${document.title}`);
    say(`position ${address.position} · ${file.bytes.length} bytes · SHA-256 ${digest}`);
    if (issued) say(`Issued as event ${issued.eventId} at position ${issued.position}.`);
    printTiles(document);
  } finally {
    progress.stop();
  }
}

/** What the file is when nobody says: what its name ends in, or HTML where it ends in nothing. */
function formatOf({ format, out = '' }: MakeOptions): Format {
  const ending = extname(out).slice(1);
  const named = FORMAT_NAMES.find((name) => name === ending.toLowerCase());
  if (ending !== '' && (format ?? named) !== named) {
    throw new CliError('usage', `${out} ends in .${ending}, and --format says ${format}.`);
  }
  if (ending !== '' && named === undefined) {
    const hint = `Let it end in one of ${FORMAT_NAMES.map((name) => `.${name}`).join(', ')}.`;
    throw new CliError('usage', `${out} ends in .${ending}, which is no format of a report.`, hint);
  }
  return format ?? named ?? 'html';
}

/** Asked before the report is made, which can take long. */
function expectFolderOf(out: string): void {
  const folder = dirname(out);
  if (!existsSync(folder)) throw new CliError('input', `There is no folder ${folder} to write ${out} to.`);
}

interface Resolved {
  readonly position: number;
  readonly window: { readonly from: string; readonly to: string };
  readonly environments: readonly string[];
  readonly definitions: number;
}

/** The server fills in what was left out; from here on the report is one that never changes. */
async function addressFor(client: ApiClient, options: MakeOptions): Promise<ReportAddress> {
  const { environment, from, to, asOf, since } = options;
  const query = new URLSearchParams([
    ...environment.map((name) => ['environment', name]),
    ...Object.entries({ from, to, asOf }).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    ['limit', '1'],
  ]);
  const path = `/reports/advisory-board/figures/days-without-switches?${query.toString()}`;
  const { position, window, environments, definitions } = await client.expectJson<Resolved>({ method: 'GET', path });
  const begin = since === undefined ? window.from : new Date(Date.parse(window.to) - since).toISOString();
  return { report: 'advisory-board', environments, from: begin, to: window.to, position, definitions };
}

function issue(
  client: ApiClient,
  { report, environments, from, to, position }: ReportAddress,
  format: Format,
  reason: string | undefined,
): Promise<{ eventId: string; position: number }> {
  const body = { report, environments, from, to, asOf: String(position), formats: [format], ...(reason && { reason }) };
  return client.expectJson({ method: 'POST', path: '/reports', body });
}

/** The server's name for it, which follows from the address. */
function nameOf(headers: Headers): string {
  const [, name] = /filename="([A-Za-z0-9._+-]+)"/.exec(headers.get('content-disposition') ?? '') ?? [];
  return name ?? 'advisory-board';
}

function printTiles({ sections }: ReportDocument): void {
  const tiles = sections.flatMap(({ blocks }) =>
    blocks.flatMap((block) => (block.kind === 'tiles' ? block.tiles : [])),
  );
  const row = ({ title, display, previous, trend }: Tile) => [title, display, previous ?? '', trend ?? ''];
  say(formatTable(['', 'this period', 'the one before', ''], tiles.map(row), { colors: colorsFor(process.stderr) }));
}

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};
