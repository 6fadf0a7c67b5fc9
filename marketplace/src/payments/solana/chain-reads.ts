import { MarketError } from '@node3/shared/error';
import { type Static, type TSchema, Type } from 'typebox';
import { Value } from 'typebox/value';
import type { RpcCaller, RpcPool } from './rpc.ts';

/** The few reads we make, each with the shape we rely on: an answer of another shape is refused. */

export type Commitment = 'processed' | 'confirmed' | 'finalized';

/** Numbers beyond 2^53 arrive as bigint. */
export const U64 = Type.Union([Type.Integer({ minimum: 0 }), Type.BigInt()]);
export const Key = Type.String({ maxLength: 44 });
const CommitmentText = Type.Union([
  Type.Literal('processed'),
  Type.Literal('confirmed'),
  Type.Literal('finalized'),
]);

const AccountValue = Type.Union([
  Type.Null(),
  Type.Object({
    lamports: U64,
    owner: Key,
    executable: Type.Boolean(),
    space: Type.Optional(U64),
    data: Type.Tuple([Type.String(), Type.Literal('base64')]),
  }),
]);
const AccountsAnswer = Type.Object({ value: Type.Array(AccountValue) });

export interface ChainAccount {
  lamports: bigint;
  owner: string;
  executable: boolean;
  data: Uint8Array;
}

/** Accounts in the order of the addresses, null where there is none. At most 100 per call to the node. */
export async function readAccounts(
  rpc: RpcPool,
  addresses: readonly string[],
  commitment: Commitment,
): Promise<(ChainAccount | null)[]> {
  const accounts: (ChainAccount | null)[] = [];
  for (let start = 0; start < addresses.length; start += 100) {
    const page = addresses.slice(start, start + 100);
    const answer = await ask(rpc, AccountsAnswer, 'getMultipleAccounts', [
      page,
      { commitment, encoding: 'base64' },
    ]);
    if (answer.value.length !== page.length) throw unexpected('getMultipleAccounts');
    accounts.push(...answer.value.map(toAccount));
  }
  return accounts;
}

/** What each endpoint says of these accounts; at most 100. */
export async function readAccountsEach(
  rpc: RpcPool,
  addresses: readonly string[],
  commitment: Commitment,
): Promise<(ChainAccount | null)[][]> {
  if (addresses.length === 0) return [];
  const params = [addresses.slice(0, 100), { commitment, encoding: 'base64' }];
  const answers = await askEach(rpc, AccountsAnswer, 'getMultipleAccounts', params);
  return answers.map(({ value }) => value.map(toAccount));
}

function toAccount(value: Static<typeof AccountValue>): ChainAccount | null {
  if (value === null) return null;
  const { owner, executable } = value;
  const data = Buffer.from(value.data[0], 'base64');
  return { lamports: BigInt(value.lamports), owner, executable, data };
}

const BlockhashAnswer = Type.Object({
  value: Type.Object({ blockhash: Key, lastValidBlockHeight: Type.Integer({ minimum: 0 }) }),
});

export async function readBlockhash(rpc: RpcPool) {
  const answer = await ask(rpc, BlockhashAnswer, 'getLatestBlockhash', [
    { commitment: 'confirmed' },
  ]);
  return answer.value;
}

/** What each endpoint says. */
export async function readBlockHeights(rpc: RpcPool, commitment: Commitment): Promise<number[]> {
  return askEach(rpc, Type.Integer({ minimum: 0 }), 'getBlockHeight', [{ commitment }]);
}

/** The balance below which an account of this size is not kept, lamports. */
export async function readRentMinimum(rpc: RpcPool, dataBytes: number): Promise<bigint> {
  return BigInt(await ask(rpc, U64, 'getMinimumBalanceForRentExemption', [dataBytes]));
}

/** Lamports the cluster charges for a message; null when its blockhash is unknown there. */
export async function readFee(rpc: RpcPool, message: Uint8Array): Promise<bigint | null> {
  const schema = Type.Object({ value: Type.Union([Type.Null(), U64]) });
  const params = [Buffer.from(message).toString('base64'), { commitment: 'confirmed' }];
  const { value } = await ask(rpc, schema, 'getFeeForMessage', params);
  return value === null ? null : BigInt(value);
}

/** Micro-lamports per compute unit that recent blocks took, ascending. */
export async function readPriorityFees(rpc: RpcPool, writable: readonly string[]) {
  const schema = Type.Array(Type.Object({ prioritizationFee: U64 }));
  const fees = await ask(rpc, schema, 'getRecentPrioritizationFees', [writable]);
  return fees.map((fee) => BigInt(fee.prioritizationFee)).sort((a, b) => (a < b ? -1 : 1));
}

