import { MarketError } from '@node3/shared/error';

/** Solana JSON-RPC over HTTP, as much of it as the command line needs. */
export interface Rpc {
  readonly url: string;
  /** @throws CHAIN_UNAVAILABLE when nothing answers, RpcError when the node says no. */
  call(method: string, params: readonly unknown[]): Promise<unknown>;
}

/** The node understood and refused. */
export class RpcError extends Error {
  override readonly name = 'RpcError';
}

/** Long enough for a slow public node, short enough to notice a dead one. */
const answerMsMax = 15_000;

export function createRpc(url: string): Rpc {
  return {
    url,
    async call(method, params) {
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
      const reply = await post(url, body);
      if (typeof reply !== 'object' || reply === null) throw unreachable(url, null);
      if ('error' in reply && reply.error !== undefined) {
        const { error } = reply as { error: { message?: string } };
        throw new RpcError(`${method}: ${error.message ?? 'refused'}`);
      }
      return (reply as { result?: unknown }).result ?? null;
    },
  };
}

async function post(url: string, body: string): Promise<unknown> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      signal: AbortSignal.timeout(answerMsMax),
    });
    return await response.json();
  } catch (cause) {
    throw unreachable(url, cause);
  }
}

function unreachable(url: string, cause: unknown): MarketError {
  const detail = `The Solana node at ${url} does not answer. Name another with --rpc or SOLANA_RPC_URL.`;
  return new MarketError('CHAIN_UNAVAILABLE', { detail }, { cause });
}
