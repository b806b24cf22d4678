import { readFileSync, statSync } from 'node:fs';
import { Findings } from '../../ledger/verify/findings.js';
import { verifyPackage } from '../../ledger/verify/package/verify.js';
import { CliError } from '../errors.js';
import { grouped, startProgress } from '../progress.js';
import type { Trust } from './options.js';
import type { Outcome } from './print-verified.js';

/** It is read as a whole. */
const FILE_BYTES_MAX = 2 ** 30;

/** Verifies an evidence package, offline. */
export async function verifyEvidence(file: string, trust: Trust): Promise<Outcome> {
  const { size } = statSync(file);
  if (size > FILE_BYTES_MAX) throw new CliError('input', `${file} is larger than any package: ${grouped(size)} bytes.`);
  const findings = new Findings();
  const progress = startProgress('verify');
  try {
    const onProgress = (done: number, total: number): void =>
      progress.update(done, total, `${grouped(done)} of ${grouped(total)} events`);
    const verified = await verifyPackage({ zip: readFileSync(file), ...trust, findings, onProgress });
    return { ...verified, kind: 'package', subject: file, isTrustGiven: trust.trusted.length > 0 };
  } finally {
    progress.stop();
  }
}
