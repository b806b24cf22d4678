import { randomFillSync } from 'node:crypto';

const POOL_BYTES = 16_384;
let pool = Buffer.alloc(0);
let used = 0;

/** Cryptographically strong bytes, drawn for many at once: a call for each costs more than the bytes. */
export function randomBytesFromPool(bytes: number): Uint8Array {
  if (used + bytes > pool.length) {
    pool = randomFillSync(Buffer.allocUnsafeSlow(POOL_BYTES));
    used = 0;
  }
  const drawn = Uint8Array.prototype.slice.call(pool, used, used + bytes);
  used += bytes;
  return drawn;
}
