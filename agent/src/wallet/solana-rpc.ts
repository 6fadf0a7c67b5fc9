import { type Static, type TSchema, Type } from 'typebox';
import { Check } from 'typebox/value';
import { agentLimits } from '../agent-limits.ts';

export interface SolanaRpcDeps {
  url: string;
  fetch: typeof fetch;
}

const answerBytesMax = 256 * 1024;

const BalanceAnswer = Type.Object({
  result: Type.Object({ value: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }) }),
});

const TokenAccountsAnswer = Type.Object({
  result: Type.Object({
    value: Type.Array(
      Type.Object({
        account: Type.Object({
          data: Type.Object({
            parsed: Type.Object({
              info: Type.Object({
                tokenAmount: Type.Object({ amount: Type.String({ pattern: '^[0-9]{1,20}$' }) }),
              }),
            }),
          }),
        }),
      }),
      { maxItems: 1_000 },
    ),
  }),
});

/**
 * @returns lamports of an address. Throws when the cluster does not answer, and when the number is
 * too large for JSON to carry exactly.
 */
export async function readLamports(
  deps: SolanaRpcDeps,
  address: string,
  signal: AbortSignal,
): Promise<bigint> {
  const params = [address, { commitment: 'finalized' }];
  const answer = await callRpc(deps, 'getBalance', params, BalanceAnswer, signal);
  return BigInt(answer.result.value);
}

/** @returns base units of one token over all accounts of an owner; 0 when there is none. */
export async function readTokenUnits(
  deps: SolanaRpcDeps,
  owner: string,
  mint: string,
  signal: AbortSignal,
): Promise<bigint> {
  const params = [owner, { mint }, { encoding: 'jsonParsed', commitment: 'finalized' }];
  const method = 'getTokenAccountsByOwner';
  const answer = await callRpc(deps, method, params, TokenAccountsAnswer, signal);
  return answer.result.value.reduce(
    (sum, { account }) => sum + BigInt(account.data.parsed.info.tokenAmount.amount),
    0n,
  );
}

async function callRpc<T extends TSchema>(
  deps: SolanaRpcDeps,
  method: string,
  params: unknown[],
  schema: T,
  signal: AbortSignal,
): Promise<Static<T>> {
  const response = await deps.fetch(deps.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    redirect: 'error',
    signal: AbortSignal.any([signal, AbortSignal.timeout(agentLimits.rpcTimeoutMs)]),
  });
  const text = await response.text();
  if (!response.ok || text.length > answerBytesMax) {
    throw new Error(`the Solana cluster answered ${method} with status ${response.status}`);
  }
  const answer: unknown = JSON.parse(text);
  if (!Check(schema, answer)) throw new Error(`the Solana cluster gave no usable ${method}`);
  return answer;
}
