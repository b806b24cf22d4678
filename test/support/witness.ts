import { createHash, createPublicKey, generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { verifyConsistency } from '../../src/ledger/merkle/verify.js';

/** What it answers. */
export interface WitnessAnswer {
  readonly status: number;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request as it was understood, and what it was answered. */
export interface WitnessRequest {
  readonly oldSize: number;
  readonly size: number;
  readonly proofLines: number;
  readonly status: number;
}

/** What is wrong with a witness: it is given what an honest one would answer, after that was stored. */
export type Fault = (answer: WitnessAnswer, response: ServerResponse, request: string) => void | Promise<void>;

interface Head {
  readonly size: number;
  readonly root: string;
}

interface Submitted {
  readonly oldSize: number;
  readonly proof: readonly string[];
  readonly text: string;
  readonly origin: string;
  readonly size: number;
  readonly root: string;
  readonly signatures: readonly string[];
}

const HASH = /^[A-Za-z0-9+/]{43}=$/;
const BODY_BYTES_MAX = 100_000;

/** A key by which a witness, or somebody in its place, signs. */
export class CosigningKey {
  readonly verifierKey: string;
  private readonly keyId: Buffer;
  private readonly key: KeyObject;

  constructor(readonly name: string) {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    this.key = privateKey;
    const raw = Buffer.concat([Buffer.of(4), Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url')]);
    this.keyId = keyIdOf(name, raw);
    this.verifierKey = `${name}+${this.keyId.toString('hex')}+${raw.toString('base64')}`;
  }

  /** C2SP tlog-cosignature: the line over a checkpoint's text, with its newline. */
  cosign(text: string, time = Math.floor(Date.now() / 1_000)): string {
    const seconds = Buffer.alloc(8);
    seconds.writeBigUInt64BE(BigInt(time));
    const signature = sign(null, Buffer.from(`cosignature/v1\ntime ${time}\n${text}`), this.key);
    return `— ${this.name} ${Buffer.concat([this.keyId, seconds, signature]).toString('base64')}\n`;
  }
}

/**
 * A witness by the letter of C2SP tlog-witness, which takes nothing from the code under test but the check of a proof. It
 * keeps what it has cosigned in a file, and comes back with it.
 */
export class StrictWitness {
  readonly requests: WitnessRequest[] = [];
  fault?: Fault;
  private readonly heads: Map<string, Head>;
  private server?: Server;
  private port = 0;

  /** @param logs verifier keys that are trusted, by the log's origin */
  constructor(
    readonly key: CosigningKey,
    readonly logs: Map<string, string[]>,
    private readonly file: string,
  ) {
    const stored = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as [string, Head][]) : [];
    this.heads = new Map(stored);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/w`;
  }

  /** As the setting has it. */
  get setting(): string {
    return `${this.key.verifierKey}@${this.url}`;
  }

  headOf(origin: string): number {
    return this.heads.get(origin)?.size ?? 0;
  }

  /** Has cosigned nothing, like one whose disk was lost. */
  forget(): void {
    this.heads.clear();
  }

  /** Again at the port that it had. */
  async start(): Promise<void> {
    const server = createServer((request, response) => void this.serve(request, response));
    this.server = server;
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    const { server } = this;
    if (!server) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const answer = this.route(request, body);
    if (this.fault) await this.fault(answer, response, body.toString());
    else respond(response, answer);
  }

  private route(request: IncomingMessage, body: Buffer): WitnessAnswer {
    if (request.url !== '/w/add-checkpoint') return { status: 404 };
    if (request.method !== 'POST') return { status: 405 };
    const submitted = body.length <= BODY_BYTES_MAX ? parse(body) : undefined;
    if (!submitted) return { status: 400 };
    const answer = this.judge(submitted);
    const { oldSize, size, proof } = submitted;
    this.requests.push({ oldSize, size, proofLines: proof.length, status: answer.status });
    return answer;
  }

  /** The checks in the order of the specification; from the first to the store nothing else runs. */
  private judge(submitted: Submitted): WitnessAnswer {
    const { origin, size, root, oldSize, text } = submitted;
    const trusted = this.logs.get(origin);
    if (!trusted) return { status: 404 };
    if (!trusted.some((key) => isSignedBy(key, submitted))) return { status: 403 };
    if (oldSize > size) return { status: 400 };
    const head = this.heads.get(origin);
    if (oldSize !== (head?.size ?? 0)) return conflict(head?.size ?? 0);
    if (head?.size === size && head.root !== root) return { status: 409 };
    if (!isConsistent(submitted, head)) return { status: 422 };
    this.heads.set(origin, { size, root });
    this.store();
    return { status: 200, body: this.key.cosign(text) };
  }

  private store(): void {
    const file = openSync(`${this.file}.new`, 'w');
    writeSync(file, JSON.stringify([...this.heads]));
    fsyncSync(file);
    closeSync(file);
    renameSync(`${this.file}.new`, this.file);
  }
}

export function respond(response: ServerResponse, { status, body = '', headers = {} }: WitnessAnswer): void {
  response.writeHead(status, headers).end(body);
}

/** Of a witness that has cosigned another size than it was told. */
export const conflict = (size: number | string): WitnessAnswer => ({
  status: 409,
  body: `${size}\n`,
  headers: { 'content-type': 'text/x.tlog.size' },
});

/** The text of the checkpoint in a request. */
export const checkpointOf = (request: string): string =>
  request.slice(request.indexOf('\n\n') + 2, request.lastIndexOf('\n\n') + 1);

function parse(body: Buffer): Submitted | undefined {
  const whole = body.toString();
  if (!Buffer.from(whole).equals(body)) return undefined;
  const match =
    /^old (0|[1-9]\d*)\n((?:[^\n]+\n)*)\n(([^\n]+)\n(0|[1-9]\d*)\n([^\n]+)\n)\n((?:\u2014 \S+ \S+\n)+)$/.exec(whole);
  if (!match) return undefined;
  const [, oldSize = '', proof = '', text = '', origin = '', size = '', root = '', signatures = ''] = match;
  const hashes = proof.split('\n').slice(0, -1);
  if (hashes.length > 63 || ![...hashes, root].every((hash) => HASH.test(hash))) return undefined;
  const lines = signatures.split('\n').slice(0, -1);
  return { oldSize: Number(oldSize), proof: hashes, text, origin, size: Number(size), root, signatures: lines };
}

/** C2SP signed-note, algorithm 1; signatures by others are left alone. */
function isSignedBy(verifierKey: string, { text, signatures }: Submitted): boolean {
  const [, name = '', keyId = '', encoded = ''] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(verifierKey) ?? [];
  const x = Buffer.from(encoded, 'base64').subarray(1).toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return signatures.some((line) => {
    const [, signer, signature = ''] = line.split(' ');
    const bytes = Buffer.from(signature, 'base64');
    if (signer !== name || bytes.toString('hex', 0, 4) !== keyId) return false;
    return verify(null, Buffer.from(text), key, bytes.subarray(4));
  });
}

function isConsistent({ oldSize, size, root, proof }: Submitted, head: Head | undefined): boolean {
  if (oldSize === 0 || !head) return proof.length === 0;
  try {
    verifyConsistency({
      oldSize: BigInt(oldSize),
      oldRoot: Buffer.from(head.root, 'base64'),
      newSize: BigInt(size),
      newRoot: Buffer.from(root, 'base64'),
      proof: proof.map((hash) => Buffer.from(hash, 'base64')),
    });
    return true;
  } catch {
    return false;
  }
}

/** C2SP signed-note: SHA-256(name ‖ "\n" ‖ algorithm ‖ public key)[:4]. */
function keyIdOf(name: string, typed: Buffer): Buffer {
  return createHash('sha256').update(`${name}\n`).update(typed).digest().subarray(0, 4);
}
