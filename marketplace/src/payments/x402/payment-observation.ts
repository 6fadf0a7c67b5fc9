import type { X402SettlementRow } from '../../store/x402-store.ts';
import { agreeOnTransaction } from '../solana/agreement.ts';
import { readBlockHeights, readStatusesEach, type SignatureStatus } from '../solana/chain-reads.ts';
import { type ChainTransaction, readTransactionEach } from '../solana/chain-transaction.ts';
import { quorumOf, type RpcPool } from '../solana/rpc.ts';

/**
 * `unseen`: no endpoint knows it. `undecided`: some do, but not enough to act on it.
 */
export type PaymentFate = 'unseen' | 'undecided' | 'confirmed' | 'finalized' | 'refused';

type Fates = Map<string, { fate: PaymentFate; final: boolean }>;

const perCallMax = 256;
const rank = { processed: 0, confirmed: 1, finalized: 2 } as const;

/** What the endpoints together say of each payment, by its signature. */
export async function readFates(
  rpc: RpcPool,
  settlements: readonly X402SettlementRow[],
): Promise<Fates> {
  const fates: Fates = new Map();
  for (let start = 0; start < settlements.length; start += perCallMax) {
    const signatures = settlements
      .slice(start, start + perCallMax)
      .map(({ signature }) => signature);
    const answers = await readStatusesEach(rpc, signatures);
    for (const [i, signature] of signatures.entries()) {
      const seen = answers.map((statuses) => statuses[i] ?? null);
      fates.set(signature, agreeOnFate(seen, quorumOf(rpc)));
    }
  }
  return fates;
}

function agreeOnFate(answers: readonly (SignatureStatus | null)[], quorum: number) {
  const known = answers.filter((status) => status !== null);
  if (known.length === 0) return { fate: 'unseen' as const, final: false };
  const undecided = { fate: 'undecided' as const, final: false };
  const failed = known.filter((status) => status.failed).length;
  if (failed > 0 && failed < known.length) return undecided;
  const ranks = known.map((status) => rank[status.commitment]).toSorted((a, b) => b - a);
  const agreed = ranks[quorum - 1] ?? rank.processed;
  if (agreed === rank.processed) return undecided;
  const final = agreed === rank.finalized;
  if (failed > 0) return { fate: 'refused' as const, final };
  return { fate: final ? ('finalized' as const) : ('confirmed' as const), final };
}

/**
 * Whether a payment can land no more and did not. Every endpoint must be past its last block and know
 * nothing of it: one that is behind, blind or silent must not make a paid payment look unpaid.
 */
export async function isExpiredEverywhere(
  rpc: RpcPool,
  { signature, lastValidBlockHeight }: X402SettlementRow,
): Promise<boolean> {
  const heights = await readBlockHeights(rpc, 'finalized');
  if (heights.length < rpc.urls.length) return false;
  if (heights.some((height) => height <= lastValidBlockHeight)) return false;
  const answers = await readStatusesEach(rpc, [signature]);
  if (answers.length < rpc.urls.length) return false;
  return answers.every(([status]) => status === null);
}

/** The transaction with its effects, once enough endpoints call it final and tell the same of it. */
export async function readFinalPayment(
  rpc: RpcPool,
  { signature }: X402SettlementRow,
): Promise<ChainTransaction | null> {
  const answers = await readTransactionEach(rpc, signature, 'finalized');
  return agreeOnTransaction(answers, quorumOf(rpc));
}
