import { WITHHOLDING_RULE } from '../../reports/evidence/withholding.js';

/** The forms of names and ids, each bounded. */
export const PATTERNS = {
  digest: /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/,
  environment: /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
  pipeline: /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/,
  subject: /^[A-Za-z0-9][A-Za-z0-9._@:/-]{0,127}$/,
  /** Services and components: registry paths, tags and short digests are names as well. */
  service: /^[A-Za-z0-9][A-Za-z0-9._/@:+-]{0,255}$/,
  keyId: /^[0-9a-f]{32}$/,
  glob: /^[A-Za-z0-9*][A-Za-z0-9._/@:+*-]{0,319}$/,
  attestationType: /^[A-Za-z0-9][A-Za-z0-9._/:+-]{0,99}$/,
  /** SHA-256 of a file, in hex. */
  fileDigest: /^[0-9a-f]{64}$/,
  uuid: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/,
  eventType: /^[A-Za-z]{1,60}(?:\.v\d{1,3})?$/,
  stream: /^(?:reports|erasures|[a-z]{1,20}-[A-Za-z0-9._@:/+-]{1,300})$/,
  /** Visible ASCII. */
  idempotencyKey: /^[!-~]{1,200}$/,
  limit: /^(?:[1-9]\d?|[1-4]\d\d|500)$/,
  groupLimit: /^(?:[1-9]|[1-4]\d|50)$/,
  cursor: /^[A-Za-z0-9_-]{1,600}$/,
  /** A version or a commit as a filter. */
  label: /^[^\u0000-\u001f]{1,200}$/,
  count: /^(?:0|[1-9]\d{0,14})$/,
  /** A path, a beginning of one, or a route's template. */
  path: /^\/[!-~]{0,1023}$/,
  /**
   * A path of this server, with its query. A browser takes `//host` and `/\\host` for another server's, and leaves out
   * tabs and line ends before it looks: so there are visible characters alone, and a backslash nowhere.
   */
  returnPath: /^\/(?!\/)[!-[\]-~]{0,1023}$/,
  status: /^[1-5]\d\d$/,
  /** Of a sample: visible ASCII, so that it can be typed into any tool. */
  seed: /^[!-~]{1,100}$/,
  /** Which texts of which events a package keeps back. */
  withholding: WITHHOLDING_RULE,
} as const;

export type PatternName = keyof typeof PATTERNS;

/** How each form is described to who got it wrong. */
export const PATTERN_HINTS: Record<PatternName, string> = {
  digest: 'sha256: and 64 hex digits, or sha512: and 128, in lower case',
  environment: '1 to 64 letters, digits and . _ -, beginning with a letter or digit',
  pipeline: '1 to 100 letters, digits and . _ -, beginning with a letter or digit',
  subject: '1 to 128 letters, digits and . _ @ : / -, beginning with a letter or digit',
  service: '1 to 256 letters, digits and . _ / @ : + -, beginning with a letter or digit',
  keyId: '32 hex digits, the id of a key',
  glob: '1 to 320 letters, digits and . _ / @ : + - with * for any run of characters',
  attestationType: '1 to 100 letters, digits and . _ / : + -, beginning with a letter or digit',
  fileDigest: '64 hex digits in lower case, the SHA-256 of a file',
  uuid: 'a UUID in lower case',
  eventType: 'the type of an event such as ArtifactPromoted.v1',
  stream: 'the name of a stream such as environment-production',
  idempotencyKey: '1 to 200 visible ASCII characters',
  limit: 'a whole number from 1 to 500',
  groupLimit: 'a whole number from 1 to 50',
  cursor: 'a cursor that an earlier page gave',
  label: 'text of 1 to 200 characters',
  count: 'a whole number, without leading zeros',
  path: 'a path of at most 1024 visible characters, beginning with /',
  returnPath: 'a path of this server of at most 1024 visible characters, beginning with one / and without a backslash',
  status: 'an HTTP status such as 403',
  seed: '1 to 100 visible ASCII characters',
  withholding: 'all, data, meta or remarks, and after a colon an event’s id or a type with * for any run of characters',
};
