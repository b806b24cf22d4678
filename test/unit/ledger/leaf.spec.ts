import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalize } from 'json-canonicalize';
import type { RecordedEvent } from '../../../src/event-store/port.js';
import { leafHash, leafText, remarksHash } from '../../../src/ledger/leaf.js';

const EVENT: RecordedEvent = {
  position: 7,
  id: '0193a7c2-0000-7000-8000-000000000001',
  stream: 'environment-production',
  revision: 3,
  type: 'ArtifactPromoted.v1',
  occurredAt: '2026-01-06T10:00:00.000Z',
  recordedAt: '2026-01-06T10:00:01.000Z',
  actor: 'pipeline:shop',
  data: '{"service":"shop-api"}',
  remarks: '{"reason":"größer"}',
  meta: '{"channel":"api"}',
  salts: Uint8Array.from({ length: 48 }, (_, index) => index),
};
const ISO = fc
  .date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-12-31') })
  .map((date) => date.toISOString());
const JSON_TEXT = fc.jsonValue().map((value) => canonicalize(value));
const EVENTS = fc.record<RecordedEvent>({
  position: fc.nat(),
  id: fc.uuid(),
  stream: fc.string({ unit: 'grapheme' }),
  revision: fc.maxSafeNat(),
  type: fc.string(),
  occurredAt: ISO,
  recordedAt: ISO,
  actor: fc.string({ unit: 'grapheme' }),
  data: JSON_TEXT,
  remarks: JSON_TEXT,
  meta: JSON_TEXT,
  salts: fc.uint8Array({ minLength: 48, maxLength: 48 }),
});

/** The definition, as it stands in the design, without regard to speed. */
function byDefinition({ salts, ...event }: RecordedEvent): string {
  const sha256 = (...parts: (string | Uint8Array)[]) =>
    createHash('sha256')
      .update(Buffer.concat(parts.map((part) => Buffer.from(part))))
      .digest('hex');
  const { id, stream, revision, type, occurredAt, recordedAt, actor } = event;
  const data = sha256(salts.slice(0, 16), event.data);
  const remarks = sha256(salts.slice(16, 32), event.remarks ?? '');
  const meta = sha256(salts.slice(32, 48), event.meta);
  const leaf = { v: 1, id, stream, revision, type, occurredAt, recordedAt, actor, data, remarks, meta };
  return sha256(Uint8Array.of(0), canonicalize(leaf));
}

describe('the leaf of an event', () => {
  it('is hashed as the design defines it, whatever the event', () =>
    fc.assert(fc.property(EVENTS, (event) => expect(leafHash(event).toString('hex')).toBe(byDefinition(event)))));

  it.each(['', 'a', 'ü', '\u{1f600}', '\ud800', '\0'])(
    'is hashed so for short and for very long texts of %j',
    (character) => {
      // Around what a text of three bytes a character may have in the place where salts and texts are put together.
      for (const length of [1, 21_840, 21_841, 65_520, 65_521, 300_000]) {
        const event = {
          ...EVENT,
          data: character.repeat(length),
          remarks: character,
          meta: character.repeat(length + 1),
        };
        expect(leafHash(event).toString('hex')).toBe(byDefinition(event));
      }
    },
  );

  it('is the text that anybody can make with sha256sum', () => {
    expect(leafText(EVENT)).toBe(
      '{"actor":"pipeline:shop","data":"812b6075bee9ed039f9185fcc36beb16fc434d99cd8213707376d07d9777b22e","id":"0193a7c2-0000-7000-8000-000000000001","meta":"6e61b4c9def0a386f9619493e7b74caeb6fd62cf5c85b290f8b2094352e9d80a",' +
        '"occurredAt":"2026-01-06T10:00:00.000Z","recordedAt":"2026-01-06T10:00:01.000Z","remarks":"d7f1e726e116132b496155e44b3d74afa0ec96e06a61d1c4a64432dc3755cf90",' +
        '"revision":3,"stream":"environment-production","type":"ArtifactPromoted.v1","v":1}',
    );
    expect(leafHash(EVENT).toString('hex')).toBe('2af8d33268fab44c63e1676ffdead06f74f27462504ee7c03fe5087df87693d4');
  });

  it.each(['data', 'remarks', 'meta', 'actor', 'recordedAt', 'occurredAt', 'stream', 'type', 'id'] as const)(
    'is another one when its %s is',
    (name) => expect(leafHash({ ...EVENT, [name]: `${EVENT[name]} ` })).not.toEqual(leafHash(EVENT)),
  );

  it('has its place in the stream in it, and its salts, and not its position', () => {
    expect(leafHash({ ...EVENT, revision: 4 })).not.toEqual(leafHash(EVENT));
    for (const index of [0, 16, 32]) {
      const salts = EVENT.salts.map((byte, at) => (at === index ? byte + 1 : byte));
      expect(leafHash({ ...EVENT, salts })).not.toEqual(leafHash(EVENT));
    }
    expect(leafHash({ ...EVENT, position: 8 })).toEqual(leafHash(EVENT));
  });

  it('stays what it was when the remarks and their salt are erased', () =>
    fc.assert(
      fc.property(EVENTS, (event) => {
        const salts = event.salts.map((byte, index) => (index >= 16 && index < 32 ? 0 : byte));
        const erased: RecordedEvent = { ...event, remarks: null, remarksHash: remarksHash(event), salts };
        expect(leafText(erased)).toBe(leafText(event));
        expect(leafText({ ...erased, remarksHash: 'ab'.repeat(32) })).not.toBe(leafText(event));
      }),
    ));

  it('has the hash of the remarks that are there, whatever else is said of them', () => {
    expect(leafHash({ ...EVENT, remarksHash: 'ab'.repeat(32) })).toEqual(leafHash(EVENT));
  });

  it('cannot be made where something of it is missing', () => {
    expect(() => leafHash({ ...EVENT, remarks: null })).toThrow(/are gone/);
    expect(() => leafHash({ ...EVENT, salts: new Uint8Array(16) })).toThrow(/16 bytes of salts/);
  });
});
