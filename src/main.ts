import 'reflect-metadata';
import fastifyCookie from '@fastify/cookie';
import { NestFactory } from '@nestjs/core';
import { CommandBus } from '@nestjs/cqrs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { mkdir } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { AccessLog } from './access-log/access-log.js';
import { openEventStore, sqliteFile } from './adapters.js';
import { AppModule, type AppParts } from './app.module.js';
import { isAtServer, type Config } from './config.js';
import type { EventStore } from './event-store/port.js';
import { followOthers } from './follow-others.js';
import type { RouteInfo } from './http/access/allow.js';
import { issueFirstToken } from './http/access/first-token.js';
import { OidcCallers } from './http/access/oidc/oidc-callers.js';
import { PipelinesByClaims } from './http/access/oidc/pipelines-by-claims.js';
import { OthersTokens } from './http/access/others-tokens.js';
import { PersonCallers } from './http/access/sign-in/person-callers.js';
import { SignIn } from './http/access/sign-in/sign-in.js';
import { TokenDirectory } from './http/access/token-directory.js';
import { createAdapter } from './http/fastify.js';
import { recordTrustedRoots } from './record-trusted-roots.js';
import { SHUTDOWN_MS } from './http/limits.js';
import { OpenApiDocument } from './http/openapi/document.js';
import { ProblemFilter } from './http/problems/problem.filter.js';
import type { Log } from './http/problems/to-problem.js';
import { readTrustedRoots } from './provenance/trusted-root-files.js';
import { ProofThread } from './provenance/proof-thread.js';
import type { KeyRotation, SealedLedger } from './ledger/sealed-ledger.js';
import { Sealing } from './ledger/sealer/sealing.js';
import { openSignedLog } from './ledger/sealer/signed-log.js';
import { Workshop } from './reports/workshop/workshop.js';
import { Views } from './views/views.js';

/** Who read what, in the data folder. */
const ACCESS_FILE = 'access.db';

export interface RunningServer {
  /** Where it listens: `http://127.0.0.1:3000`. */
  readonly url: string;
  /** The admin's token, when this start has issued it. It is nowhere else. */
  readonly adminToken?: string;
  /** Every route, and who may call it. */
  readonly routes: readonly RouteInfo[];
  /** Takes no more connections, lets requests in flight finish (within a bound), then closes the access log, views and store. */
  close(): Promise<void>;
}

/**
 * Opens the ledger and its views and serves them over HTTP.
 *
 * @throws StoreError or ViewsDatabaseError when they cannot be opened; the network's error when the port is taken
 */
