import { randomUUID } from 'node:crypto';
import * as grpc from '@grpc/grpc-js';
import { ProjectionsService } from '@eventstore/db-client/generated/projections_grpc_pb.js';
import * as projections from '@eventstore/db-client/generated/projections_pb.js';
import { StreamIdentifier, UUID } from '@eventstore/db-client/generated/shared_pb.js';
import { StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { Value, type JavaScriptValue } from 'google-protobuf/google/protobuf/struct_pb.js';
import { ReadResp, type ReadReq } from '@eventstore/db-client/generated/streams_pb.js';

/** What a server keeps of a projection, in its own words. */
export interface Kept {
  Query: string;
  EmitEnabled: boolean;
  Enabled: boolean;
  Deleted?: boolean;
  EngineVersion?: number;
  /** How often it has begun anew. */
  epoch: number;
  faulted?: string;
}

export type Trouble = 'projections are off' | 'wrong credentials' | 'silent' | 'not the leader';

/**
 * The part of a KurrentDB server that deploying projections needs, in this process and on a real socket. It shows that
 * the client's protocol is spoken, never that a real server agrees.
 */
export class StandIn {
  readonly projections = new Map<string, Kept>();
  /** Every change that was asked for, in order. */
  readonly changes: string[] = [];
  /** State by partition, of whichever projection is asked for; one that is not here is answered as an empty one. */
  readonly states = new Map<string, JavaScriptValue>();
  trouble: Trouble | undefined;
  /** Refuses the change of this name from now on, as if the connection had broken before it. */
  breaksAt: string | undefined;
  readonly #server = new grpc.Server();
  #port = 0;

  static async start(options: { readonly projections: boolean } = { projections: true }): Promise<StandIn> {
    const standIn = new StandIn();
    standIn.#server.addService(StreamsService, { read: standIn.#read });
    if (options.projections) standIn.#server.addService(ProjectionsService, standIn.#calls());
    await new Promise<void>((resolve, reject) => {
      standIn.#server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
        if (error) return reject(error);
        standIn.#port = port;
        resolve();
      });
    });
    return standIn;
  }

  get address(): string {
    return `esdb://admin:a-secret-word@127.0.0.1:${this.#port}?tls=false&defaultDeadline=1500`;
  }

  stop(): void {
    this.#server.forceShutdown();
  }

  #calls(): grpc.UntypedServiceImplementation {
    const unary =
      <Request, Answer>(name: string, change: (request: Request) => void, answer: () => Answer) =>
      ({ request }: { request: Request }, reply: grpc.sendUnaryData<Answer>) => {
        const error = this.#refusal(name);
        if (error === 'silent') return;
        if (error) return reply(error);
        change(request);
        reply(null, answer());
      };
    return {
      create: unary<projections.CreateReq, projections.CreateResp>(
        'create',
        (request) => this.#create(request),
        () => new projections.CreateResp(),
      ),
      update: unary<projections.UpdateReq, projections.UpdateResp>(
        'update',
        (request) => this.#update(request),
        () => new projections.UpdateResp(),
      ),
      enable: unary<projections.EnableReq, projections.EnableResp>(
        'enable',
        (request) => this.#set(request, 'enable'),
        () => new projections.EnableResp(),
      ),
      disable: unary<projections.DisableReq, projections.DisableResp>(
        'disable',
        (request) => this.#set(request, 'disable'),
        () => new projections.DisableResp(),
      ),
      reset: unary<projections.ResetReq, projections.ResetResp>(
        'reset',
        (request) => this.#set(request, 'reset'),
        () => new projections.ResetResp(),
      ),
      statistics: this.#statistics,
      state: this.#state,
    };
  }

  #create(request: projections.CreateReq): void {
    const options = request.getOptions();
    const continuous = options?.getContinuous();
    const name = continuous?.getName() ?? '';
    this.changes.push(`create ${name}`);
    const EmitEnabled = continuous?.getEmitEnabled() ?? false;
    this.projections.set(name, { Query: options?.getQuery() ?? '', EmitEnabled, Enabled: true, epoch: 0 });
  }

  #update(request: projections.UpdateReq): void {
    const options = request.getOptions();
    const name = options?.getName() ?? '';
    this.changes.push(`update ${name}`);
    const kept = this.projections.get(name);
    if (!kept || !options) return;
    kept.Query = options.getQuery();
    // As a real one does: not to say it is to say no.
    kept.EmitEnabled = options.hasEmitEnabled() && options.getEmitEnabled();
  }

  #set(request: { getOptions(): { getName(): string } | undefined }, what: 'enable' | 'disable' | 'reset'): void {
    const name = request.getOptions()?.getName() ?? '';
    this.changes.push(`${what} ${name}`);
    const kept = this.projections.get(name);
    if (!kept) return;
    if (what === 'reset') kept.epoch += 1;
    else kept.Enabled = what === 'enable';
    if (what === 'enable') delete kept.faulted;
  }

  readonly #statistics = (call: grpc.ServerWritableStream<projections.StatisticsReq, projections.StatisticsResp>) => {
    const error = this.#refusal('statistics');
    if (error === 'silent') return;
    if (error) {
      call.emit('error', error);
      return;
    }
    for (const [name, kept] of this.projections) {
      if (!kept.Deleted) call.write(new projections.StatisticsResp().setDetails(detailsOf(name, kept)));
    }
    call.end();
  };

  readonly #state = (
    { request }: { request: projections.StateReq },
    reply: grpc.sendUnaryData<projections.StateResp>,
  ) => {
    const error = this.#refusal('state');
    if (error === 'silent') return;
    if (error) return reply(error);
    const state = this.states.get(request.getOptions()?.getPartition() ?? '') ?? {};
    reply(null, new projections.StateResp().setState(Value.fromJavaScript(state)));
  };

  readonly #read = (call: grpc.ServerWritableStream<ReadReq, ReadResp>) => {
    const error = this.#refusal('read');
    if (error === 'silent') return;
    if (error) {
      call.emit('error', error);
      return;
    }
    const identifier = call.request.getOptions()?.getStream()?.getStreamIdentifier();
    const stream = Buffer.from(identifier?.getStreamName_asU8() ?? []).toString('utf8');
    const kept = this.projections.get(stream.replace(/^\$projections-/, ''));
    call.write(kept ? updated(stream, kept) : notFound(stream));
    call.end();
  };

  #refusal(name: string): 'silent' | (Partial<grpc.StatusObject> & { readonly details: string }) | undefined {
    if (this.breaksAt === name) return { code: grpc.status.UNAVAILABLE, details: 'the connection broke' };
    switch (this.trouble) {
      case undefined:
        return undefined;
      case 'silent':
        return 'silent';
      case 'projections are off':
        return { code: grpc.status.UNIMPLEMENTED, details: 'no such service' };
      case 'wrong credentials':
        return { code: grpc.status.UNAUTHENTICATED, details: 'who is that?' };
      case 'not the leader': {
        const metadata = new grpc.Metadata();
        metadata.set('exception', 'not-leader');
        metadata.set('leader-endpoint-host', '127.0.0.1');
        metadata.set('leader-endpoint-port', '1');
        return { code: grpc.status.NOT_FOUND, details: 'Leader info available', metadata };
      }
    }
  }
}

