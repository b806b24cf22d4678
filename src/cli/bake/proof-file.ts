import { digestText, type ArtifactDigest } from '../../provenance/artifact-digest.js';
import { parseEnvelope } from '../../provenance/dsse.js';
import { ProvenanceError } from '../../provenance/failure.js';
import { readSlsa } from '../../provenance/slsa.js';
import { checkSubject, isObject, parseStatement } from '../../provenance/statement.js';
import { CliError } from '../errors.js';
import { readInput } from '../input.js';

/**
 * The proof of a bake from a file, or from stdin for `-`: a Sigstore bundle, a DSSE envelope, or several of them, one a
 * line, of which the one with SLSA provenance of this artifact is taken. Whether it is signed well is for the server.
 *
 * @throws CliError `input` where it does not speak of this artifact, or more than one does
 */
export async function readProof(file: string, artifact: ArtifactDigest): Promise<object> {
  const proofs = parse(await readInput('provenance', file), file);
  const judged = proofs.map((proof) => ({ proof, failure: failureOf(proof, artifact) }));
  const [found, ...more] = judged.filter(({ failure }) => failure === undefined);
  if (found && more.length === 0) return found.proof;
  const wanted = `SLSA provenance of ${digestText(artifact)}`;
  if (found) {
    throw new CliError(
      'input',
      `${file} has ${more.length + 1} proofs that are ${wanted}.`,
      'Leave the one to be sent in it.',
    );
  }
  const failures = judged.slice(0, 5).map(({ failure = '' }, index) => `\n  ${index + 1}. ${failure}`);
  const others = judged.length > failures.length ? `\n  and ${judged.length - failures.length} more` : '';
  throw new CliError('input', `${file} has no ${wanted}. Nothing was sent.${failures.join('')}${others}`);
}

/** One JSON value, however it is laid out, or one a line. */
function parse(text: string, file: string): object[] {
  const values = parseWhole(text) ?? parseLines(text, file);
  if (values.length > 0 && values.every(isObject)) return values;
  throw new CliError(
    'input',
    `${file} has no proof in it: a Sigstore bundle or a DSSE envelope, one a line if several.`,
  );
}

function parseWhole(text: string): unknown[] | undefined {
  try {
    return [JSON.parse(text) as unknown];
  } catch {
    return undefined;
  }
}

function parseLines(text: string, file: string): unknown[] {
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    try {
      return [JSON.parse(line) as unknown];
    } catch (error) {
      throw new CliError('input', `${file} is no JSON in line ${index + 1}.`, undefined, { cause: error });
    }
  });
}

/** Why it is not provenance of this artifact; undefined where it is. */
function failureOf(proof: object, artifact: ArtifactDigest): string | undefined {
  // A bundle may sign the artifact's own bytes: what it is of is in its signature, and there is no statement to look at.
  if ('messageSignature' in proof) return undefined;
  try {
    const { payloadType, payload } = parseEnvelope('dsseEnvelope' in proof ? proof.dsseEnvelope : proof);
    const statement = parseStatement(payloadType, payload);
    checkSubject(statement, artifact);
    readSlsa(statement);
    return undefined;
  } catch (error) {
    if (error instanceof ProvenanceError) return error.message;
    throw error;
  }
}
