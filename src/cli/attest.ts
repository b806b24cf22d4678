import { writeFileSync } from 'node:fs';
import { Option, type Command } from 'commander';
import { ATTESTATION_RESULTS } from '../domain/artifact/events.js';
import { signStatement, type SignedEnvelope } from '../provenance/sign.js';
import { makeKey } from './attest/keygen.js';
import { PREDICATE_NAMES, predicateTypeOf, readPredicate, slsaProvenance } from './attest/predicate.js';
import { readSigningKey } from './attest/signing-key.js';
import { needed, withBuild, type BuildOptions } from './build-options.js';
import { ciEnvironment } from './ci-environment.js';
import { digestOption } from './digest-option.js';
import { CliError } from './errors.js';
import { annotated } from './github-actions.js';
import { STDIN } from './input.js';
import { record, withRecording, type RecordOptions } from './record.js';

interface AttestOptions extends RecordOptions, BuildOptions {
  readonly key?: string;
  readonly subject?: string;
  readonly name?: string;
  readonly run?: string;
  readonly predicateType?: string;
  readonly predicate?: string;
  readonly out?: string;
  readonly post?: true;
  readonly type?: string;
  readonly result?: string;
  readonly environment?: string;
}

/** `cairn attest`: signs what is said of an artifact with a key, for pipelines without Sigstore. */
export function addAttest(program: Command): void {
  // Its options and those of "keygen" are different ones, also where they have the same name.
  const attest = program.command('attest').enablePositionalOptions();
  attest
    .description('sign a statement about an artifact with a key, and send it where that is asked for')
    .option('--key <file>', 'private key in PEM, - for stdin; left out, CAIRN_ATTEST_KEY: the key, or its file')
    .option('--subject <digest>', 'the artifact')
    .option('--name <name>', 'what people call it')
    .option('--predicate-type <type>', `${PREDICATE_NAMES}, or a URI`)
    .option('--predicate <file>', 'what is said, as JSON, - for stdin; provenance is made from the options below')
    .option('--out <file>', 'where to write the envelope; left out, to stdout');
  withBuild(attest)
    .option('--run <uri>', 'the run of the build')
    .option('--post', 'send it to the ledger as an attestation')
    .option('--type <type>', 'with --post: what was looked at, such as unit-tests')
    .addOption(new Option('--result <result>', 'with --post: what came out').choices([...ATTESTATION_RESULTS]))
    .option('--environment <name>', 'with --post: where it was made, where that matters');
  withRecording(attest)
    .addHelpText(
      'after',
      `
The statement is in-toto v1, in a DSSE envelope. Keys are Ed25519 or ECDSA (P-256, P-384, P-521), PKCS#8 or SEC1; the
passphrase of an encrypted one is CAIRN_ATTEST_KEY_PASSPHRASE. What provenance says of the build, GitHub Actions and
GitLab CI say themselves. With --post the receipt is on stdout.

Examples:
  $ cairn attest keygen --out shop.pem
  $ cairn attest --key shop.pem --subject sha256:… --predicate-type provenance --out provenance.json
  $ cairn attest --key shop.pem --subject sha256:… --predicate-type test-result --predicate tests.json \\
      --post --type unit-tests --result passed`,
    )
    .action((options: AttestOptions) =>
      annotated(`Not attested: ${options.subject ?? 'no artifact'}`, () => signAndSend(options)),
    );
  attest
    .command('keygen')
    .description('make an Ed25519 key to sign with, and say how it is registered')
    .requiredOption('--out <file>', 'where to write it; the public key goes to FILE.pub')
    .addHelpText('after', '\nExample:\n  $ cairn attest keygen --out shop.pem')
    .action(makeKey);
}

async function signAndSend(options: AttestOptions): Promise<void> {
  const { post, out, name } = options;
  const { subject, predicateType } = needed({ subject: options.subject, predicateType: options.predicateType });
  const attestation = post && needed({ type: options.type, result: options.result });
  const artifact = digestOption('--subject', subject);
  const type = predicateTypeOf(predicateType);
  const predicate = await predicateOf(options);
  const key = await readSigningKey(options.key);
  const envelope = signStatement({ artifact, ...(name && { name }), predicateType: type, predicate }, key);
  if (out !== undefined) writeFileSync(out, toText(envelope));
  else if (!attestation) process.stdout.write(toText(envelope));
  if (!attestation) return;
  const { environment } = options;
  const body = { ...attestation, ...(environment && { environment }), statement: envelope };
  const what = `${attestation.type} ${attestation.result} of ${subject}`;
  await record({ what, path: `/artifacts/${subject}/attestations`, body }, options);
}

function predicateOf(options: AttestOptions): object | Promise<object> {
  const { predicate, key, predicateType } = options;
  if (predicate === STDIN && key === STDIN) {
    throw new CliError('usage', 'Only one of --key and --predicate can come over stdin.');
  }
  if (predicate !== undefined) return readPredicate(predicate);
  if (predicateType === 'provenance') {
    const ci = ciEnvironment(process.env);
    return slsaProvenance(options, ci, options.run ?? ci.invocation);
  }
  throw new CliError('usage', `--predicate must be given for ${predicateType ?? ''}.`);
}

const toText = (envelope: SignedEnvelope): string => `${JSON.stringify(envelope)}\n`;
