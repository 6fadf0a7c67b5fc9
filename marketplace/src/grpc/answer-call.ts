import type {
  handleServerStreamingCall,
  handleUnaryCall,
  ServerWritableStream,
  sendUnaryData,
} from '@grpc/grpc-js';
import { MarketError } from '@node3/shared/error';
import { withNulFields } from '@node3/shared/nul-fields';
import { holdKey } from '../http/hold-key.ts';
import { drained } from '../live/drained.ts';
import { type Access, type AdmittedCall, admitCall, type CallRule } from './admit-call.ts';
import type { GrpcDeps } from './grpc-deps.ts';

/** A method with one answer. */
export function unary<A extends Access, Request, Reply>(
  deps: GrpcDeps,
  rule: CallRule<A>,
  answer: (message: Request, call: AdmittedCall<A>) => Promise<Reply>,
): handleUnaryCall<Request, Reply> {
  return (call, callback) => {
    const answering = admitCall(deps, rule, call, (admitted) => answer(call.request, admitted));
    void answerOnce(deps, answering, call.request, callback);
  };
}

async function answerOnce<Reply>(
  { statusOf }: Pick<GrpcDeps, 'statusOf'>,
  answering: Promise<Reply>,
  message: unknown,
  callback: sendUnaryData<Reply>,
): Promise<void> {
  let reply: Reply;
  try {
    reply = await answering;
  } catch (error) {
    callback(statusOf(withNulFields(error, message)));
    return;
  }
  callback(null, reply);
}

/** A call whose answers go on until its signal aborts. */
export type StreamingCall = AdmittedCall<'requester'> & { signal: AbortSignal };

/** A method with answers as they come, for requesters, no faster than they are taken. */
export function serverStream<Request, Reply>(
  deps: GrpcDeps,
  rule: Omit<CallRule<'requester'>, 'access'>,
  answers: (message: Request, call: StreamingCall) => AsyncIterable<Reply>,
): handleServerStreamingCall<Request, Reply> {
  return (call) => {
    admitCall(deps, { ...rule, access: 'requester' }, call, (admitted) =>
      writeAll(deps, call, admitted, (signal) => answers(call.request, { ...admitted, signal })),
    ).then(
      () => call.end(),
      (error: unknown) => call.emit('error', deps.statusOf(error)),
    );
  };
}

/** What is not taken stays in the store: at most the few messages that a stream buffers wait here. */
async function writeAll<Request, Reply>(
  deps: GrpcDeps,
  call: ServerWritableStream<Request, Reply>,
  { principal }: AdmittedCall<'requester'>,
  answers: (signal: AbortSignal) => AsyncIterable<Reply>,
): Promise<void> {
  const leave = deps.streams.enter(principal.accountId);
  const closed = deps.measures.streams.opened('grpc');
  const held = holdKey(deps, principal);
  const gone = new AbortController();
  call.on('cancelled', () => gone.abort());
  try {
    const signal = AbortSignal.any([gone.signal, held.stopping]);
    for await (const reply of answers(signal)) {
      if (signal.aborted) break;
      if (call.write(reply) || (await drained(call, signal))) continue;
      deps.measures.streams.dropped('grpc');
      const detail =
        'Nothing of this stream was taken for too long. Open it again where it stopped.';
      throw new MarketError('RATE_LIMITED', { detail, retryAfterSec: 1 });
    }
    if (held.hasEnded()) throw new MarketError('AUTH_INVALID');
    if (deps.stopping.aborted) throw new MarketError('SERVICE_STOPPING');
  } finally {
    held.leave();
    closed();
    leave();
  }
}