export async function startServer(config: Config, log: Log = logToStderr): Promise<RunningServer> {
  const cleanups: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (let cleanup = cleanups.pop(); cleanup; cleanup = cleanups.pop()) await cleanup();
  };
  try {
    const parts = await openParts(config, cleanups, log);
    const { app, routes } = await createApp(parts);
    cleanups.push(() => stop(app));
    const { store, tokens } = parts;
    const adminToken = await issueFirstToken(app.get(CommandBus), tokens, { wanted: config.adminToken, store, log });
    await recordTrustedRoots(app.get(CommandBus), parts.trustedRoots);
    parts.views.notify(await store.head());
    await app.listen(config.port, config.host);
    return { url: urlOf(app, config.host), routes, ...(adminToken !== undefined && { adminToken }), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Opened in the order in which they need each other, and closed the other way round. */
async function openParts(
  config: Config,
  cleanups: (() => Promise<void>)[],
  log: Log,
): Promise<AppParts & { readonly trustedRoots: readonly string[]; readonly rateLimit: number }> {
  const { eventStore, database, exports } = config;
  const accessFile = join(config.dataFolder, ACCESS_FILE);
  const stores = [eventStore, database].filter((url) => !isAtServer(url));
  const files = [...stores.map(sqliteFile), accessFile];
  for (const file of files) {
    await mkdir(dirname(file), { recursive: true });
  }
  const store = await openEventStore(eventStore);
  cleanups.push(() => store.close());
  const views = await Views.open({ eventStore, database });
  cleanups.push(() => views.close());
  const places = { eventStore, database, folder: config.dataFolder };
  const workshops = { reports: new Workshop(places), exports: new Workshop(places) };
  cleanups.push(async () => void (await Promise.all([workshops.reports.close(), workshops.exports.close()])));
  const trustedRoots = await readTrustedRoots(config.trustedRoots);
  const proofs = new ProofThread({ trustedRoots });
  cleanups.push(() => proofs.close());
  const accessLog = await AccessLog.open({ file: accessFile, log });
  cleanups.push(() => accessLog.close());
  const sealed = await sealedBy(config, { events: store, cleanups, log });
  const head = await store.head();
  const tokens = await TokenDirectory.load(store);
  const pipelines = await PipelinesByClaims.load(store, config.oidc);
  const othersTokens = new OthersTokens(store, head);
  if (store.isShared) {
    const others = followOthers(store, { from: head + 1, views, tokens, pipelines, othersTokens, log });
    cleanups.push(() => others.close());
  }
  const signIn = config.signIn && new SignIn(config.signIn, log);
  const oidc = new OidcCallers([pipelines, new PersonCallers(config.signIn)], log);
  cleanups.push(() => Promise.resolve(oidc.close()));
  const { refusalsPerMinute, rateLimit } = config;
  const access = { tokens, othersTokens, pipelines, oidc, accessLog, rateLimit, ...(signIn && { signIn }) };
  return { store, views, sealed, proofs, refusalsPerMinute, trustedRoots, workshops, exports, ...access, log };
}

interface SealedParts {
  readonly events: EventStore;
  readonly cleanups: (() => Promise<void>)[];
  readonly log: Log;
}

async function sealedBy(config: Config, { events, cleanups, log }: SealedParts): Promise<SealedLedger & KeyRotation> {
  const { sealing, witnessing: shownWith, dataFolder: folder, eventStore } = config;
  if (!sealing) {
    const signed = openSignedLog({ folder, events, log, ...shownWith });
    cleanups.push(() => Promise.resolve(signed.close()));
    return signed;
  }
  const { intervalMs: sealIntervalMs, witnesses, witnessesRequired, ...settings } = sealing;
  const witnessing = { witnesses, witnessesRequired };
  const sealed = await Sealing.open({ folder, eventStore, settings, sealIntervalMs, ...witnessing, events, log });
  cleanups.push(() => sealed.close());
  return sealed;
}

async function createApp(
  parts: AppParts & { readonly rateLimit: number },
): Promise<{ app: NestFastifyApplication; routes: RouteInfo[] }> {
  const { adapter, routes } = createAdapter(parts);
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.of(parts), adapter, {
    bodyParser: false,
    logger: ['error', 'fatal'],
    abortOnError: false,
  });
  // Its own reading of cookies at every request is off: few bring one, and what counts is read where it counts.
  await app.register(fastifyCookie, { hook: false });
  app.useGlobalFilters(new ProblemFilter(parts.log));
  app.get(OpenApiDocument).describe(app);
  await app.init();
  return { app, routes };
}

/** Requests that do not finish in time lose their connection; what they had appended stays. */
async function stop(app: NestFastifyApplication): Promise<void> {
  const { server } = app.getHttpAdapter().getInstance();
  const timer = setTimeout(() => server.closeAllConnections(), SHUTDOWN_MS);
  try {
    await app.close();
  } finally {
    clearTimeout(timer);
  }
}

function urlOf(app: NestFastifyApplication, host: string): string {
  const { port } = app.getHttpServer().address() as AddressInfo;
  const reachable = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

function logToStderr(line: string): void {
  process.stderr.write(`${new Date().toISOString()} ${line}\n`);
}
