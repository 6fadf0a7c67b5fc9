import bs58 from 'bs58';
import { type Static, Type } from 'typebox';
import { ask, askEach, Key, U64 } from './chain-reads.ts';
import type { RpcPool } from './rpc.ts';
import { memoProgram } from './transaction-builder.ts';

const TokenBalance = Type.Object({
  accountIndex: Type.Integer({ minimum: 0 }),
  mint: Key,
  owner: Type.Optional(Key),
  programId: Type.Optional(Key),
  uiTokenAmount: Type.Object({ amount: Type.String({ pattern: '^[0-9]{1,20}$' }) }),
});
const TokenBalances = Type.Optional(Type.Union([Type.Null(), Type.Array(TokenBalance)]));
const TransactionAnswer = Type.Union([
  Type.Null(),
  Type.Object({
    slot: Type.Integer({ minimum: 0 }),
    blockTime: Type.Optional(Type.Union([Type.Null(), Type.Integer()])),
    meta: Type.Object({
      err: Type.Unknown(),
      fee: U64,
      preBalances: Type.Array(U64),
      postBalances: Type.Array(U64),
      preTokenBalances: TokenBalances,
      postTokenBalances: TokenBalances,
      loadedAddresses: Type.Optional(
        Type.Union([
          Type.Null(),
          Type.Object({ writable: Type.Array(Key), readonly: Type.Array(Key) }),
        ]),
      ),
    }),
    transaction: Type.Object({
      message: Type.Object({
        header: Type.Object({ numRequiredSignatures: Type.Integer({ minimum: 1 }) }),
        accountKeys: Type.Array(Key),
        instructions: Type.Array(
          Type.Object({ programIdIndex: Type.Integer({ minimum: 0 }), data: Type.String() }),
        ),
      }),
    }),
  }),
]);

export interface TokenMovement {
  account: string;
  mint: string;
  owner: string | null;
  program: string | null;
  before: bigint;
  after: bigint;
}

export interface ChainTransaction {
  slot: number;
  err: unknown;
  feeLamports: bigint;
  signers: string[];
  /** Every account it names, those of lookup tables too. */
  accounts: string[];
  /** Texts of its own memo instructions, not of those that a program called by it wrote. */
  memos: string[];
  /** Balance of every account before and after, lamports. */
  lamports: Map<string, { before: bigint; after: bigint }>;
  tokens: TokenMovement[];
  blockTimeSec: number | null;
}

/**
 * A transaction with its effects on balances, or null. Asks for version 1, since nodes answer older
 * requests for such transactions with an error, which makes deposits invisible.
 */
export async function readTransaction(
  rpc: RpcPool,
  signature: string,
  commitment: 'confirmed' | 'finalized',
): Promise<ChainTransaction | null> {
  const params = transactionParams(signature, commitment);
  return toTransaction(await ask(rpc, TransactionAnswer, 'getTransaction', params));
}

/** What each endpoint says of it. */
export async function readTransactionEach(
  rpc: RpcPool,
  signature: string,
  commitment: 'confirmed' | 'finalized',
): Promise<(ChainTransaction | null)[]> {
  const params = transactionParams(signature, commitment);
  const answers = await askEach(rpc, TransactionAnswer, 'getTransaction', params);
  return answers.map(toTransaction);
}

const BytesAnswer = Type.Union([
  Type.Null(),
  Type.Object({ transaction: Type.Tuple([Type.String(), Type.Literal('base64')]) }),
]);

/** The bytes of a final transaction as each endpoint that knows it has them. */
export async function readTransactionBytesEach(
  rpc: RpcPool,
  signature: string,
): Promise<Uint8Array[]> {
  const params = [
    signature,
    { commitment: 'finalized', encoding: 'base64', maxSupportedTransactionVersion: 1 },
  ];
  const answers = await askEach(rpc, BytesAnswer, 'getTransaction', params);
  return answers.flatMap((answer) =>
    answer === null ? [] : [Buffer.from(answer.transaction[0], 'base64')],
  );
}

function transactionParams(signature: string, commitment: 'confirmed' | 'finalized') {
  return [signature, { commitment, encoding: 'json', maxSupportedTransactionVersion: 1 }];
}

function toTransaction(answer: Static<typeof TransactionAnswer>): ChainTransaction | null {
  if (answer === null) return null;
  const { meta, transaction } = answer;
  const { accountKeys, header } = transaction.message;
  const loaded = meta.loadedAddresses;
  const keys = [...accountKeys, ...(loaded?.writable ?? []), ...(loaded?.readonly ?? [])];
  const lamports = new Map<string, { before: bigint; after: bigint }>();
  for (const [i, key] of keys.entries()) {
    const before = BigInt(meta.preBalances[i] ?? 0);
    lamports.set(key, { before, after: BigInt(meta.postBalances[i] ?? 0) });
  }
  return {
    slot: answer.slot,
    err: meta.err ?? null,
    feeLamports: BigInt(meta.fee),
    signers: keys.slice(0, header.numRequiredSignatures),
    accounts: keys,
    memos: memosOf(keys, transaction.message.instructions),
    lamports,
    tokens: tokenMovements(keys, meta.preTokenBalances ?? [], meta.postTokenBalances ?? []),
    blockTimeSec: answer.blockTime ?? null,
  };
}

const memoPrograms = new Set([memoProgram, 'Memo1UhkJRfHyvLMcVucJwxXeuD728EqVDDwQDxFMNo']);

function memosOf(
  keys: readonly string[],
  instructions: readonly { programIdIndex: number; data: string }[],
): string[] {
  return instructions
    .filter(({ programIdIndex }) => memoPrograms.has(keys[programIdIndex] ?? ''))
    .map(({ data }) => Buffer.from(bs58.decode(data)).toString('utf8'));
}

function tokenMovements(
  keys: readonly string[],
  before: Static<typeof TokenBalance>[],
  after: Static<typeof TokenBalance>[],
): TokenMovement[] {
  const movements = new Map<number, TokenMovement>();
  const movementOf = (balance: Static<typeof TokenBalance>) => {
    const found = movements.get(balance.accountIndex) ?? {
      account: keys[balance.accountIndex] ?? '',
      mint: balance.mint,
      owner: balance.owner ?? null,
      program: balance.programId ?? null,
      before: 0n,
      after: 0n,
    };
    movements.set(balance.accountIndex, found);
    return found;
  };
  for (const balance of before) movementOf(balance).before = BigInt(balance.uiTokenAmount.amount);
  for (const balance of after) movementOf(balance).after = BigInt(balance.uiTokenAmount.amount);
  return [...movements.values()];
}
