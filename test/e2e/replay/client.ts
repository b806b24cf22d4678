/** A pipeline's view of Cairn: HTTP and nothing else. */
export interface Address {
  readonly url: string;
  readonly token: string;
}

/** The answer to one line of an import. */
export interface LineAnswer {
  readonly line: number;
  readonly status: 'accepted' | 'refused' | 'rejected' | 'invalid';
  readonly eventId?: string;
  readonly changeId?: string;
  readonly stream?: string;
  readonly revision?: number;
  readonly position?: number;
  readonly reason?: string;
  readonly detail?: string;
  readonly errors?: unknown;
}

export interface KnownGood {
  readonly environment: string;
  readonly revision: number;
  readonly position: number;
  readonly fingerprint: string;
  readonly services: readonly {
    readonly service: string;
    readonly component: string;
    readonly digest: string;
    readonly version: string;
    readonly changeId: string;
  }[];
}

const BATCH_LINES = 1_000;
const BATCH_BYTES = 4 * 1024 * 1024;
const CATCH_UP_MS = 120_000;

export class LedgerClient {
  constructor(private readonly address: Address) {}

  as(token: string): LedgerClient {
    return new LedgerClient({ ...this.address, token });
  }

  async request(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; body: unknown; next?: string }> {
    const response = await fetch(new URL(path, this.address.url), {
      method,
      headers: {
        authorization: `Bearer ${this.address.token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const next = /<([^>]+)>;\s*rel="next"/.exec(response.headers.get('link') ?? '')?.[1];
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text), ...(next && { next }) };
  }

  async get<Body>(path: string): Promise<Body> {
    const { status, body } = await this.request('GET', path);
    if (status !== 200) throw new Error(`GET ${path}: ${status} ${JSON.stringify(body)}`);
    return body as Body;
  }

  /** Sends one batch and answers its answers. */
  async importBatch(lines: readonly string[]): Promise<LineAnswer[]> {
    const response = await fetch(new URL('/v1/imports', this.address.url), {
      method: 'POST',
      headers: { authorization: `Bearer ${this.address.token}`, 'content-type': 'application/x-ndjson' },
      body: lines.join('\n') + '\n',
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`POST /v1/imports: ${response.status} ${text}`);
    const answers = text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as LineAnswer);
    if (answers.length !== lines.length) throw new Error(`${lines.length} lines, ${answers.length} answers`);
    return answers;
  }

  /** Sends all lines in order, in batches within the bounds of the contract. */
  async import(lines: Iterable<object>): Promise<LineAnswer[]> {
    const answers: LineAnswer[] = [];
    for (const batch of batches(lines)) answers.push(...(await this.importBatch(batch)));
    return answers;
  }

  knownGood(environment: string, moment: Record<string, string | number> = {}): Promise<KnownGood> {
    const query = new URLSearchParams(
      Object.entries(moment).map(([key, value]): [string, string] => [key, String(value)]),
    );
    return this.get(`/v1/environments/${environment}/known-good?${query.toString()}`);
  }

  /** Every row of a paged list, by its `Link: rel="next"`. */
  async *pages<Row>(path: string): AsyncGenerator<Row> {
    for (let next: string | undefined = path; next !== undefined;) {
      const answer = await this.request('GET', next);
      if (answer.status !== 200) throw new Error(`GET ${next}: ${answer.status} ${JSON.stringify(answer.body)}`);
      yield* (answer.body as { items: Row[] }).items;
      next = answer.next;
    }
  }

  /** Waits until the views show the event at `position`; a bulk import is faster than they are. */
  async untilSeen(position: number): Promise<void> {
    const giveUpAt = Date.now() + CATCH_UP_MS;
    for (;;) {
      const { status, body } = await this.request('GET', `/v1/environments?minPosition=${position}`);
      if (status === 200) return;
      if (Date.now() > giveUpAt) throw new Error(`the views are not at ${position}: ${status} ${JSON.stringify(body)}`);
    }
  }
}

export function* batches(lines: Iterable<object>): Generator<string[]> {
  let batch: string[] = [];
  let bytes = 0;
  for (const line of lines) {
    const text = JSON.stringify(line);
    const size = Buffer.byteLength(text) + 1;
    if (batch.length === BATCH_LINES || bytes + size > BATCH_BYTES) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(text);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
