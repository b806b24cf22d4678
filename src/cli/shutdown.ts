import { EXIT_CODES } from './exit-codes.js';

/** How long what is left over after a clean end may keep the process. */
const LINGER_MS = 3_000;

/** Waits for SIGINT or SIGTERM. A second one, while the first is being answered, ends the process at once. */
export function untilStopped(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let isStopping = false;
    const onSignal = (signal: NodeJS.Signals): void => {
      if (isStopping) process.exit(EXIT_CODES.interrupted);
      isStopping = true;
      resolve(signal);
    };
    process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  });
}

/** Ends the process soon even if a handle was left open. */
export function leaveSoon(): void {
  setTimeout(() => process.exit(), LINGER_MS).unref();
}
