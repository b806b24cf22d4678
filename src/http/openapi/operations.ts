import { IssueTokenDto } from '../dto/access.js';
import { AttestDto, BakeDto, RevokeDto } from '../dto/artifact.js';
import { AbandonDto, PromoteDto, RetireDto, RollBackDto, SwitchDto, ValidateDto } from '../dto/change.js';
import { ChangePolicyDto, DefineEnvironmentDto } from '../dto/environment.js';
import { DrawSampleDto, StartExportDto } from '../dto/changes.js';
import { StartEvidenceDto } from '../dto/evidence.js';
import { SignOutDto } from '../dto/sign-in.js';
import { IssueReportDto } from '../dto/report.js';
import { ReportIncidentDto, ResolveIncidentDto } from '../dto/incident.js';
import {
  AddKeyDto,
  ChangePipelineDto,
  RegisterPipelineDto,
  ReinstatePipelineDto,
  RevokeKeyDto,
  SuspendPipelineDto,
} from '../dto/pipeline.js';
import {
  ANSWERS,
  changeReceipt,
  DIGEST,
  ENVIRONMENT_STREAM,
  IMPORT_ANSWER,
  IMPORT_REQUEST,
  receipt,
  REQUESTS,
} from './examples.js';
import { RotateKeyDto } from '../dto/ledger.js';
import { HISTORY_ANSWERS } from './history-examples.js';
import { HANDOUT_ANSWERS, HANDOUT_REQUESTS } from './handout-examples.js';
import { KEY_ID } from './pipeline-examples.js';
import { LEDGER_ANSWERS, LEDGER_REQUESTS } from './ledger-examples.js';
import { SIGN_IN_ANSWERS } from './sign-in-examples.js';
import { REPORT_ANSWERS, REPORT_FILES } from './report-examples.js';

export interface Operation {
  readonly summary: string;
  /** DTO and example of the body, where there is one. */
  readonly body?: new () => object;
  readonly request?: unknown;
  /** Media type of a body that is no JSON. */
  readonly requestType?: string;
  /** Headers that must be sent, with an example each. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly isWrite?: boolean;
  readonly status?: number;
  readonly answer: unknown;
  readonly answerType?: string;
  /** Other media types that the answer comes in, with an example each. */
  readonly otherTypes?: Readonly<Record<string, string>>;
}

const pipelineReceipt = receipt('pipeline-payments');
const artifactReceipt = receipt(`artifact-${DIGEST.replace(':', '-')}`);
const incidentReceipt = receipt('incident-INC-4711');
const reportsReceipt = receipt('reports');
const environmentReceipt = receipt(ENVIRONMENT_STREAM);

const write = <B extends new () => object>(summary: string, body: B, request: unknown, answer: unknown) =>
  ({ summary, body, request, answer, status: 201, isWrite: true }) satisfies Operation;
const read = (summary: string, answer: unknown) => ({ summary, answer }) satisfies Operation;

