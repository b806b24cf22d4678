const DASHES = [8, 13, 18, 23];
/** Where each of the 16 bytes stands in the 36 characters. */
const PLACES = Array.from({ length: 36 }, (_, place) => place)
  .filter((place) => !DASHES.includes(place))
  .filter((_, index) => index % 2 === 0);
const HEX = Buffer.from('0123456789abcdef', 'latin1');
const text = Buffer.alloc(36, '-', 'latin1');

/** The 16 bytes of a UUID that was checked before. Written out because every event of every append and read passes. */
export function uuidBytes(uuid: string): Buffer {
  const bytes = Buffer.allocUnsafe(16);
  for (let index = 0; index < 16; index++) {
    const place = PLACES[index] as number;
    bytes[index] = (nibble(uuid.charCodeAt(place)) << 4) | nibble(uuid.charCodeAt(place + 1));
  }
  return bytes;
}

/** The UUID of 16 bytes, lower case with dashes. */
export function uuidText(bytes: Buffer): string {
  for (let index = 0; index < 16; index++) {
    const place = PLACES[index] as number;
    const byte = bytes[index] as number;
    text[place] = HEX[byte >> 4] as number;
    text[place + 1] = HEX[byte & 15] as number;
  }
  return text.toString('latin1');
}

function nibble(code: number): number {
  return code < 0x3a ? code - 0x30 : code - 0x57;
}
