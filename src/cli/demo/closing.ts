import type { ReportDocument } from '../../reports/document/document.js';
import type { ApiClient } from '../api-client.js';
import { formatTable } from '../terminal.js';
import { shortDigest, type Names } from './artifacts.js';
import { monthBefore, shortTime, twoWeeksBefore } from './calendar.js';
import type { Printer } from './printer.js';

interface LiveService {
  readonly service: string;
  readonly component: string;
  readonly digest: string;
  readonly version: string;
  readonly sinceOccurredAt?: string;
  readonly since: string;
}

interface KnownGood {
  readonly revision: number;
  readonly fingerprint: string;
  readonly services: readonly LiveService[];
}

interface ChangeRow {
  readonly changeId: string;
  readonly environment?: string;
  readonly service?: string;
  readonly component?: string;
  readonly version?: string;
  readonly digest?: string;
  readonly reason?: string;
  readonly pipeline?: string;
  readonly actor: string;
  readonly startedOccurredAt: string;
}

interface Diff {
  readonly added: readonly LiveService[];
  readonly removed: readonly LiveService[];
  readonly changed: readonly { readonly service: string; readonly from: LiveService; readonly to: LiveService }[];
}

/** What the ledger says of the month: known-good now and two weeks ago, what changed, what was refused, and how it went. */
export class Closing {
  constructor(
    private readonly auditor: ApiClient,
    private readonly printer: Printer,
    private readonly names: Names,
  ) {}

  async tell(now: Date, position: number): Promise<void> {
    const then = twoWeeksBefore(now);
    const time = encodeURIComponent(then.toISOString());
    this.printState('Known-good in production, now', await this.knownGood(`minPosition=${position}`));
    // The ledger itself is seconds old, so "two weeks ago" is asked by the pipelines' clocks and not by the ledger's.
    const before = await this.knownGood(`occurredBy=${time}`);
    this.printState(`Known-good in production, two weeks ago (${shortTime(then)})`, before);
    this.printDiff(await this.get(`/environments/production/diff?clock=occurred&from=${time}`));
    await this.printRefusals();
    await this.printReport(monthBefore(now));
  }

  /** The change that moved production's traffic last. */
  async lastSwitch(): Promise<string> {
    const path = '/changes?environment=production&effect=switched&limit=1';
    const { items } = await this.get<{ items: ChangeRow[] }>(path);
    return items[0]?.changeId ?? '';
  }

  private get<T>(path: string): Promise<T> {
    return this.auditor.expectJson<T>({ method: 'GET', path });
  }

  private knownGood(query: string): Promise<KnownGood> {
    return this.get(`/environments/production/known-good?${query}`);
  }

  private printState(heading: string, { services, fingerprint, revision }: KnownGood): void {
    this.printer.heading(heading);
    const rows = services.map(({ service, version, digest, since, sinceOccurredAt }) => [
      service,
      version,
      shortTime(new Date(sinceOccurredAt ?? since)),
      shortDigest(digest),
    ]);
    const { colors } = this.printer;
    console.log(formatTable(['service', 'version', 'since', 'digest'], rows, { colors }));
    console.log(colors.dim(`  revision ${revision} · fingerprint ${fingerprint.slice(0, 16)}…`));
  }

  private printDiff({ added, removed, changed }: Diff): void {
    this.printer.heading('What changed between');
    const rows = [
      ...changed.map(({ service, from, to }) => [service, from.version, '→', to.version]),
      ...added.map(({ service, version }) => [service, '', 'new', version]),
      ...removed.map(({ service, version }) => [service, version, 'gone', '']),
    ];
    console.log(formatTable(['service', 'from', '', 'to'], rows, { colors: this.printer.colors }));
  }

  private async printRefusals(): Promise<void> {
    const { items } = await this.get<{ items: ChangeRow[] }>('/changes?outcome=refused&limit=100&order=asc');
    const refusals = items.sort((a, b) => (a.startedOccurredAt < b.startedOccurredAt ? -1 : 1));
    this.printer.heading(`Refused, and in the ledger with the reason (${refusals.length})`);
    const { colors } = this.printer;
    const rows = refusals.map((row) => [
      shortTime(new Date(row.startedOccurredAt)),
      row.pipeline ?? row.actor,
      this.names.of(row.digest ?? ''),
      row.environment ?? '',
      colors.red(row.reason ?? ''),
    ]);
    console.log(formatTable(['when', 'by', 'what', 'where', 'reason'], rows, { colors }));
  }

  private async printReport({ from, to }: { from: string; to: string }): Promise<void> {
    const query = `environment=production&from=${from}&to=${to}&format=json`;
    const { sections } = await this.get<ReportDocument>(`/reports/advisory-board?${query}`);
    const tiles = sections
      .flatMap(({ blocks }) => blocks)
      .flatMap((block) => (block.kind === 'tiles' ? block.tiles : []));
    this.printer.heading('The advisory board’s report of the month');
    const rows = tiles.map(({ title, display }) => [title, display]);
    console.log(formatTable(['metric', 'production'], rows, { colors: this.printer.colors }));
  }
}
