import { isCanonical } from '../canonical.js';
import type { Findings } from '../findings.js';

type Json = Record<string, unknown>;

/** Of the stream, every event from one revision to the other is in the package. */
export interface Run {
  readonly stream: string;
  readonly from: number;
  readonly to: number;
}

/** What a package says of itself, as far as it can be held against what is in it. */
export interface Manifest {
  readonly origin: string;
  readonly query: Json;
  readonly position: number;
  readonly size: number;
  readonly population: { readonly count: number; readonly root: string };
  readonly disclosed: number;
  readonly withheld: number;
  readonly erased: number;
  readonly complete: readonly Run[];
}

const FORMAT = 'cairn-evidence/1';
const MEMBERS = 'complete disclosed erased format origin population position query size withheld';
const HASH = /^[0-9a-f]{64}$/;

/** The manifest, if it has the form of one; else a finding. A text that others may read otherwise is one too. */
export function parseManifest(text: string, findings: Findings): Manifest | undefined {
  const value = parseObject(text);
  if (!text.endsWith('\n') || !isCanonical(text.slice(0, -1)))
    findings.add('manifest', 'wrong-manifest', 'the manifest is not one line of RFC 8785 text');
  const problem = value ? problemOf(value) : 'is no JSON object';
  if (problem === undefined) return value as unknown as Manifest;
  findings.add('manifest', 'wrong-manifest', `the manifest ${problem}`);
  return undefined;
}

/** Whether it is said that no event between the first and the last is missing. */
export const isOfRange = ({ query: { completeness } }: Manifest): boolean =>
  Array.isArray(completeness) && completeness.includes('range');

/** A JSON object, or undefined. */
export function parseObject(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The names of an object's members, sorted, with a space between them. */
export const namesOf = (value: Json): string => Object.keys(value).sort().join(' ');

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

function problemOf(value: Json): string | undefined {
  const { format, origin, position, size, disclosed, withheld, erased, population, complete, query } = value;
  if (format !== FORMAT) return `is of another format than ${FORMAT}`;
  if (namesOf(value) !== MEMBERS) return `has other members than a manifest: ${namesOf(value).slice(0, 200)}`;
  if (typeof origin !== 'string' || !isObject(query)) return 'has no origin or no query';
  if (![size, disclosed, withheld, erased, position].every(isCount)) return 'has a number that is none';
  if (!isObject(population) || namesOf(population) !== 'count root' || !isCount(population['count'])) {
    return 'has no population';
  }
  if (typeof population['root'] !== 'string' || !HASH.test(population['root'])) return 'has no root of its population';
  return Array.isArray(complete) && complete.every(isRun) ? undefined : 'has runs that are none';
}

function isRun(value: unknown): value is Run {
  if (!isObject(value) || namesOf(value) !== 'from stream to') return false;
  const { from, to, stream } = value;
  return typeof stream === 'string' && isCount(from) && isCount(to) && (from as number) <= (to as number);
}