/** Every operation, as `/openapi.json` describes it. A test sends each request example to a server. */
const TABLE = {
  issueToken: write('Issues a token, which is shown this once', IssueTokenDto, REQUESTS.issueToken, ANSWERS.token),
  listTokens: read('Tokens that were not revoked', ANSWERS.tokens),
  revokeToken: { ...read('Revokes a token at once', receipt('access-payments-ci')), isWrite: true },
  registerPipeline: write('Registers a pipeline', RegisterPipelineDto, REQUESTS.registerPipeline, pipelineReceipt),
  changePipeline: {
    ...write('Replaces a pipeline’s registration', ChangePipelineDto, REQUESTS.changePipeline, pipelineReceipt),
    status: 200,
  },
  addPipelineKey: write('Adds a key that a pipeline signs with', AddKeyDto, REQUESTS.addPipelineKey, {
    ...pipelineReceipt,
    keyId: KEY_ID,
  }),
  revokePipelineKey: write('Revokes a key at once', RevokeKeyDto, REQUESTS.revokePipelineKey, pipelineReceipt),
  suspendPipeline: write('Suspends a pipeline', SuspendPipelineDto, REQUESTS.suspendPipeline, pipelineReceipt),
  reinstatePipeline: write('Ends a suspension', ReinstatePipelineDto, REQUESTS.reinstatePipeline, pipelineReceipt),
  listPipelines: read('Pipelines, by id', ANSWERS.pipelines),
  getPipeline: read('One pipeline', ANSWERS.pipeline),
  defineEnvironment: write(
    'Defines an environment',
    DefineEnvironmentDto,
    REQUESTS.defineEnvironment,
    environmentReceipt,
  ),
  listEnvironments: read('Environments, by name', ANSWERS.environments),
  getEnvironment: read('One environment', ANSWERS.environment),
  changePolicy: {
    ...write('Replaces an environment’s policy', ChangePolicyDto, REQUESTS.changePolicy, environmentReceipt),
    status: 200,
    headers: { 'If-Match': '"4"' },
  },
  getPolicy: read('The policy in force, and who set it; its ETag is its revision', ANSWERS.policy),
  getKnownGood: read('What is, or was, known-good', ANSWERS.knownGood),
  getDiff: read('What differs between two moments, or two environments', ANSWERS.diff),
  bakeArtifact: write('Records what a pipeline built', BakeDto, REQUESTS.bakeArtifact, artifactReceipt),
  attestArtifact: write('Records a fact about an artifact', AttestDto, REQUESTS.attestArtifact, artifactReceipt),
  revokeArtifact: write(
    'Revokes an artifact and all that is built on it',
    RevokeDto,
    REQUESTS.revokeArtifact,
    artifactReceipt,
  ),
  listArtifacts: read('Artifacts, newest first', ANSWERS.artifacts),
  getArtifact: read('One artifact, with where it is and was', ANSWERS.artifact),
  promote: write('Starts a candidate, or switches at once', PromoteDto, REQUESTS.promote, changeReceipt),
  validateCandidate: write(
    'Tells whether the candidate passed',
    ValidateDto,
    REQUESTS.validateCandidate,
    changeReceipt,
  ),
  switchTraffic: write('Makes the candidate known-good', SwitchDto, REQUESTS.switchTraffic, changeReceipt),
  abandonPromotion: write('Gives the candidate up', AbandonDto, REQUESTS.abandonPromotion, changeReceipt),
  rollBack: write('Goes back to an earlier known-good artifact', RollBackDto, REQUESTS.rollBack, changeReceipt),
  retire: write('Recycles what was replaced, or the whole service', RetireDto, REQUESTS.retire, changeReceipt),
  reportIncident: write(
    'Reports an incident, and the change that is blamed',
    ReportIncidentDto,
    REQUESTS.reportIncident,
    {
      ...incidentReceipt,
      id: 'INC-4711',
    },
  ),
  resolveIncident: write(
    'Says when the service worked again, and what mended it',
    ResolveIncidentDto,
    REQUESTS.resolveIncident,
    incidentReceipt,
  ),
  listExceptions: read('Fences that somebody loosened: who, when, why', ANSWERS.exceptions),
  listIncidents: read('Incidents, newest first', ANSWERS.incidents),
  getIncident: read('One incident', ANSWERS.incident),
  getAdvisoryBoardReport: {
    ...read('The advisory board’s report; the same address gives the same bytes', REPORT_ANSWERS.report),
    otherTypes: REPORT_FILES,
  },
  getAdvisoryBoardFigure: read('The events that a number of the report counts, or leaves out', REPORT_ANSWERS.figure),
  issueReport: write('Issues a report: its address and its files’ digests', IssueReportDto, REQUESTS.issueReport, {
    ...receipt('reports'),
    ...REPORT_ANSWERS.issuedFiles,
  }),
  listReports: read('Reports that were issued, newest first', REPORT_ANSWERS.issuedReports),
  getIssuedReport: read('One report that was issued', REPORT_ANSWERS.issuedReport),
  checkReport: read('Which issued reports have exactly this file', REPORT_ANSWERS.reportCheck),
  importCommands: {
    summary: 'Takes history: a command a line, an answer a line',
    isWrite: true,
    request: IMPORT_REQUEST,
    requestType: 'application/x-ndjson',
    answer: IMPORT_ANSWER,
    answerType: 'application/x-ndjson',
  },
  listChanges: read('The population of changes, a row each, refusals included', ANSWERS.changes),
  getChange: {
    ...read('The dossier of one change: who, what, on which evidence, and what became of it', HISTORY_ANSWERS.dossier),
    otherTypes: { 'text/html': '<!DOCTYPE html>…' },
  },
  drawSample: write('Draws a sample that can be drawn again', DrawSampleDto, HANDOUT_REQUESTS.drawSample, {
    ...HANDOUT_ANSWERS.sample,
    ...reportsReceipt,
  }),
  listSamples: read('Samples that were drawn, newest first', HANDOUT_ANSWERS.samples),
  getSample: read('Draws a sample again, and says whether its population is the same', {
    ...HANDOUT_ANSWERS.sample,
    populationMatches: true,
    eventId: reportsReceipt.eventId,
    position: reportsReceipt.position,
  }),
  startExport: write(
    'Starts an export; 202 while it is being written',
    StartExportDto,
    HANDOUT_REQUESTS.startExport,
    HANDOUT_ANSWERS.export,
  ),
  startEvidence: write(
    'Starts a package of events with their proofs; 202 while it is being written, and from then on an export',
    StartEvidenceDto,
    HANDOUT_REQUESTS.startEvidence,
    HANDOUT_ANSWERS.evidence,
  ),
  listExports: read('Exports that were made, newest first', HANDOUT_ANSWERS.exports),
  getExport: read('How far an export is, and, once it is done, its manifest', HANDOUT_ANSWERS.export),
  getExportContent: {
    ...read('The file of an export, whole or in part', 'actor,changeId,…'),
    answerType: 'application/octet-stream',
  },
  getExportManifest: {
    ...read('The SHA-256 of the file as sha256sum reads it', HANDOUT_ANSWERS.exportManifest),
    answerType: 'text/plain',
  },
  listEvents: read('Events, newest first', ANSWERS.events),
  getEvent: read('One event, with all that it says; erased remarks are null, and erased is true', ANSWERS.event),
  getEventReceipt: {
    ...read('That an event is sealed, as a C2SP tlog-proof; waits for its seal', LEDGER_ANSWERS.receipt),
    answerType: 'text/plain',
  },
  getCheckpoint: {
    ...read('The newest signed checkpoint, a C2SP note', LEDGER_ANSWERS.checkpoint),
    answerType: 'text/plain',
  },
  getTile: {
    ...read('A tile of the tree, or of entries, by its C2SP path', '…'),
    answerType: 'application/octet-stream',
  },
  proveInclusion: read('That an event is in the tree of a size, by position or eventId', LEDGER_ANSWERS.inclusion),
  proveConsistency: read('That a tree is the beginning of a later one', LEDGER_ANSWERS.consistency),
  listLedgerKeys: read('The keys that have signed checkpoints, in their order', LEDGER_ANSWERS.keys),
  rotateLedgerKey: write(
    'Lets another key sign checkpoints, under the same name',
    RotateKeyDto,
    LEDGER_REQUESTS.rotateKey,
    { ...LEDGER_ANSWERS.key, ...receipt('signing-keys') },
  ),
  listAccess: read('Who read what, and who was turned away, newest first', ANSWERS.accessLog),
  traceCommit: read('Everything that a commit reached, and where it is', HISTORY_ANSWERS.commitTrace),
  traceArtifact: read('From a digest back to its commit, its bases and their commits', HISTORY_ANSWERS.artifactTrace),
  search: read('Finds what begins with a text, of every kind', HISTORY_ANSWERS.search),
  signIn: {
    ...read('Sends a browser to the issuer, to come back signed in', SIGN_IN_ANSWERS.location),
    status: 302,
    answerType: 'text/plain',
  },
  signInCallback: {
    ...read('Where the issuer sends it back: sets the cookie, and goes on', SIGN_IN_ANSWERS.returnPath),
    status: 303,
    answerType: 'text/plain',
  },
  getSignInConfiguration: read('Who signs people in, and as what we are known there', SIGN_IN_ANSWERS.configuration),
  signOut: {
    ...read('Takes the cookie away; for pages of this server', SIGN_IN_ANSWERS.signedOut),
    body: SignOutDto,
    request: {},
  },
  getMe: read('Whom the ledger takes the caller for, until when and by which kind of token', SIGN_IN_ANSWERS.me),
  live: read('The process answers', { status: 'live' }),
  ready: read('Everything that requests need is there; otherwise 503', ANSWERS.ready),
} as const satisfies Record<string, Operation>;

export type OperationName = keyof typeof TABLE;

export const OPERATIONS: Readonly<Record<OperationName, Operation>> = TABLE;
