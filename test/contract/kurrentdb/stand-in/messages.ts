import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import type { StreamIdentifier, UUID } from '@eventstore/db-client/generated/shared_pb.js';
import type { ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { Expected, LogRecord, Proposed } from './log.js';

const NO_POSITION = '18446744073709551615';

interface ProposedMessage {
  getId(): UUID | undefined;
  getMetadataMap(): { get(key: string): string | undefined };
  getData_asU8(): Uint8Array;
  getCustomMetadata_asU8(): Uint8Array;
}

export function proposedOf(message: ProposedMessage): Proposed {
  const map = message.getMetadataMap();
  return {
    id: message.getId()?.getString() ?? '',
    type: map.get('type') ?? '',
    contentType: map.get('content-type') ?? '',
    data: message.getData_asU8(),
    metadata: message.getCustomMetadata_asU8(),
  };
}

export const nameOf = (identifier: StreamIdentifier | undefined): string =>
  Buffer.from(identifier?.getStreamName_asU8() ?? new Uint8Array()).toString();

export const identifierOf = (stream: string): StreamIdentifier => {
  const identifier = new sharedPb.StreamIdentifier();
  identifier.setStreamName(Buffer.from(stream).toString('base64'));
  return identifier;
};

/** Which stream is meant and what the caller expects there, whichever of the two messages says it. */
export function addressOf(
  options: {
    getStreamIdentifier(): StreamIdentifier | undefined;
    hasAny(): boolean;
    hasNoStream(): boolean;
    hasStreamExists(): boolean;
  },
  revision: string,
): { stream: string; expected: Expected } {
  const stream = nameOf(options.getStreamIdentifier());
  if (options.hasAny()) return { stream, expected: 'any' };
  if (options.hasStreamExists()) return { stream, expected: 'stream-exists' };
  return { stream, expected: options.hasNoStream() ? -1 : Number(revision) };
}

/** One event as an answer; of a stream's reads the server says no place in `$all`. */
export function eventMessage(record: LogRecord, target: LogRecord | undefined, isAll: boolean): ReadResp {
  const event = new streamsPb.ReadResp.ReadEvent();
  if (target) event.setEvent(recordMessage(target, isAll));
  if (record.type === '$>' && target !== record) event.setLink(recordMessage(record, isAll));
  if (isAll) event.setCommitPosition(String(record.position));
  else event.setNoPosition(new sharedPb.Empty());
  const answer = new streamsPb.ReadResp();
  answer.setEvent(event);
  return answer;
}

export function checkpointMessage(position: bigint): ReadResp {
  const checkpoint = new streamsPb.ReadResp.Checkpoint();
  checkpoint.setCommitPosition(String(position));
  checkpoint.setPreparePosition(String(position));
  const answer = new streamsPb.ReadResp();
  answer.setCheckpoint(checkpoint);
  return answer;
}

export function confirmationMessage(): ReadResp {
  const confirmation = new streamsPb.ReadResp.SubscriptionConfirmation();
  confirmation.setSubscriptionId('stand-in');
  const answer = new streamsPb.ReadResp();
  answer.setConfirmation(confirmation);
  return answer;
}

export function caughtUpMessage(): ReadResp {
  const answer = new streamsPb.ReadResp();
  answer.setCaughtUp(new streamsPb.ReadResp.CaughtUp());
  return answer;
}

export function notFoundMessage(stream: string): ReadResp {
  const notFound = new streamsPb.ReadResp.StreamNotFound();
  notFound.setStreamIdentifier(identifierOf(stream));
  const answer = new streamsPb.ReadResp();
  answer.setStreamNotFound(notFound);
  return answer;
}

function recordMessage(record: LogRecord, isAll: boolean): ReadResp.ReadEvent.RecordedEvent {
  const message = new streamsPb.ReadResp.ReadEvent.RecordedEvent();
  const id = new sharedPb.UUID();
  id.setString(record.id);
  message.setId(id);
  message.setStreamIdentifier(identifierOf(record.stream));
  message.setStreamRevision(String(record.revision));
  message.setCommitPosition(isAll ? String(record.position) : NO_POSITION);
  message.setPreparePosition(isAll ? String(record.position) : NO_POSITION);
  message.getMetadataMap().set('type', record.type);
  message.getMetadataMap().set('content-type', record.contentType);
  message.getMetadataMap().set('created', String(record.createdTicks));
  message.setData(record.data);
  message.setCustomMetadata(record.metadata);
  return message;
}
