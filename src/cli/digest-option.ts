import { parseDigest, type ArtifactDigest } from '../provenance/artifact-digest.js';
import { CliError } from './errors.js';

/** The digest that an option gives. @throws CliError `usage` */
export function digestOption(option: string, text: string): ArtifactDigest {
  try {
    return parseDigest(text);
  } catch (error) {
    const form = 'sha256: and 64 hex digits, or sha512: and 128, in lower case';
    throw new CliError('usage', `${option} must be ${form}, not ${text.slice(0, 150)}.`, undefined, { cause: error });
  }
}
