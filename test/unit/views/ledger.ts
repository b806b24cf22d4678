import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { LOOSEST_POLICY } from '../../../src/domain/environment/policy.js';
import type { EventReader, RecordedEvent } from '../../../src/event-store/port.js';
import { ENTITIES } from '../../../src/views/projectors.js';

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A digest that looks like one, the same for the same name. */
export const digestOf = (name: string): string => `sha256:${hash(name)}`;

/** A UUID, the same for the same number. */
export function uuid(n: number): string {
  const hex = hash(`uuid ${n}`);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

const START = Date.parse('2026-01-01T00:00:00.000Z');
/** A time by minutes from the ledger's beginning. */
export const at = (minutes: number): string => new Date(START + minutes * 60_000).toISOString();

export interface Told {
  readonly stream: string;
  readonly type: string;
  readonly data: object;
  readonly occurredAt?: string;
  readonly remarks?: object;
  readonly actor?: string;
}

/** A ledger in memory: recorded a minute an event. */
export class FakeLedger implements EventReader {
  readonly events: RecordedEvent[] = [];
  readonly #revisions = new Map<string, number>();

  /** The id that the next event will have. */
  get nextId(): string {
    return uuid(this.events.length);
  }

  append({ stream, type, data, occurredAt, remarks = {}, actor = 'ci' }: Told): RecordedEvent {
    const position = this.events.length;
    const revision = (this.#revisions.get(stream) ?? -1) + 1;
    this.#revisions.set(stream, revision);
    const recordedAt = at(position);
    const event: RecordedEvent = {
      ...{ position, id: uuid(position), stream, revision, type, actor, recordedAt },
      occurredAt: occurredAt ?? recordedAt,
      data: JSON.stringify(data),
      remarks: JSON.stringify(remarks),
      meta: JSON.stringify({ correlationId: uuid(position), causationId: uuid(position), channel: 'api' }),
      salts: new Uint8Array(48),
    };
    this.events.push(event);
    return event;
  }

  readStream(stream: string, from: number, limit: number): Promise<RecordedEvent[]> {
    return Promise.resolve(
      this.events.filter((event) => event.stream === stream && event.revision >= from).slice(0, limit),
    );
  }

  readAll(from: number, limit: number): Promise<RecordedEvent[]> {
    return Promise.resolve(this.events.slice(from, from + limit));
  }

  readCategory(prefix: string, from: number, limit: number): Promise<RecordedEvent[]> {
    return Promise.resolve(
      this.events.filter((event) => event.stream.startsWith(prefix) && event.position >= from).slice(0, limit),
    );
  }

  findById(id: string): Promise<RecordedEvent | undefined> {
    return Promise.resolve(this.events.find((event) => event.id === id));
  }

  head(): Promise<number> {
    return Promise.resolve(this.events.length - 1);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

interface ChangeOf {
  readonly environment?: string;
  readonly service?: string;
  readonly artifact: string;
  readonly changeId: string;
}

export const facts = ({ environment = 'production', service = 'payments', artifact, changeId }: ChangeOf) => ({
  ...{ environment, changeId, service, component: service, digest: digestOf(artifact), version: artifact },
  ...{ layer: 'application', pipeline: 'payments-ci' },
});

export const promotionFacts = (change: ChangeOf) => ({
  ...facts(change),
  ...{ strategy: 'blue-green', changeType: 'normal' },
});

export const defined = (environment: string, promotesFrom?: string): Told => ({
  stream: `environment-${environment}`,
  type: 'EnvironmentDefined.v1',
  data: { environment, tier: 'production', policy: LOOSEST_POLICY, ...(promotesFrom && { promotesFrom }) },
  actor: 'root',
});

export const baked = (artifact: string, base?: string): Told => ({
  stream: `artifact-sha256-${digestOf(artifact).slice(7)}`,
  type: 'ArtifactBaked.v1',
  data: {
    ...{ digest: digestOf(artifact), component: 'payments', version: artifact, kind: 'container-image' },
    ...{ layer: 'application', source: { repository: 'https://git.example/payments', commit: hash(artifact) } },
    ...{ run: { id: `run-${artifact}` }, pipeline: 'payments-ci', proof: 'token' },
    ...(base !== undefined && { base: digestOf(base) }),
  },
});

export function temporaryFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'cairn-views-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Every row of every table, in one order whatever the database's. */
export async function dump(source: DataSource): Promise<Record<string, string[]>> {
  const tables = ENTITIES.map((entity) => source.getMetadata(entity).tableName);
  const rows = await Promise.all(tables.map((table) => source.query<object[]>(`SELECT * FROM ${table}`)));
  return Object.fromEntries(
    tables.map((table, index) => [table, (rows[index] ?? []).map((row) => JSON.stringify(row)).sort()]),
  );
}
