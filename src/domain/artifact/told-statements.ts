import type { AttestationRecorded, AttestationResult } from './events.js';

/** A statement that was told as evidence, with what it was told as first. */
export interface ToldStatement {
  readonly digest: string;
  readonly pipeline: string;
  readonly type: string;
  readonly environment?: string;
  readonly result: AttestationResult;
  readonly occurredAt: string;
}

/** Of a statement that is told again, its first time counts. */
export function withTold(
  told: readonly ToldStatement[],
  { data, occurredAt }: Pick<AttestationRecorded, 'data'> & { readonly occurredAt: string },
): readonly ToldStatement[] {
  const { signed, pipeline, type, environment, result } = data;
  const digest = signed?.statementDigest;
  if (digest === undefined || told.some((one) => one.digest === digest && one.pipeline === pipeline)) return told;
  return [...told, { digest, pipeline, type, result, occurredAt, ...(environment !== undefined && { environment }) }];
}
