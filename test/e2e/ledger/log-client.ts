import { openCheckpoint } from '../../../src/ledger/note/checkpoint.js';
import { parseVerifierKey } from '../../../src/ledger/note/keys.js';
import { parseTlogProof } from '../../../src/ledger/note/tlog-proof.js';
import { verifyInclusion } from '../../../src/ledger/merkle/verify.js';
import type { Api, TestServer } from '../support/server.js';
import { Follower, hashOfLeaf } from './follower.js';

export interface KeyList {
  readonly origin: string;
  readonly keys: readonly { number: number; verifierKey: string; fromSize: number; statement?: string }[];
}

export const keysOf = async (api: Api): Promise<KeyList> => (await api.get<KeyList>('/v1/ledger/keys')).body;

/** A tile, as the bytes that it is. */
export async function tileFrom(server: TestServer, path: string): Promise<Buffer | undefined> {
  const headers = { authorization: `Bearer ${server.adminToken}` };
  const answer = await fetch(`${server.url}/v1/ledger/${path}`, { headers });
  const bytes = Buffer.from(await answer.arrayBuffer());
  if (answer.status === 200) return bytes;
  if (answer.status === 404) return undefined;
  throw new Error(`${path}: ${answer.status} ${bytes.toString()}`);
}

/** A client that has been given the first verifier key, and nothing else. */
export async function followerOf(server: TestServer): Promise<Follower> {
  const { origin, keys } = await keysOf(server.admin);
  return new Follower(origin, keys[0]?.verifierKey ?? '', (path) => tileFrom(server, path));
}

/** The newest checkpoint, as it came. */
export async function checkpointFrom(api: Api, minPosition?: number): Promise<string> {
  const query = minPosition === undefined ? '' : `?minPosition=${minPosition}`;
  const answer = await api.get(`/v1/ledger/checkpoint${query}`);
  if (answer.status !== 200) throw new Error(answer.text);
  return answer.text;
}

/** What a tlog-proof says, checked with its verifier key alone. @throws LedgerError when it proves nothing */
export function openReceipt(text: string, { origin, keys }: KeyList): { leaf: Record<string, unknown>; size: number } {
  const { extra, index, hashes, checkpoint } = parseTlogProof(text);
  const trusted = keys.map(({ verifierKey }) => parseVerifierKey(verifierKey));
  const { size, root } = openCheckpoint(checkpoint, origin, trusted);
  const leaf = extra ?? Buffer.alloc(0);
  verifyInclusion({ index, size, leafHash: hashOfLeaf(leaf), proof: hashes, root });
  return { leaf: JSON.parse(leaf.toString()) as Record<string, unknown>, size: Number(size) };
}
