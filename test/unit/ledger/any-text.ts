import fc from 'fast-check';

/** Texts of any characters at all, halves of pairs among them. */
export const anyText = (constraints: { readonly minLength?: number } = {}): fc.Arbitrary<string> =>
  fc.string({
    ...constraints,
    unit: fc.oneof(
      fc.integer({ min: 0, max: 0x7f }).map((code) => String.fromCodePoint(code)),
      fc.integer({ min: 0, max: 0x10ffff }).map((code) => String.fromCodePoint(code)),
    ),
  });
