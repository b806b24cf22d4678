import { Option, type Command } from 'commander';
import { ARTIFACT_KINDS, LAYERS } from '../domain/artifact/events.js';
import { SLSA_V1 } from '../provenance/slsa.js';
import { signStatement } from '../provenance/sign.js';
import { slsaProvenance } from './attest/predicate.js';
import { isKeyGiven, readSigningKey } from './attest/signing-key.js';
import { bakeBody, type BakeOptions } from './bake/body.js';
import { readProof } from './bake/proof-file.js';
import { withBuild } from './build-options.js';
import { ciEnvironment, type CiEnvironment } from './ci-environment.js';
import { digestOption } from './digest-option.js';
import { CliError } from './errors.js';
import { annotated } from './github-actions.js';
import { record, withRecording, type RecordOptions } from './record.js';

interface Options extends RecordOptions, BakeOptions {
  readonly provenance?: string;
  readonly key?: string;
  readonly dryRun?: true;
}

/** `cairn bake`: tells the ledger what a pipeline has built, and what proves it. */
export function addBake(program: Command): void {
  const bake = program
    .command('bake')
    .description('tell the ledger what a pipeline has built, with what proves it; needs a pipeline’s token')
    .requiredOption('--digest <digest>', 'the artifact: sha256: or sha512: and hex')
    .requiredOption('--component <name>', 'what it is a version of')
    .requiredOption('--version <version>', 'a label for people')
    .addOption(new Option('--kind <kind>', 'what it is').choices([...ARTIFACT_KINDS]).makeOptionMandatory())
    .addOption(new Option('--layer <layer>', 'which layer it changes').choices([...LAYERS]).makeOptionMandatory());
  withBuild(bake)
    .option('--author <subject>', 'pseudonym of who wrote it; never guessed, since it cannot be erased')
    .option('--committed-at <time>', 'when it was committed, RFC 3339')
    .option('--base <digest>', 'the artifact that it is built on')
    .option('--configuration <digest>', 'the configuration that was baked in')
    .option('--run <id>', 'the run that built it')
    .option('--run-url <url>', 'where it can be looked at')
    .option('--triggered-by <subject>', 'pseudonym of who started it; never guessed')
    .option('--provenance <file>', 'Sigstore bundle or DSSE envelope, one a line if several, - for stdin')
    .option('--key <file>', 'instead: sign provenance with this key (see cairn attest), or with CAIRN_ATTEST_KEY')
    .option('--reason <text>', 'a remark; it can be erased')
    .option('--dry-run', 'print what would be sent, and send nothing');
  withRecording(bake)
    .addHelpText(
      'after',
      `
GitHub Actions and GitLab CI say repository, commit, ref and run themselves. The receipt is on stdout as JSON, and in
GitHub Actions event-id and position are outputs of the step. A job that is started again, and says the same, is
answered as the first time. Exit codes: 0 accepted, 1 refused, 66 no proof of this artifact, 69 no server, 77 no right.

Examples:
  $ cairn bake --digest sha256:… --component shop-api --version 1.4.0 --kind container-image --layer application \\
      --provenance sha256:….jsonl
  $ cairn bake --digest sha256:… --component shop-api --version 1.4.0 --kind package --layer application \\
      --key shop.pem --repository https://git.example/shop --commit c0ffee1 --run 17 \\
      --builder https://ci.example --build-type https://ci.example/v1`,
    )
    .action(bakeArtifact);
}

function bakeArtifact(options: Options): Promise<void> {
  const what = `the bake of ${options.component} ${options.version}`;
  return annotated(`Cairn did not take ${what}`, async () => {
    const ci = ciEnvironment(process.env);
    const body = bakeBody(options, ci, await provenanceOf(options, ci));
    if (options.dryRun) return console.log(JSON.stringify(body, null, 2));
    await record({ what, path: '/artifacts', body }, options);
  });
}

async function provenanceOf(options: Options, ci: CiEnvironment): Promise<object | undefined> {
  const { digest, component, provenance, key, run, runUrl } = options;
  const artifact = digestOption('--digest', digest);
  if (provenance !== undefined) {
    if (key === undefined) return readProof(provenance, artifact);
    throw new CliError('usage', 'Give --provenance or --key: what is signed already is sent as it is.');
  }
  if (!isKeyGiven(key)) return undefined;
  const invocation = run === undefined ? ci.invocation : runUrl;
  const predicate = slsaProvenance(options, ci, invocation);
  return signStatement({ artifact, name: component, predicateType: SLSA_V1, predicate }, await readSigningKey(key));
}
