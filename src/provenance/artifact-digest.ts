/** An artifact's digest as it is written everywhere: `sha256:` or `sha512:` and hex. */
export interface ArtifactDigest {
  readonly algorithm: 'sha256' | 'sha512';
  readonly hex: string;
}

/** @throws RangeError for anything else */
export function parseDigest(text: string): ArtifactDigest {
  const [, algorithm, hex = ''] = /^(sha256|sha512):([0-9a-f]+)$/.exec(text) ?? [];
  if ((algorithm === 'sha256' && hex.length === 64) || (algorithm === 'sha512' && hex.length === 128)) {
    return { algorithm, hex };
  }
  throw new RangeError(`Not a digest: ${text.slice(0, 150)}`);
}

export const digestText = ({ algorithm, hex }: ArtifactDigest): string => `${algorithm}:${hex}`;
