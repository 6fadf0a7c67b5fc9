import type { Clock } from '@node3/shared/clock';
import { MarketError } from '@node3/shared/error';
import type { Logger } from '@node3/shared/logger';
import {
  callEndpoint,
  httpTransport,
  type RpcAnswer,
  RpcError,
  type RpcTransport,
  RpcUnreachable,
} from './rpc-endpoint.ts';

export interface RpcPoolOptions {
  /** One or more JSON-RPC endpoints of the same cluster; the first is preferred. */
  urls: readonly string[];
  clock: Clock;
  log: Logger;
  /** How long one endpoint may take for one call. */
  timeoutMs?: number;
  /** HTTP when absent. */
  transport?: RpcTransport;
  /** Hears of every call to one endpoint; `failed` when there was no usable answer. */
  onCall?: (call: RpcObservation) => void;
  /** Waits between two rounds over all endpoints; by a timer when absent. */
  pause?: (ms: number) => Promise<void>;
}

export interface RpcObservation {
  url: string;
  method: string;
  seconds: number;
  outcome: 'answered' | 'failed';
}

/** Makes reads. */
export interface RpcCaller {
  call(method: string, params: readonly unknown[]): Promise<unknown>;
}

/**
 * Several JSON-RPC endpoints of one cluster as one. The retry policy is here and nowhere else:
 * a read goes to the next endpoint when one fails, a transaction goes to all of them.
 */
export interface RpcPool extends RpcCaller {
  readonly urls: readonly string[];
  /**
   * A read. Throws RpcError when the cluster refuses the call itself, CHAIN_UNAVAILABLE when no
   * endpoint answered.
   */
  call(method: string, params: readonly unknown[]): Promise<unknown>;
  /**
   * The same read of every endpoint, for what must not hang on the word of one. The answers of
   * those that gave one; CHAIN_UNAVAILABLE when none did.
   */
  callEach(method: string, params: readonly unknown[]): Promise<unknown[]>;
  /** A read of one endpoint, without retries; for checks that concern each endpoint. */
  callAt(url: string, method: string, params: readonly unknown[]): Promise<RpcAnswer>;
  /** Hands a transaction to every endpoint. True when one of them accepted it. */
  broadcast(method: string, params: readonly unknown[]): Promise<boolean>;
  /** When an endpoint last answered; null before the first answer. */
  lastAnswerAtMs(): number | null;
}

/** How many endpoints must say the same before money is booked on their word. */
export function quorumOf(rpc: Pick<RpcPool, 'urls'>): number {
  return rpc.urls.length >= 3 ? 2 : 1;
}

const roundsMax = 3;
const roundPauseMs = 100;
const timeoutMsDefault = 5_000;
/** An endpoint that was silent is left out of common reads for a while: its timeout slows them all. */
const restMs = 10_000;

export function createRpcPool(options: RpcPoolOptions): RpcPool {
  const { urls, clock, log } = options;
  if (urls.length === 0) throw new Error('an RPC pool needs an endpoint');
  const timeoutMs = options.timeoutMs ?? timeoutMsDefault;
  const transport = options.transport ?? httpTransport;
  const pause = options.pause ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms)));
  let preferred = 0;
  let lastAnswerAtMs: number | null = null;
  const restUntilMs = new Map<string, number>();

  function askedInCommon(): readonly string[] {
    const nowMs = clock.monotonicMs();
    const awake = urls.filter((url) => (restUntilMs.get(url) ?? 0) <= nowMs);
    return awake.length > 0 ? awake : urls;
  }

  async function callAt(url: string, method: string, params: readonly unknown[]) {
    const startedMs = performance.now();
    const tell = (outcome: RpcObservation['outcome']) =>
      options.onCall?.({ url, method, seconds: (performance.now() - startedMs) / 1_000, outcome });
    try {
      const answer = await callEndpoint({ url, method, params, timeoutMs, transport });
      tell('answered');
      lastAnswerAtMs = clock.nowMs();
      restUntilMs.delete(url);
      return answer;
    } catch (error) {
      tell(error instanceof RpcError && !error.retryable ? 'answered' : 'failed');
      if (error instanceof RpcError) lastAnswerAtMs = clock.nowMs();
      else restUntilMs.set(url, clock.monotonicMs() + restMs);
      throw error;
    }
  }

  function unavailable(method: string, cause: unknown): MarketError {
    log.warn({ err: cause, method, endpoints: urls.length }, 'no rpc endpoint answered');
    return new MarketError('CHAIN_UNAVAILABLE', { method }, { cause });
  }

  async function call(method: string, params: readonly unknown[]): Promise<unknown> {
    let lastError: unknown;
    for (let round = 0; round < roundsMax; round += 1) {
      if (round > 0) await pause(roundPauseMs * round);
      for (let tried = 0; tried < urls.length; tried += 1) {
        const index = (preferred + tried) % urls.length;
        const url = urls[index] ?? '';
        try {
          const answer = await callAt(url, method, params);
          preferred = index;
          return answer.result;
        } catch (error) {
          if (error instanceof RpcError && !error.retryable) throw error;
          lastError = error;
        }
      }
    }
    throw unavailable(method, lastError);
  }

  return {
    urls,
    call,
    callAt,
    lastAnswerAtMs: () => lastAnswerAtMs,

    async callEach(method, params) {
      if (urls.length === 1) return [await call(method, params)];
      const asked = askedInCommon().map((url) => callAt(url, method, params));
      const outcomes = await Promise.allSettled(asked);
      const answers = outcomes.flatMap((outcome) =>
        outcome.status === 'fulfilled' ? [outcome.value.result] : [],
      );
      if (answers.length > 0) return answers;
      const failures = outcomes.flatMap((outcome) =>
        outcome.status === 'rejected' ? [outcome.reason as unknown] : [],
      );
      const [failure] = failures;
      const isRefused = (error: unknown) => error instanceof RpcError && !error.retryable;
      if (failures.every(isRefused)) throw failure;
      throw unavailable(method, failure);
    },

    async broadcast(method, params) {
      const sends = urls.map(async (url) => {
        try {
          await callAt(url, method, params);
          return true;
        } catch (error) {
          if (!(error instanceof RpcError || error instanceof RpcUnreachable)) throw error;
          log.info({ err: error, method }, 'send not acknowledged');
          return false;
        }
      });
      return (await Promise.all(sends)).includes(true);
    },
  };
}
