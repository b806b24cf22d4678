import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../../../verifier/verify.mjs', import.meta.url));

export interface Verdict {
  readonly code: number;
  readonly output: string;
  /** The last line. */
  readonly verdict: string;
}

/** Runs the separate verifier as an auditor does. */
export function verify(...args: string[]): Promise<Verdict> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], (error, stdout, stderr) => {
      const output = stdout + stderr;
      const code = error ? (typeof error.code === 'number' ? error.code : -1) : 0;
      resolve({ code, output, verdict: output.trimEnd().split('\n').at(-1) ?? '' });
    });
  });
}
