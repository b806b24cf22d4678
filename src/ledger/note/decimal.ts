const UINT64_MAX = 2n ** 64n - 1n;

/** A number of at most 64 bits in decimal, without sign and without leading zeros; undefined for anything else. */
export function parseDecimal(text: string): bigint | undefined {
  if (!/^(?:0|[1-9]\d{0,19})$/.test(text)) return undefined;
  const number = BigInt(text);
  return number <= UINT64_MAX ? number : undefined;
}
