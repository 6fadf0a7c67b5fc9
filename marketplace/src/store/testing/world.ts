import type { Device } from '@node3/shared/device';
import { completeJobSpec } from '@node3/shared/job-spec';
import { limits } from '@node3/shared/limits';
import { toBlocks } from '@node3/shared/log-blocks';
import { type Asset, type BaseUnits, baseUnits, toMoney, zero } from '@node3/shared/money';
import { SequentialIds } from '@node3/shared/testing/sequential-ids';
import { heldForJob, userAvailable } from '../../domain/ledger-accounts.ts';
import type { JobClaim, JobPosting, LogAppend } from '../job-store.ts';
import type { ExecutionRow, Fence, JobRow, LogLineRow } from '../rows.ts';
import type { Store } from '../store.ts';
import { newAgentRow, newKeyRow } from './agent-rows.ts';
import { eventOf, start, succeed } from './decisions.ts';

const images = {
  container: 'busybox',
  python: 'python',
  javascript: 'node',
  typescript: 'node',
  bash: 'bash',
};

/** Drives a store as the services do, with ids and time that are the same in every run. */
export class World {
  store: Store;
  readonly ids = new SequentialIds();
  nowMs = 1_800_000_000_000;

  constructor(store: Store) {
    this.store = store;
  }

  async openAccount(funds = 1_000_000n): Promise<string> {
    const accountId = this.ids.next('account');
    const { nowMs } = this;
    await this.store.openAccount({
      accountId,
      wallet: `w-${accountId}`,
      name: null,
      key: null,
      nowMs,
    });
    if (funds > 0n) await this.deposit(accountId, baseUnits(funds));
    return accountId;
  }

  deposit(
    accountId: string,
    amount: BaseUnits,
    signature = this.ids.secret(16),
    asset: Asset = 'USDC',
  ) {
    return this.store.recordDeposit({
      signature,
      received: [{ asset, amount, sourceOwner: null }],
      target: { to: 'account', accountId, route: 'claim', intentId: null },
      minimum: { SOL: zero, USDC: zero },
      nowMs: this.nowMs,
    });
  }

  async registerAgent(wallet?: string): Promise<string> {
    const agentId = this.ids.next('agent');
    const owner = { kind: 'agent' as const, agentId };
    await this.store.registerAgent({
      agent: newAgentRow(agentId, wallet ?? `w-${agentId}`, this.nowMs),
      key: newKeyRow(this.ids.next('apiKey'), 'hash', owner, this.nowMs),
      token: null,
      events: [],
    });
    return agentId;
  }

  posting(accountId: string, price = 1_000n, asset: Asset = 'USDC'): JobPosting {
    const job = this.#newJob(accountId, baseUnits(price), asset);
    return {
      job,
      transfers: [
        {
          transferId: `hold:${job.jobId}`,
          debit: userAvailable(accountId),
          credit: heldForJob(job.jobId),
          asset: job.asset,
          amount: job.price,
          kind: 'hold',
          ref: job.jobId,
        },
      ],
      events: [eventOf(job, 'job.posted', this.nowMs)],
      openJobsMax: 1_000,
      caps: null,
      quoteId: null,
      idempotency: null,
      reuse: null,
    };
  }

  async post(accountId: string, price = 1_000n, asset: Asset = 'USDC'): Promise<JobRow> {
    const { job } = await this.store.postJob(this.posting(accountId, price, asset));
    return job;
  }