function detailsOf(name: string, kept: Kept): projections.StatisticsResp.Details {
  const state = kept.faulted ? 'Faulted (Enabled)' : kept.Enabled ? 'Running' : 'Stopped';
  return new projections.StatisticsResp.Details()
    .setName(name)
    .setEffectivename(name)
    .setMode('Continuous')
    .setStatus(state)
    .setStatereason(kept.faulted ?? '')
    .setProgress(kept.faulted ? 12.5 : 100)
    .setEventsprocessedafterrestart('41')
    .setVersion('1')
    .setEpoch(String(kept.epoch))
    .setCoreprocessingtime('0')
    .setBufferedevents('0');
}

const identifierOf = (stream: string): StreamIdentifier => new StreamIdentifier().setStreamName(Buffer.from(stream));

const notFound = (stream: string): ReadResp =>
  new ReadResp().setStreamNotFound(new ReadResp.StreamNotFound().setStreamIdentifier(identifierOf(stream)));

/** The newest event of a projection's own stream. */
function updated(stream: string, { epoch: _epoch, faulted: _faulted, ...state }: Kept): ReadResp {
  const record = new ReadResp.ReadEvent.RecordedEvent()
    .setId(new UUID().setString(randomUUID()))
    .setStreamIdentifier(identifierOf(stream))
    .setStreamRevision('0')
    .setPreparePosition('0')
    .setCommitPosition('0')
    .setData(Buffer.from(JSON.stringify(state)));
  const metadata = record.getMetadataMap();
  metadata.set('type', '$ProjectionUpdated').set('content-type', 'application/json').set('created', '0');
  return new ReadResp().setEvent(new ReadResp.ReadEvent().setEvent(record));
}
