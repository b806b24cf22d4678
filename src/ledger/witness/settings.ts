import { parseWitnessKey } from '../note/cosignature.js';
import type { Verifier } from '../note/keys.js';

/** C2SP signed-note: a note of more than sixteen signatures need not be read by anybody, and the log's own is one. */
const WITNESSES_MAX = 15;
const URL_LENGTH_MAX = 1_000;

/** Who is asked to cosign, and where. */
export interface Witness {
  readonly verifier: Verifier;
  /** The submission prefix of C2SP tlog-witness, without a slash at its end. */
  readonly url: string;
}

/** Who is asked, and how many of them must have cosigned before a checkpoint is published. */
export interface WitnessSettings {
  readonly witnesses: readonly Witness[];
  readonly required: number;
}

/**
 * Witnesses as `<verifier key>@<url>`, with white space between one and the next: neither has any in it, and each may
 * have commas.
 *
 * @throws RangeError that says what is wrong and with which
 */
export function parseWitnesses(text: string): Witness[] {
  const witnesses = text.split(/\s+/).filter(Boolean).map(parseWitness);
  if (witnesses.length > WITNESSES_MAX) throw new RangeError(`names more than ${WITNESSES_MAX} witnesses`);
  for (const [index, { verifier, url }] of witnesses.entries()) {
    const others = witnesses.slice(0, index);
    // A cosignature does not sign its witness's name: one key under two names would count for two.
    if (others.some((other) => other.verifier.publicKey.equals(verifier.publicKey))) {
      throw new RangeError(`has the key of ${verifier.name} twice`);
    }
    if (others.some((other) => other.url === url)) throw new RangeError(`names ${url} twice`);
  }
  return witnesses;
}

function parseWitness(text: string): Witness {
  // No base64 has an @ in it, and a key's name may.
  const [, key = '', address = ''] = /^([^+]+\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+)@(.+)$/.exec(text) ?? [];
  if (key === '') {
    const [beginning = ''] = text.split('@');
    throw new RangeError(`has ${shown(beginning)}…, which is not a verifier key, an @ and an address`);
  }
  if (/\+[0-9a-f]{8}\+/.test(address)) throw new RangeError('has two keys with no white space between them');
  const verifier = verifierOf(key);
  return { verifier, url: addressOf(address) };
}

function verifierOf(key: string): Verifier {
  try {
    return parseWitnessKey(key);
  } catch (error) {
    throw new RangeError(`has ${shown(key)}: ${(error as Error).message}`, { cause: error });
  }
}

function addressOf(text: string): string {
  const url = URL.canParse(text) && text.length <= URL_LENGTH_MAX ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new RangeError(`has the address ${shown(text)}, which is not of http or https`);
  }
  // Not repeated, since what stands there is a secret.
  if (url.username !== '' || url.password !== '')
    throw new RangeError(`has a password for ${url.host}; no witness asks`);
  if (url.search !== '' || url.hash !== '')
    throw new RangeError(`has the address ${shown(text)}, with more than a path`);
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

const shown = (text: string): string => (text.length > 100 ? `${text.slice(0, 100)}…` : text);
