import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { uuidBytes, uuidText } from '../../../src/event-store/sqlite/uuid.js';

it('packs a UUID into its 16 bytes and back', () => {
  fc.assert(
    fc.property(fc.uuid({ version: [1, 3, 4, 5, 7] }), (uuid) => {
      const bytes = uuidBytes(uuid);
      expect(bytes.toString('hex')).toBe(uuid.replaceAll('-', ''));
      expect(uuidText(bytes)).toBe(uuid);
    }),
  );
});
