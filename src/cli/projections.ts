import type { Command } from 'commander';
import { CliError } from './errors.js';
import { EXIT_CODES } from './exit-codes.js';
import { PREFIX, projectionFiles, type ProjectionFile } from './projections/files.js';
import { lineDiff } from './projections/line-diff.js';
import { isRunning, ProjectionServer, type Deployed } from './projections/server.js';
import { colorsFor, formatTable } from './terminal.js';

/** `cairn projections deploy|status|diff`: the projections that a KurrentDB server runs itself. */
export function addProjections(program: Command): void {
  const projections = program
    .command('projections')
    .description('put the projections of projections/ on a KurrentDB server, and look after them')
    .addHelpText(
      'after',
      `
The server is the one that CAIRN_EVENT_STORE names, with an administrator's credentials.

Example:
  $ export CAIRN_EVENT_STORE='esdb://admin:<password>@kurrentdb:2113?tls=true&tlsCAFile=/certs/ca.crt'
  $ cairn projections deploy`,
    );
  projections
    .command('deploy')
    .description('create what is missing, replace what differs, enable what stands still; again, it changes nothing')
    .action(() => withServer(deploy));
  projections
    .command('status')
    .description('state, progress and errors of each; exit code 1 unless all of them run')
    .action(() => withServer(status));
  projections
    .command('diff')
    .description('what differs between the files here and the server; exit code 1 where anything does')
    .action(() => withServer(diff));
}

async function withServer(work: (server: ProjectionServer) => Promise<void>): Promise<void> {
  const server = await ProjectionServer.of(process.env);
  try {
    await work(server);
  } finally {
    await server.close();
  }
}

async function deploy(server: ProjectionServer): Promise<void> {
  for (const file of projectionFiles()) console.log(`${file.name}: ${await deployOne(server, file)}`);
  const broken = (await server.statuses()).filter(({ name, state }) => isOurs(name) && /^Faulted/.test(state));
  for (const { name, reason } of broken) console.error(`${name} has stopped: ${reason}`);
  if (broken.length > 0) process.exitCode = EXIT_CODES.failed;
}

async function deployOne(server: ProjectionServer, file: ProjectionFile): Promise<string> {
  const there = await server.deployed(file.name);
  if (!there) {
    await server.create(file);
    return 'created';
  }
  if (there.engineVersion !== 1) {
    throw new CliError(
      'failed',
      `${file.name} is on the server for version ${there.engineVersion} of the engine, which cannot be changed in place.`,
      'Delete it there, with its checkpoint, and deploy again.',
    );
  }
  if (differs(file, there)) {
    await server.replace(file);
    return 'replaced, and begun anew';
  }
  if (there.isEnabled && !(await standsStill(server, file.name))) return 'unchanged';
  await server.enable(file.name);
  return 'enabled';
}

async function standsStill(server: ProjectionServer, wanted: string): Promise<boolean> {
  const found = (await server.statuses()).find(({ name }) => name === wanted);
  return !found || !isRunning(found);
}

async function status(server: ProjectionServer): Promise<void> {
  const found = await server.statuses();
  const ours = found.filter(({ name }) => isOurs(name));
  const missing = projectionFiles().filter((file) => !ours.some(({ name }) => name === file.name));
  const rows = [
    ...ours.map(({ name, state, progress, eventsSinceStart, reason }) => [
      ...[name, state, `${Math.floor(progress)} %`, String(eventsSinceStart), reason],
    ]),
    ...missing.map(({ name }) => [name, 'not on the server', '', '', 'cairn projections deploy puts it there']),
  ].sort(([left = ''], [right = '']) => (left < right ? -1 : 1));
  const heads = ['projection', 'state', 'progress', 'events', ''];
  console.log(formatTable(heads, rows, { colors: colorsFor(process.stdout), right: [2, 3] }));
  if (missing.length > 0 || !ours.every(isRunning)) process.exitCode = EXIT_CODES.failed;
}

async function diff(server: ProjectionServer): Promise<void> {
  const files = projectionFiles();
  let isSame = true;
  for (const file of files) {
    const there = await server.deployed(file.name);
    if (there && !differs(file, there)) continue;
    isSame = false;
    if (!there) console.log(`${file.file} is not on the server.\n`);
    else
      console.log([`--- ${file.name} on the server`, `+++ ${file.file}`, ...differences(file, there), ''].join('\n'));
  }
  for (const { name } of await server.statuses()) {
    if (!isOurs(name) || files.some((file) => file.name === name)) continue;
    isSame = false;
    console.log(`${name} is on the server only.\n`);
  }
  if (isSame) console.log('The server has what is here.');
  else process.exitCode = EXIT_CODES.failed;
}

const differs = (file: ProjectionFile, there: Deployed): boolean =>
  file.text !== there.text || file.isEmitting !== there.isEmitting;

function differences(file: ProjectionFile, there: Deployed): string[] {
  const lines = lineDiff(there.text, file.text);
  if (file.isEmitting === there.isEmitting) return lines;
  return [
    ...lines,
    `  emitting is ${there.isEmitting ? 'on' : 'off'} there and must be ${file.isEmitting ? 'on' : 'off'}`,
  ];
}

const isOurs = (name: string): boolean => name.startsWith(PREFIX);