  claim(
    jobId: string,
    agentId: string,
    deviceIds: string[] = [],
    claimId = this.ids.secret(8),
  ): JobClaim {
    const executionId = this.ids.next('execution');
    const { nowMs } = this;
    return {
      jobId,
      reservedFor: null,
      execution: {
        executionId,
        agentId,
        agentName: 'rig',
        claimId,
        leaseHash: `hash-${executionId}`,
        leaseUntilMs: nowMs + limits.leaseMs,
        acceptByMs: nowMs + limits.offerAcceptMs,
        state: 'leased',
        reason: null,
        detail: null,
        deadlineMs: null,
        runDeadlineMs: null,
        progressMs: null,
        preemptedAtMs: null,
        devices: deviceIds.map(gpu),
        rate: null,
        isolation: null,
        imageDigest: null,
        imagePull: null,
        workProgress: null,
        exitCode: null,
        runMs: null,
        peakMemoryBytes: null,
        resultHash: null,
        logSeq: 0,
        leasedAtMs: nowMs,
        startedAtMs: null,
        finishedAtMs: null,
      },
      events: (job) => [eventOf(job, 'job.assigned', nowMs)],
      nowMs,
    };
  }

  /** Posts a job and gives it to an agent. */
  async lease(
    accountId: string,
    agentId: string,
    price = 1_000n,
    asset: Asset = 'USDC',
  ): Promise<ExecutionRow> {
    const job = await this.post(accountId, price, asset);
    const claimed = await this.store.claimJob(this.claim(job.jobId, agentId));
    if (claimed === null) throw new Error('a fresh job can be claimed');
    return claimed.execution;
  }

  start(execution: ExecutionRow) {
    return this.store.changeExecution(fenceOf(execution), execution.agentId, start(this.nowMs));
  }

  succeed(execution: ExecutionRow, resultHash = 'result') {
    const decide = succeed(this.nowMs, this.ids.next('payout'));
    return this.store.changeExecution(fenceOf(execution), execution.agentId, decide, resultHash);
  }

  log(
    execution: ExecutionRow,
    seqFirst: number,
    texts: string[],
    stream: LogLineRow['stream'] = 'stdout',
    keep: LogAppend['keep'] = 'all',
  ) {
    const lines = texts.map((text) => ({ stream, atMs: this.nowMs, text, partial: false }));
    const blocks = toBlocks(lines);
    const { agentId } = execution;
    const { nowMs } = this;
    const fence = fenceOf(execution);
    return this.store.appendLogs({ fence, agentId, seqFirst, blocks, keep, nowMs });
  }

  #newJob(accountId: string, price: BaseUnits, asset: Asset): JobRow {
    const spec = completeJobSpec(
      {
        workload: { kind: 'script', language: 'bash', code: 'echo hello' },
        price: { kind: 'fixed', reward: toMoney(price, asset) },
      },
      images,
    );
    return {
      jobId: this.ids.next('job'),
      accountId,
      apiKeyId: null,
      state: 'queued',
      reason: null,
      fault: null,
      priority: spec.priority,
      spec,
      asset,
      price,
      feeBasisPoints: 500,
      attempt: 0,
      executionId: null,
      agentId: null,
      notBeforeMs: null,
      fairMs: this.nowMs,
      queueDeadlineMs: this.nowMs + spec.limits.queueSec * 1_000,
      cancelRequestedAtMs: null,
      failures: [],
      dependenciesOpen: 0,
      rerunOf: null,
      cachedFrom: null,
      cacheKey: null,
      settlement: { state: 'held', charged: null, providerShare: null, fee: null, refund: null },
      output: null,
      exitCode: null,
      logLines: 0,
      logBytes: 0,
      createdAtMs: this.nowMs,
      queuedAtMs: this.nowMs,
      startedAtMs: null,
      finishedAtMs: null,
    };
  }
}

export function fenceOf({ executionId, attempt, leaseHash }: ExecutionRow): Fence {
  return { executionId, attempt, leaseHash };
}

function gpu(id: string): Device {
  return {
    id,
    vendor: 'nvidia',
    model: 'NVIDIA H100',
    modelId: null,
    memoryBytes: null,
    computeCapability: null,
    driverVersion: null,
    simulated: false,
  };
}

/** Money of an account that is neither spent nor held. */
export async function availableOf(store: Store, accountId: string): Promise<bigint> {
  const balances = await store.accountBalances(accountId);
  return balances.USDC.available;
}
