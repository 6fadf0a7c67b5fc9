import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@node3/shared/logger';
import type { CallFaultRule } from '../faults/fault-rule.ts';
import { batchRequestsMax } from '../limits.ts';
import { parseJson, stringifyJson } from './json.ts';
import { ConnectionCut, RpcError, rpcCode } from './rpc-error.ts';
import type { RpcContext, RpcMethods } from './rpc-handler.ts';

export interface RpcDispatcher {
  context: RpcContext;
  methods: RpcMethods;
  log: Logger;
  /** What a `hang` fault waits for instead of a timer; null stands for no answer at all. */
  hang?(ms: number | null): Promise<void>;
}

export interface RpcAnswer {
  /** One answer, or an array of them for a batch. */
  body: unknown;
  httpStatus: number;
}

interface Answered {
  answer: object;
  httpStatus: number;
}

/** Answers the body of an HTTP request. Throws ConnectionCut when a fault wants no answer at all. */
export async function answerText(
  dispatcher: RpcDispatcher,
  text: string,
  signal: AbortSignal,
): Promise<{ text: string; httpStatus: number }> {
  let body: unknown;
  try {
    body = parseJson(text);
  } catch {
    const error = new RpcError(rpcCode.parse, 'Parse error');
    return { text: stringifyJson(toErrorAnswer(null, error)), httpStatus: 200 };
  }
  const answer = await dispatch(dispatcher, body, signal);
  return { text: stringifyJson(answer.body), httpStatus: answer.httpStatus };
}

/**
 * Answers a request or a batch, in order. Throws ConnectionCut when a fault wants no answer at all.
 * @param signal ends waits of `hang` faults when the caller or the node goes away.
 */
export async function dispatch(
  dispatcher: RpcDispatcher,
  body: unknown,
  signal: AbortSignal,
): Promise<RpcAnswer> {
  if (!Array.isArray(body)) {
    const { answer, httpStatus } = await answerOne(dispatcher, body, signal);
    return { body: answer, httpStatus };
  }
  if (body.length === 0 || body.length > batchRequestsMax) {
    const text = `A batch holds 1 to ${batchRequestsMax} requests`;
    return {
      body: toErrorAnswer(null, new RpcError(rpcCode.invalidRequest, text)),
      httpStatus: 200,
    };
  }
  const answered: Answered[] = [];
  for (const request of body) answered.push(await answerOne(dispatcher, request, signal));
  return { body: answered.map(({ answer }) => answer), httpStatus: 200 };
}

async function answerOne(
  dispatcher: RpcDispatcher,
  request: unknown,
  signal: AbortSignal,
): Promise<Answered> {
  const id = idOf(request);
  try {
    const { method, params } = readRequest(request);
    const result = await carryOut(dispatcher, { method, params }, signal);
    return { answer: { jsonrpc: '2.0', result, id }, httpStatus: 200 };
  } catch (error) {
    if (error instanceof ConnectionCut) throw error;
    if (error instanceof RpcError) {
      return { answer: toErrorAnswer(id, error), httpStatus: error.detail.httpStatus ?? 200 };
    }
    dispatcher.log.error({ err: error }, 'rpc method failed');
    const failure = new RpcError(rpcCode.internal, 'Internal error');
    return { answer: toErrorAnswer(id, failure), httpStatus: 200 };
  }
}

async function carryOut(
  dispatcher: RpcDispatcher,
  { method, params }: { method: string; params: readonly unknown[] },
  signal: AbortSignal,
): Promise<unknown> {
  const { context, methods } = dispatcher;
  const handler = Object.hasOwn(methods, method) ? methods[method] : undefined;
  if (handler === undefined) throw new RpcError(rpcCode.methodNotFound, 'Method not found');
  // Faults can always be taken back, even when they strike every method.
  const fault = method.startsWith('localnet_') ? null : context.faults.take(method);
  if (fault?.action === 'hang' && dispatcher.hang) await dispatcher.hang(fault.ms ?? null);
  else await sufferBefore(fault, signal);
  const result = handler(context, { params, fault });
  if (fault?.action !== 'lose-answer') return result;
  if (fault.answer !== 'error') throw new ConnectionCut('the answer is lost');
  throw new RpcError(rpcCode.internal, 'socket hang up');
}

/** Acts out the faults that strike before anything is carried out. */
export async function sufferBefore(
  fault: CallFaultRule | null,
  signal: AbortSignal,
): Promise<void> {
  if (fault === null) return;
  if (fault.action === 'refuse') throw new ConnectionCut('the call is refused');
  if (fault.action === 'error') {
    const { code, message, httpStatus } = fault;
    const detail = httpStatus === undefined ? {} : { httpStatus };
    throw new RpcError(code ?? rpcCode.nodeUnhealthy, message ?? 'Node is unhealthy', detail);
  }
  if (fault.action === 'hang') await hang(fault.ms ?? null, signal);
}

async function hang(ms: number | null, signal: AbortSignal): Promise<void> {
  try {
    // The longest timer Node has; the signal ends it long before.
    await delay(ms ?? 2 ** 31 - 1, undefined, { signal });
  } catch {
    throw new ConnectionCut('the caller or the node went away');
  }
}

export function toErrorAnswer(id: unknown, error: RpcError) {
  const { data } = error.detail;
  const shown = {
    code: error.code,
    message: error.message,
    ...(data === undefined ? {} : { data }),
  };
  return { jsonrpc: '2.0', error: shown, id };
}

export interface RpcRequest {
  method: string;
  params: readonly unknown[];
}

/** Throws RpcError −32600 or −32602. */
export function readRequest(request: unknown): RpcRequest {
  if (typeof request !== 'object' || request === null) {
    throw new RpcError(rpcCode.invalidRequest, 'Invalid request');
  }
  const { method, params = [] } = request as { method?: unknown; params?: unknown };
  if (typeof method !== 'string') throw new RpcError(rpcCode.invalidRequest, 'Invalid request');
  if (!Array.isArray(params)) {
    throw new RpcError(
      rpcCode.invalidParams,
      '`params` should have at least 0 argument(s) in an array',
    );
  }
  return { method, params };
}

export function idOf(request: unknown): unknown {
  const id =
    typeof request === 'object' && request !== null ? (request as { id?: unknown }).id : null;
  return typeof id === 'string' || typeof id === 'number' || typeof id === 'bigint' ? id : null;
}
