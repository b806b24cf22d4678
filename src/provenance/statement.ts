import { createHash } from 'node:crypto';
import { hasRepeatedKeys } from '../repeated-keys.js';
import { digestText, type ArtifactDigest } from './artifact-digest.js';
import { ProvenanceError } from './failure.js';

export const PAYLOAD_TYPE = 'application/vnd.in-toto+json';
export const STATEMENT_V1 = 'https://in-toto.io/Statement/v1';
const STATEMENT_TYPES = [STATEMENT_V1, 'https://in-toto.io/Statement/v0.1'];
const SUBJECTS_MAX = 1_000;

type Json = Record<string, unknown>;

/** An in-toto statement (v0.1 or v1): of which artifacts it speaks, and what it says of them. */
export interface Statement {
  /** SHA-256 of its bytes as they were signed, in hex. */
  readonly digest: string;
  readonly subjects: readonly { readonly name: string; readonly digest: Readonly<Record<string, string>> }[];
  readonly predicateType: string;
  readonly predicate: Json;
}

/** @throws ProvenanceError `format` */
export function parseStatement(payloadType: string, payload: Uint8Array): Statement {
  if (payloadType !== PAYLOAD_TYPE) throw malformed(`a payload of type ${PAYLOAD_TYPE}`, payloadType || 'none');
  const statement = parseJson(payload);
  const { _type: type, subject, predicateType, predicate } = statement;
  if (typeof type !== 'string' || !STATEMENT_TYPES.includes(type)) {
    throw malformed(`an in-toto statement (${STATEMENT_TYPES.join(', ')})`, `a _type of ${describe(type)}`);
  }
  if (typeof predicateType !== 'string') throw malformed('a predicateType', describe(predicateType));
  if (!Array.isArray(subject) || subject.length === 0 || subject.length > SUBJECTS_MAX) {
    throw malformed(`1 to ${SUBJECTS_MAX} subjects`, Array.isArray(subject) ? `${subject.length}` : describe(subject));
  }
  return {
    digest: createHash('sha256').update(payload).digest('hex'),
    subjects: subject.map(subjectOf),
    predicateType,
    predicate: isObject(predicate) ? predicate : {},
  };
}

/**
 * One of its subjects is the artifact, by the digest that the artifact is known by.
 *
 * @throws ProvenanceError `subject`
 */
export function checkSubject({ subjects }: Statement, artifact: ArtifactDigest): void {
  if (subjects.some(({ digest }) => digest[artifact.algorithm]?.toLowerCase() === artifact.hex)) return;
  const seen = subjects.slice(0, 5).map(({ name, digest }) => {
    const hex = digest[artifact.algorithm];
    const of = hex === undefined ? `without a ${artifact.algorithm}` : `${artifact.algorithm}:${hex}`;
    return name === '' ? of : `${name} ${of}`;
  });
  const others = subjects.length > seen.length ? ` and ${subjects.length - seen.length} more` : '';
  throw new ProvenanceError('subject', digestText(artifact), `${seen.join(', ')}${others}`);
}

function subjectOf(value: unknown): Statement['subjects'][number] {
  const { name, digest } = isObject(value) ? value : {};
  if (!isObject(digest)) throw malformed('a subject with digests', describe(value));
  const texts = Object.entries(digest).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return { name: typeof name === 'string' ? name : '', digest: Object.fromEntries(texts) };
}

function parseJson(payload: Uint8Array): Json {
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(payload);
    value = JSON.parse(text) as unknown;
  } catch (error) {
    throw malformed('a payload of JSON', 'something else', { cause: error });
  }
  // Whoever verifies it again must read what was read here.
  if (hasRepeatedKeys(text, value))
    throw malformed('a payload that says each thing once', 'an object with a key twice');
  if (!isObject(value)) throw malformed('a statement', describe(value));
  return value;
}

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const describe = (value: unknown): string =>
  value === undefined ? 'none' : (JSON.stringify(value) ?? typeof value).slice(0, 100);

const malformed = (expected: string, seen: string, options?: ErrorOptions): ProvenanceError =>
  new ProvenanceError('format', expected, seen, options);
