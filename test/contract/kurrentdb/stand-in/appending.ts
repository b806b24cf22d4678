import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import statusPb from '@eventstore/db-client/generated/status_pb.js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import type {
  AppendReq,
  AppendResp,
  BatchAppendReq,
  BatchAppendResp,
} from '@eventstore/db-client/generated/streams_pb.js';
import anyPb from 'google-protobuf/google/protobuf/any_pb.js';
import emptyPb from 'google-protobuf/google/protobuf/empty_pb.js';
import type { AppendResult, Expected, Proposed } from './log.js';
import { addressOf, identifierOf, proposedOf } from './messages.js';

export interface Proposal {
  readonly stream: string;
  readonly expected: Expected;
  readonly events: readonly Proposed[];
}

const ALREADY_EXISTS = 6;

/** A whole call of `Append`: its options first, then an event a message. */
export function proposalOf(messages: readonly AppendReq[]): Proposal {
  const options = messages[0]?.getOptions();
  if (!options) throw new Error('an append begins with its options');
  return {
    ...addressOf(options, options.getRevision()),
    events: messages.flatMap((message) => {
      const proposed = message.getProposedMessage();
      return proposed ? [proposedOf(proposed)] : [];
    }),
  };
}

export function appendAnswer(result: AppendResult, expected: Expected): AppendResp {
  const answer = new streamsPb.AppendResp();
  if (result.status === 'written') {
    const position = new streamsPb.AppendResp.Position();
    position.setCommitPosition(String(result.position));
    position.setPreparePosition(String(result.position));
    const success = new streamsPb.AppendResp.Success();
    success.setCurrentRevision(String(result.revision));
    success.setPosition(position);
    answer.setSuccess(success);
    return answer;
  }
  const wrong = new streamsPb.AppendResp.WrongExpectedVersion();
  if (result.current < 0) wrong.setCurrentNoStream(new sharedPb.Empty());
  else wrong.setCurrentRevision(String(result.current));
  if (typeof expected !== 'number') wrong.setExpectedStreamExists(new sharedPb.Empty());
  else if (expected < 0) wrong.setExpectedNoStream(new sharedPb.Empty());
  else wrong.setExpectedRevision(String(expected));
  answer.setWrongExpectedVersion(wrong);
  return answer;
}

/** The messages of one correlation id of `BatchAppend`, of which the first has the options. */
export function batchProposalOf(messages: readonly BatchAppendReq[]): Proposal {
  const options = messages[0]?.getOptions();
  if (!options) throw new Error('a batch begins with its options');
  return {
    ...addressOf(options, options.getStreamPosition()),
    events: messages.flatMap((message) => message.getProposedMessagesList().map(proposedOf)),
  };
}

export function batchAnswer(request: BatchAppendReq, { stream }: Proposal, result: AppendResult): BatchAppendResp {
  const answer = new streamsPb.BatchAppendResp();
  answer.setCorrelationId(request.getCorrelationId());
  answer.setStreamIdentifier(identifierOf(stream));
  if (result.status === 'written') {
    const position = new sharedPb.AllStreamPosition();
    position.setCommitPosition(String(result.position));
    position.setPreparePosition(String(result.position));
    const success = new streamsPb.BatchAppendResp.Success();
    success.setCurrentRevision(String(result.revision));
    success.setPosition(position);
    answer.setSuccess(success);
    return answer;
  }
  const wrong = new sharedPb.WrongExpectedVersion();
  if (result.current < 0) wrong.setCurrentNoStream(new emptyPb.Empty());
  else wrong.setCurrentStreamRevision(String(result.current));
  wrong.setExpectedAny(new emptyPb.Empty());
  const details = new anyPb.Any();
  details.pack(wrong.serializeBinary(), 'event_store.client.WrongExpectedVersion');
  const error = new statusPb.Status();
  error.setCode(ALREADY_EXISTS);
  error.setMessage('Wrong expected version');
  error.setDetails(details);
  answer.setError(error);
  return answer;
}
