import gossipGrpc from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import gossipPb from '@eventstore/db-client/generated/gossip_pb.js';
import featuresGrpc from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import featuresPb from '@eventstore/db-client/generated/serverfeatures_pb.js';
import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import streamsGrpc from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type {
  AppendReq,
  AppendResp,
  BatchAppendReq,
  BatchAppendResp,
  ReadReq,
  ReadResp,
} from '@eventstore/db-client/generated/streams_pb.js';
import {
  Server,
  ServerCredentials,
  type sendUnaryData,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceError,
} from '@grpc/grpc-js';
import { appendAnswer, batchAnswer, batchProposalOf, proposalOf } from './appending.js';
import { accessDenied, badGateway, deadlineExceeded, Faults, notLeader, type Fault } from './faults.js';
import { StandInLog } from './log.js';
import { Proxy } from './proxy.js';
import { answerRead } from './reading.js';

export interface StandInOptions {
  /** The server's key and certificate; without them it speaks plain text. */
  readonly tls?: { key: Buffer; cert: Buffer };
  /** Whether it says that it has `BatchAppend`. */
  readonly hasBatchAppend?: boolean;
}

/**
 * Speaks the protocol of KurrentDB's clients, over real sockets, from memory. It shows that Cairn speaks it as the
 * client does; it cannot show that a real server agrees.
 */
export class StandIn {
  readonly log = new StandInLog();
  readonly faults = new Faults();
  /** How often each method was called. */
  readonly calls: Record<string, number> = {};
  private readonly proxy = new Proxy(() => this.port);
  private server: Server | undefined;
  private port = 0;

  private constructor(private readonly options: StandInOptions) {}

  static async start(options: StandInOptions = {}): Promise<StandIn> {
    const standIn = new StandIn(options);
    await standIn.listen();
    await standIn.proxy.listen();
    return standIn;
  }

  get url(): string {
    return `esdb://127.0.0.1:${this.proxy.port}?tls=${this.options.tls !== undefined}`;
  }

  get publicPort(): number {
    return this.proxy.port;
  }

  inject(fault: Fault): Promise<void> {
    if (fault === 'restart') return this.restart();
    if (fault === 'dropped-connections') this.dropConnections();
    else this.faults.add(fault);
    return Promise.resolve();
  }

  dropConnections(): void {
    this.faults.happened += 1;
    this.proxy.drop();
  }

  /** Stops and comes back at the same address with what it had written. */
  async restart(awayMs = 20): Promise<void> {
    this.faults.happened += 1;
    await this.away();
    await new Promise((resolve) => setTimeout(resolve, awayMs));
    await this.back();
  }

  async away(): Promise<void> {
    await this.proxy.close();
    this.server?.forceShutdown();
  }

  async back(): Promise<void> {
    await this.listen();
    await this.proxy.listen(this.proxy.port);
  }

  async stop(): Promise<void> {
    await this.away();
  }

  private async listen(): Promise<void> {
    const { tls } = this.options;
    const server = new Server();
    server.addService(streamsGrpc.StreamsService, {
      read: (call: ServerWritableStream<ReadReq, ReadResp>) => this.read(call),
      append: (call: ServerReadableStream<AppendReq, AppendResp>, answer: sendUnaryData<AppendResp>) =>
        this.append(call, answer),
      batchAppend: (call: ServerDuplexStream<BatchAppendReq, BatchAppendResp>) => this.batchAppend(call),
    });
    server.addService(featuresGrpc.ServerFeaturesService, {
      getSupportedMethods: (_call: unknown, answer: sendUnaryData<unknown>) => answer(null, this.supportedMethods()),
    });
    server.addService(gossipGrpc.GossipService, {
      read: (_call: ServerUnaryCall<unknown, unknown>, answer: sendUnaryData<unknown>) => answer(null, this.members()),
    });
    const credentials = tls
      ? ServerCredentials.createSsl(null, [{ private_key: tls.key, cert_chain: tls.cert }])
      : ServerCredentials.createInsecure();
    this.port = await new Promise<number>((resolve, reject) =>
      server.bindAsync('127.0.0.1:0', credentials, (error, port) => (error ? reject(error) : resolve(port))),
    );
    this.server = server;
  }