const StatusesAnswer = Type.Object({
  value: Type.Array(
    Type.Union([
      Type.Null(),
      Type.Object({
        err: Type.Unknown(),
        confirmationStatus: Type.Optional(Type.Union([Type.Null(), CommitmentText])),
      }),
    ]),
  ),
});

export interface SignatureStatus {
  commitment: Commitment;
  failed: boolean;
}

/** Null for a signature the node does not know. At most 256. */
export async function readStatuses(
  rpc: RpcPool,
  signatures: readonly string[],
): Promise<(SignatureStatus | null)[]> {
  if (signatures.length === 0) return [];
  const params = [signatures.slice(0, 256), { searchTransactionHistory: true }];
  const answer = await ask(rpc, StatusesAnswer, 'getSignatureStatuses', params);
  return answer.value.map(toStatus);
}

function toStatus(status: Static<typeof StatusesAnswer>['value'][number]): SignatureStatus | null {
  if (status === null) return null;
  return { commitment: status.confirmationStatus ?? 'processed', failed: status.err !== null };
}

/** What each endpoint says of these signatures; at most 256. */
export async function readStatusesEach(
  rpc: RpcPool,
  signatures: readonly string[],
): Promise<(SignatureStatus | null)[][]> {
  if (signatures.length === 0) return [];
  const params = [signatures.slice(0, 256), { searchTransactionHistory: true }];
  const answers = await askEach(rpc, StatusesAnswer, 'getSignatureStatuses', params);
  return answers.map(({ value }) => value.map(toStatus));
}

const SimulationAnswer = Type.Object({
  value: Type.Object({ err: Type.Unknown(), unitsConsumed: Type.Optional(U64) }),
});

/** Runs a transaction for trial, without checking signatures. */
export async function simulate(rpc: RpcPool, transaction: Uint8Array) {
  const { value } = await ask(rpc, SimulationAnswer, 'simulateTransaction', [
    Buffer.from(transaction).toString('base64'),
    { encoding: 'base64', commitment: 'confirmed', sigVerify: false },
  ]);
  return { err: value.err ?? null, computeUnits: Number(value.unitsConsumed ?? 0) };
}

const HistoryAnswer = Type.Array(
  Type.Object({
    signature: Type.String({ maxLength: 88 }),
    confirmationStatus: Type.Optional(Type.Union([Type.Null(), CommitmentText])),
  }),
);

/** Transactions that name the address, newest first; at most 1000. */
export async function readHistory(
  rpc: RpcCaller,
  address: string,
  range: { before: string | null; until: string | null },
) {
  return ask(rpc, HistoryAnswer, 'getSignaturesForAddress', [
    address,
    {
      limit: 1000,
      commitment: 'confirmed',
      ...(range.before === null ? {} : { before: range.before }),
      ...(range.until === null ? {} : { until: range.until }),
    },
  ]);
}

/** The signatures of final transactions that name the address, as each endpoint knows them. */
export async function readFinalHistoryEach(rpc: RpcPool, address: string): Promise<string[][]> {
  const params = [address, { limit: 1000, commitment: 'finalized' }];
  const answers = await askEach(rpc, HistoryAnswer, 'getSignaturesForAddress', params);
  return answers.map((entries) => entries.map((entry) => entry.signature));
}

export async function requestAirdrop(rpc: RpcPool, address: string, lamports: bigint) {
  return ask(rpc, Type.String({ maxLength: 88 }), 'requestAirdrop', [address, Number(lamports)]);
}

/** One call, and the proof that its answer has the expected shape. Throws CHAIN_UNAVAILABLE. */
export async function ask<Schema extends TSchema>(
  rpc: RpcCaller,
  schema: Schema,
  method: string,
  params: readonly unknown[],
): Promise<Static<Schema>> {
  const result = await rpc.call(method, params);
  if (!Value.Check(schema, result)) throw unexpected(method);
  return result;
}

/** The same of every endpoint. An answer of another shape counts as none. Throws CHAIN_UNAVAILABLE. */
export async function askEach<Schema extends TSchema>(
  rpc: RpcPool,
  schema: Schema,
  method: string,
  params: readonly unknown[],
): Promise<Static<Schema>[]> {
  const answers = await rpc.callEach(method, params);
  const fitting = answers.filter((answer) => Value.Check(schema, answer));
  if (fitting.length === 0) throw unexpected(method);
  return fitting;
}

function unexpected(method: string): MarketError {
  return new MarketError('CHAIN_UNAVAILABLE', {
    method,
    answered: true,
    detail: `The RPC endpoint answered ${method} in a shape we don't know.`,
  });
}
