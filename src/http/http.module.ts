import { Module, type DynamicModule } from '@nestjs/common';
import { AccessLog } from '../access-log/access-log.js';
import type { EventReader } from '../event-store/port.js';
import type { KeyRotation, SealedLedger } from '../ledger/sealed-ledger.js';
import type { Workshop } from '../reports/workshop/workshop.js';
import { Views } from '../views/views.js';
import { OidcCallers } from './access/oidc/oidc-callers.js';
import { PipelinesByClaims } from './access/oidc/pipelines-by-claims.js';
import { OthersTokens } from './access/others-tokens.js';
import type { SignIn } from './access/sign-in/sign-in.js';
import { TokenDirectory } from './access/token-directory.js';
import { AdvisoryBoardController } from './controllers/advisory-board.controller.js';
import { AccessLogController } from './controllers/access-log.controller.js';
import { ArtifactsController } from './controllers/artifacts.controller.js';
import { ChangesController } from './controllers/changes.controller.js';
import { EvidenceController } from './controllers/evidence.controller.js';
import { EnvironmentsController } from './controllers/environments.controller.js';
import { EventsController } from './controllers/events.controller.js';
import { ExceptionsController } from './controllers/exceptions.controller.js';
import { HealthController } from './controllers/health.controller.js';
import { ExportsController } from './controllers/exports.controller.js';
import { ImportsController } from './controllers/imports.controller.js';
import { IncidentsController } from './controllers/incidents.controller.js';
import { LedgerKeysController } from './controllers/ledger-keys.controller.js';
import { LedgerController } from './controllers/ledger.controller.js';
import { KnownGoodController } from './controllers/known-good.controller.js';
import { OpenApiController } from './controllers/openapi.controller.js';
import { PipelinesController } from './controllers/pipelines.controller.js';
import { ProofsController } from './controllers/proofs.controller.js';
import { PromotionsController } from './controllers/promotions.controller.js';
import { SearchController } from './controllers/search.controller.js';
import { MeController } from './controllers/me.controller.js';
import { SignInController } from './controllers/sign-in.controller.js';
import { TraceController } from './controllers/trace.controller.js';
import { SamplesController } from './controllers/samples.controller.js';
import { ReportsController } from './controllers/reports.controller.js';
import { TokensController } from './controllers/tokens.controller.js';
import { ExportAnswers } from './exports/answers.js';
import { EvidenceRequests } from './exports/evidence-requests.js';
import { ExportEvents } from './exports/events.js';
import { Exports, type ExportsSettings } from './exports/exports.js';
import { ExportFiles } from './exports/render.js';
import { ExportRequests } from './exports/requests.js';
import { Imports } from './import/imports.js';
import {
  EVENT_STORE,
  EXPORTS_SETTINGS,
  EXPORTS_WORKSHOP,
  LOG,
  REPORTS_WORKSHOP,
  SEALED_LEDGER,
  SIGN_IN,
} from './injection.js';
import { LedgerKeys } from './ledger/keys.js';
import { Proofs } from './ledger/proofs.js';
import { SealWaits } from './ledger/seal-waits.js';
import { Seals } from './ledger/seals.js';
import { OpenApiDocument } from './openapi/document.js';
import type { Log } from './problems/to-problem.js';
import { AccessLogReads } from './reads/access-log-reads.js';
import { Diffs } from './reads/diffs.js';
import { KnownGoodReads } from './reads/known-good-reads.js';
import { EarlierEvents } from './reads/earlier-events.js';
import { KeyTurns } from './reads/key-turns.js';
import { Lists } from './reads/lists.js';
import { Reads } from './reads/reads.js';
import { Samples } from './reads/samples.js';
import { Reports } from './reads/reports.js';
import { StoreWatch } from './reads/store-watch.js';
import { ViewsWatch } from './reads/views-watch.js';
import { Searches } from './search/searches.js';
import { Writes } from './writes.js';

/** Threads for long reads: a reader who waits for a report does not queue behind an export. */
export interface Workshops {
  readonly reports: Workshop;
  readonly exports: Workshop;
}

/** What HTTP is served over, opened already. */
export interface HttpParts {
  readonly commands: DynamicModule;
  readonly store: EventReader;
  readonly views: Views;
  readonly sealed: SealedLedger & KeyRotation;
  readonly tokens: TokenDirectory;
  readonly othersTokens: OthersTokens;
  readonly pipelines: PipelinesByClaims;
  readonly oidc: OidcCallers;
  /** Absent where people do not sign in. */
  readonly signIn?: SignIn;
  readonly workshops: Workshops;
  readonly accessLog: AccessLog;
  readonly exports: ExportsSettings;
  readonly log: Log;
}

/** The HTTP contract over the write side, the views and the reading half of the event store. */
@Module({})
export class HttpModule {
  static over(parts: HttpParts): DynamicModule {
    const { commands, store, views, sealed, workshops, accessLog, exports, log } = parts;
    return {
      module: HttpModule,
      imports: [commands],
      controllers: [
        TokensController,
        PipelinesController,
        EnvironmentsController,
        KnownGoodController,
        PromotionsController,
        ArtifactsController,
        ImportsController,
        ChangesController,
        EventsController,
        LedgerController,
        ProofsController,
        LedgerKeysController,
        IncidentsController,
        AdvisoryBoardController,
        ReportsController,
        ExceptionsController,
        AccessLogController,
        SearchController,
        TraceController,
        SamplesController,
        ExportsController,
        EvidenceController,
        MeController,
        SignInController,
        HealthController,
        OpenApiController,
      ],
      providers: [
        { provide: EVENT_STORE, useValue: store },
        ...[Seals, Proofs, SealWaits, LedgerKeys],
        { provide: LOG, useValue: log },
        { provide: Views, useValue: views },
        { provide: SEALED_LEDGER, useValue: sealed },
        { provide: REPORTS_WORKSHOP, useValue: workshops.reports },
        { provide: EXPORTS_WORKSHOP, useValue: workshops.exports },
        { provide: EXPORTS_SETTINGS, useValue: exports },
        ...[Exports, ExportAnswers, ExportEvents, ExportFiles, ExportRequests, EvidenceRequests],
        { provide: TokenDirectory, useValue: parts.tokens },
        { provide: OthersTokens, useValue: parts.othersTokens },
        { provide: PipelinesByClaims, useValue: parts.pipelines },
        { provide: OidcCallers, useValue: parts.oidc },
        { provide: SIGN_IN, useValue: parts.signIn ?? null },
        { provide: AccessLog, useValue: accessLog },
        Searches,
        ...[
          Writes,
          ViewsWatch,
          StoreWatch,
          Reads,
          Lists,
          AccessLogReads,
          EarlierEvents,
          KeyTurns,
          Samples,
          Diffs,
          KnownGoodReads,
          Reports,
          Imports,
          OpenApiDocument,
        ],
      ],
      exports: [OpenApiDocument],
    };
  }
}
