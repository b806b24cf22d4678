import type { ServerWritableStream } from '@grpc/grpc-js';
import { setTimeout as delay } from 'node:timers/promises';
import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { Faults } from './faults.js';
import type { LogRecord, StandInLog } from './log.js';
import {
  caughtUpMessage,
  checkpointMessage,
  confirmationMessage,
  eventMessage,
  nameOf,
  notFoundMessage,
} from './messages.js';

type Call = ServerWritableStream<ReadReq, ReadResp>;
type Options = ReadReq.Options;

const FORWARDS = 0;

/** Answers a read of a stream or of `$all`, or a subscription to `$all`, which goes on until the caller ends it. */
export async function answerRead(call: Call, log: StandInLog, faults: Faults): Promise<void> {
  const options = call.request.getOptions();
  if (!options) return void call.end();
  if (options.hasSubscription()) return subscribe(call, options, { log, faults });
  const stream = options.hasStream() ? nameOf(options.getStream()?.getStreamIdentifier()) : undefined;
  const records = stream === undefined ? log.all : log.stream(stream);
  if (!records) {
    await send(call, notFoundMessage(stream ?? ''));
    return void call.end();
  }
  for (const record of selected(records, options)) {
    await faults.slowDown();
    await send(call, eventMessage(record, targetOf(record, options, log), stream === undefined));
    if (call.cancelled) return;
  }
  call.end();
}

/** The records that were asked for, in the order that was asked for. */
function selected(records: readonly LogRecord[], options: Options): LogRecord[] {
  const count = Number(options.getCount());
  const from = startOf(options);
  const placeOf = (record: LogRecord) => (options.hasStream() ? BigInt(record.revision) : record.position);
  if (Number(options.getReadDirection()) === FORWARDS) {
    const start = from === undefined ? 0 : firstWhere(records, (record) => placeOf(record) >= from);
    return records.slice(start, start + count);
  }
  const end = from === undefined ? records.length : firstWhere(records, (record) => placeOf(record) > from);
  return records.slice(Math.max(0, end - count), end).reverse();
}

/** Index of the first record for which something holds that holds for all behind it. */
function firstWhere(records: readonly LogRecord[], holds: (record: LogRecord) => boolean): number {
  let [low, high] = [0, records.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(records[middle] as LogRecord)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The revision or position to start from; undefined for the end that the direction starts from. */
function startOf(options: Options): bigint | undefined {
  const stream = options.getStream();
  if (stream) {
    if (stream.hasRevision()) return BigInt(stream.getRevision());
    return undefined;
  }
  const all = options.getAll();
  return all?.hasPosition() ? BigInt(all.getPosition()?.getCommitPosition() ?? 0) : undefined;
}

async function subscribe(
  call: Call,
  options: Options,
  { log, faults }: { log: StandInLog; faults: Faults },
): Promise<void> {
  let wake = (): void => undefined;
  const news = { has: false };
  const stop = log.listen(() => {
    news.has = true;
    wake();
  });
  call.on('cancelled', () => wake());
  await send(call, confirmationMessage());
  const after = startOf(options);
  let next = after === undefined ? 0 : log.all.findIndex(({ position }) => position > after);
  if (next < 0) next = log.all.length;
  try {
    while (!call.cancelled && !call.destroyed) {
      news.has = false;
      next = await sendFrom(call, next, options, { log, faults });
      await send(call, caughtUpMessage());
      if (!news.has && !call.cancelled) await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    stop();
  }
}

/** Sends what fits the filter, with a checkpoint after each window in which nothing was sent. */
async function sendFrom(
  call: Call,
  from: number,
  options: Options,
  { log, faults }: { log: StandInLog; faults: Faults },
): Promise<number> {
  const filter = options.getFilter();
  const prefixes = filter?.getStreamIdentifier()?.getPrefixList() ?? [];
  const window = (filter?.getMax() ?? 32) * (filter?.getCheckpointintervalmultiplier() ?? 1);
  let scanned = 0;
  let next = from;
  for (; next < log.all.length && !call.cancelled; next++) {
    const record = log.all[next] as LogRecord;
    if (filter && !prefixes.some((prefix) => record.stream.startsWith(prefix))) {
      if (++scanned % window === 0) await send(call, checkpointMessage(record.position));
      continue;
    }
    await faults.slowDown();
    await send(call, eventMessage(record, targetOf(record, options, log), true));
    if (faults.takeDuplicates()) await again(call, next, prefixes, log);
  }
  return next;
}

/** Delivers the last events once more. */
async function again(call: Call, at: number, prefixes: readonly string[], log: StandInLog): Promise<void> {
  const fitting = ({ stream }: LogRecord): boolean => prefixes.some((prefix) => stream.startsWith(prefix));
  for (const record of log.all
    .slice(0, at + 1)
    .filter(fitting)
    .slice(-5)) {
    await send(call, eventMessage(record, record, true));
  }
}

const targetOf = (record: LogRecord, options: Options, log: StandInLog): LogRecord | undefined =>
  record.type === '$>' && options.getResolveLinks() ? log.target(record) : record;

async function send(call: Call, message: ReadResp): Promise<void> {
  if (call.cancelled || call.destroyed) return;
  if (call.write(message)) return;
  // A caller that is gone drains nothing.
  await Promise.race([new Promise((resolve) => call.once('drain', resolve)), delay(1_000)]);
}
