import { setTimeout as sleep } from 'node:timers/promises';
import type { Store } from '@node3/marketplace/store/store';
import { getAdminStats, listPayouts } from '@node3/shared/routes/admin';
import { Connection, PublicKey } from '@solana/web3.js';
import type { Followed, FollowingRequester } from './following-requester.ts';
import { lineOf, linesPerJob } from './roaming-agent.ts';
import { rewardLamports } from './run-replicas.ts';

interface Outcome extends PayoutFacts {
  store: Store;
  followed: readonly Followed[];
}

export interface PayoutFacts {
  operator: Pick<FollowingRequester, 'ask'>;
  rpcUrl: string;
  /** How many there were, each paid rewardLamports. */
  jobs: number;
}

const payoutsWaitMs = 120_000;
const lookMs = 500;

/** What should not have happened, in sentences: by the store, by the chain, and by who followed. */
export async function judgeReplicas(outcome: Outcome): Promise<string[]> {
  const findings = [...(await judgePayouts(outcome)), ...(await judgeJobs(outcome))];
  const { balanced, problems } = await outcome.store.verifyLedger();
  if (!balanced) findings.push(...problems.map((problem) => `ledger: ${problem}`));
  return findings;
}

/** By the marketplace and by the chain: every job is paid once, and nothing else came to the wallets. */
export async function judgePayouts({ operator, rpcUrl, jobs }: PayoutFacts): Promise<string[]> {
  const untilMs = performance.now() + payoutsWaitMs;
  let finalized = 0;
  while (finalized < jobs && performance.now() < untilMs) {
    const { overview } = await operator.ask((client) => client.call(getAdminStats, {}));
    finalized = overview.payouts['finalized'] ?? 0;
    if (finalized < jobs) await sleep(lookMs);
  }
  const findings = finalized === jobs ? [] : [`${finalized} payouts are final for ${jobs} jobs`];
  const owed = new Map<string, bigint>();
  const paid = new Set<string>();
  let cursor: string | null = null;
  do {
    const query: { limit: number; cursor?: string } = { limit: 100, ...(cursor && { cursor }) };
    const page = await operator.ask((client) => client.call(listPayouts, { query }));
    for (const { wallet, jobId } of page.data) {
      owed.set(wallet, (owed.get(wallet) ?? 0n) + rewardLamports);
      if (jobId !== null && paid.has(jobId)) findings.push(`job ${jobId} has two payouts`);
      if (jobId !== null) paid.add(jobId);
    }
    cursor = page.nextCursor;
  } while (cursor !== null);
  const chain = new Connection(rpcUrl, 'finalized');
  for (const [wallet, lamports] of owed) {
    const has = BigInt(await chain.getBalance(new PublicKey(wallet)));
    if (has !== lamports) findings.push(`${wallet} has ${has} lamports and is owed ${lamports}`);
  }
  return findings;
}

async function judgeJobs({ store, followed, jobs }: Outcome): Promise<string[]> {
  const findings: string[] = [];
  const jobIds = new Set(followed.map(({ jobId }) => jobId));
  if (jobIds.size !== jobs) findings.push(`${jobIds.size} jobs were posted, not ${jobs}`);
  const counts = await store.countJobs();
  if (counts.succeeded !== jobs) findings.push(`the jobs ended as ${JSON.stringify(counts)}`);
  for (const { jobId, lines } of followed) {
    const stored = await store.readLogs({ jobId, afterSeq: 0, limit: 1_000, stream: null });
    const read = lines.map(({ seq, text }) => `${seq} ${text}`);
    const kept = stored.map(({ seq, text }) => `${seq} ${text}`);
    if (JSON.stringify(read) !== JSON.stringify(kept)) {
      findings.push(`the reader of ${jobId} got ${read.length} lines of ${kept.length}`);
    }
    const last = stored.slice(-linesPerJob).map(({ text }) => text);
    const wanted = Array.from({ length: linesPerJob }, (_, line) => lineOf(jobId, line));
    if (JSON.stringify(last) !== JSON.stringify(wanted)) {
      findings.push(`the log of ${jobId} ends with ${JSON.stringify(last)}`);
    }
  }
  return findings;
}