  private read(call: ServerWritableStream<ReadReq, ReadResp>): void {
    this.count('read');
    call.on('error', () => undefined);
    const isOfAll = !call.request.getOptions()?.hasStream();
    const refusal = this.faults.isDenyingAll && isOfAll ? accessDenied() : this.refusal();
    if (refusal) return void call.emit('error', refusal);
    answerRead(call, this.log, this.faults).catch((error: unknown) => call.emit('error', error));
  }

  private append(call: ServerReadableStream<AppendReq, AppendResp>, answer: sendUnaryData<AppendResp>): void {
    this.count('append');
    const messages: AppendReq[] = [];
    call.on('error', () => undefined);
    call.on('data', (message: AppendReq) => messages.push(message));
    call.on('end', () => {
      if (call.cancelled) return;
      const refusal = this.refusal() ?? (this.faults.take('deadline-exceeded') ? deadlineExceeded() : undefined);
      if (refusal) return answer(refusal);
      const proposal = proposalOf(messages);
      const result = this.log.append(proposal.stream, proposal.expected, proposal.events);
      if (this.faults.take('deadline-exceeded-but-written')) return answer(deadlineExceeded());
      if (this.faults.take('lost-answer')) return this.proxy.drop();
      answer(null, appendAnswer(result, proposal.expected));
    });
  }

  private batchAppend(call: ServerDuplexStream<BatchAppendReq, BatchAppendResp>): void {
    this.count('batchAppend');
    const open = new Map<string, BatchAppendReq[]>();
    call.on('error', () => undefined);
    call.on('data', (message: BatchAppendReq) => {
      const key = message.getCorrelationId()?.getString() ?? '';
      const messages = [...(open.get(key) ?? []), message];
      open.set(key, messages);
      if (!message.getIsFinal()) return;
      open.delete(key);
      const proposal = batchProposalOf(messages);
      call.write(batchAnswer(message, proposal, this.log.append(proposal.stream, proposal.expected, proposal.events)));
    });
    call.on('end', () => call.end());
  }

  /** Why no call gets further now. */
  private refusal(): ServiceError | undefined {
    if (this.faults.isDenying) return accessDenied();
    if (this.faults.badGateways > 0) {
      this.faults.badGateways -= 1;
      return badGateway();
    }
    if (this.faults.leader) return notLeader(this.faults.leader);
    return this.faults.take('not-leader') ? notLeader({ host: '127.0.0.1', port: this.proxy.port }) : undefined;
  }

  private supportedMethods(): InstanceType<typeof featuresPb.SupportedMethods> {
    const methods = new featuresPb.SupportedMethods();
    methods.setEventStoreServerVersion('26.1.1');
    if (this.options.hasBatchAppend ?? true) {
      const method = new featuresPb.SupportedMethod();
      method.setServiceName('event_store.client.streams.Streams');
      method.setMethodName('batchappend');
      methods.addMethods(method);
    }
    return methods;
  }

  private members(): InstanceType<typeof gossipPb.ClusterInfo> {
    this.count('gossip');
    const endPoint = new gossipPb.EndPoint();
    endPoint.setAddress('127.0.0.1');
    endPoint.setPort(this.proxy.port);
    const id = new sharedPb.UUID();
    id.setString('00000000-0000-4000-8000-000000000000');
    const member = new gossipPb.MemberInfo();
    member.setInstanceId(id);
    member.setState(gossipPb.MemberInfo.VNodeState.LEADER);
    member.setIsAlive(true);
    member.setHttpEndPoint(endPoint);
    const members = new gossipPb.ClusterInfo();
    members.addMembers(member);
    return members;
  }

  private count(method: string): void {
    this.calls[method] = (this.calls[method] ?? 0) + 1;
  }
}
