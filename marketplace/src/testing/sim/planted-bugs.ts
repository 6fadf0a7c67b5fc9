import { MarketError } from '@node3/shared/error';
import { limits } from '@node3/shared/limits';
import { linesOf, sliceBlocks } from '@node3/shared/log-blocks';
import type { Core } from '../../core.ts';
import type { Decide, JobChange } from '../../store/job-store.ts';
import type { SqliteDatabase } from '../../store/sqlite/sqlite-database.ts';
import type { Store } from '../../store/store.ts';
import type { VirtualTime } from './virtual-time.ts';

/**
 * A mistake that people make with leases and queues, put around the real services, to prove that
 * the simulation sees it. Nothing of this is reachable from the marketplace itself.
 */
export interface PlantedBug {
  store?(store: Store, parts: { sqlite: SqliteDatabase; time: VirtualTime }): Store;
  core?(core: Core): void;
  agent?: 'lease-from-reply';
}

export const plantedBugs = {
  /** Whoever reports first ends the job, whether it is still theirs or not. */
  'no-fence-on-result': {
    store: (store) => ({
      ...store,
      async changeExecution(fence, agentId, decide, resultHash) {
        try {
          return await store.changeExecution(fence, agentId, decide, resultHash);
        } catch (error) {
          if (resultHash === undefined || !isStale(error)) throw error;
          const stale = await store.execution(fence.executionId);
          const outcome = stale && (await store.changeJob(stale.jobId, whenHeld(decide)));
          if (outcome === null || !outcome.changed) throw error;
          return { ...outcome, replayed: false };
        }
      },
    }),
  },
  /** A heartbeat renews whatever execution holds the job by now. */
  'no-fence-on-heartbeat': {
    store: (store, { sqlite }) => ({
      ...store,
      async renewLeases(agentId, fences, leaseUntilMs) {
        const renewed = await store.renewLeases(agentId, fences, leaseUntilMs);
        return Promise.all(
          renewed.map(async (state, index) => {
            const executionId = fences[index]?.executionId;
            if (state !== null || executionId === undefined) return state;
            const touched = await sqlite.writeRaw(
              (db) =>
                db
                  .prepare(
                    `UPDATE executions SET lease_until_ms = max(lease_until_ms, ?)
                     WHERE live = 1 AND job_id = (SELECT job_id FROM executions WHERE execution_id = ?)`,
                  )
                  .run(leaseUntilMs, executionId).changes,
            );
            return touched === 0 ? null : { cancelRequested: false, deadlineMs: null };
          }),
        );
      },
    }),
  },
  /** Leases are taken away the moment they end, without the grace for clocks and distances. */
  'early-sweep': {
    store: (store) => ({
      ...store,
      overdue: (nowMs, limit) => store.overdue(nowMs + limits.leaseGraceMs, limit),
      changeJob: (jobId, decide) =>
        store.changeJob(jobId, (snapshot, ledger) => {
          const { execution } = snapshot;
          if (execution === null) return decide(snapshot, ledger);
          const leaseUntilMs = execution.leaseUntilMs - limits.leaseGraceMs;
          return decide({ ...snapshot, execution: { ...execution, leaseUntilMs } }, ledger);
        }),
    }),
  },
  /** The agent counts its lease from when the answer arrives, not from when it asked. */
  'lease-from-reply': { agent: 'lease-from-reply' },
  /** A repeated posting is another posting. */
  'idempotency-ignored': {
    store: (store) => ({
      ...store,
      postedBefore: async () => null,
      postJob: (posting) => store.postJob({ ...posting, idempotency: null }),
    }),
  },
  /** The job is queued in one commit, and its money held in the next one. */
  'hold-outside-transaction': {
    store: (store, { time }) => ({
      ...store,
      async postJob(posting) {
        const posted = await store.postJob({ ...posting, transfers: [] });
        if (!posted.replayed) await store.postTransfers(posting.transfers, [], time.nowMs());
        return posted;
      },
    }),
  },
  /** Leases run on while the marketplace is away. */
  'no-amnesty': { store: (store) => ({ ...store, extendLeases: async () => 0 }) },
  /** A job that was leased is offered again, and a claim takes it whether it is there or not. */
  'claim-unconditional': {
    core: ({ matchmaker }) => {
      const settle = matchmaker.settle.bind(matchmaker);
      matchmaker.settle = (jobId) => settle(jobId, 'agent_refused');
    },
    store: (store, { sqlite }) => ({
      ...store,
      async claimJob(claim) {
        const claimed = await store.claimJob(claim);
        if (claimed !== null) return claimed;
        await sqlite.writeRaw((db) =>
          db
            .prepare(`UPDATE jobs SET state = 'queued' WHERE job_id = ? AND state = 'assigned'`)
            .run(claim.jobId),
        );
        return store.claimJob(claim);
      },
    }),
  },
  /** A job that failed is queued again, though everybody was told that it is over. */
  'terminal-requeued': {
    store: (store, { sqlite }) => {
      const revive = (jobId: string) =>
        sqlite.writeRaw((db) => {
          db.exec('DROP TRIGGER IF EXISTS jobs_final');
          db.prepare(`UPDATE jobs SET state = 'queued' WHERE job_id = ?`).run(jobId);
        });
      return {
        ...store,
        async changeExecution(fence, agentId, decide, resultHash) {
          const outcome = await store.changeExecution(fence, agentId, decide, resultHash);
          if (outcome.changed && outcome.job.state === 'failed') await revive(outcome.job.jobId);
          return outcome;
        },
      };
    },
  },
  /** A job that comes back to the queue is forgotten by the index. */
  'requeue-not-indexed': {
    core: ({ matchmaker }) => {
      const addJob = matchmaker.addJob.bind(matchmaker);
      matchmaker.addJob = (job) => {
        if (job.attempt === 0) addJob(job);
      };
    },
  },
  /** A job that is over stays in the index. */
  'ended-job-indexed': {
    core: ({ matchmaker }) => {
      const removeJob = matchmaker.removeJob.bind(matchmaker);
      let removed = 0;
      matchmaker.removeJob = (jobId) => {
        removed += 1;
        if (removed % 3 !== 0) removeJob(jobId);
      };
    },
  },
  /** The cancellation is stored, and no agent ever hears of it. */
  'cancel-not-delivered': {
    store: (store) => ({
      ...store,
      async renewLeases(agentId, fences, leaseUntilMs) {
        const renewed = await store.renewLeases(agentId, fences, leaseUntilMs);
        return renewed.map((state) => state && { ...state, cancelRequested: false });
      },
      async job(jobId) {
        const job = await store.job(jobId);
        return job && { ...job, cancelRequestedAtMs: null };
      },
    }),
    core: ({ cancels }) => {
      cancels.add = () => undefined;
    },
  },
  /** The poster is answered while the job is still on its way to the disk. */
  'answer-before-commit': {
    store: (store) => ({
      ...store,
      async postJob(posting) {
        const { idempotency, job } = posting;
        const earlier =
          idempotency && (await store.postedBefore(posting.job.accountId, idempotency));
        if (earlier !== null) return { job: earlier, replayed: true };
        store.postJob(posting).catch(() => undefined);
        return { job, replayed: false };
      },
    }),
  },
  /** Lines are acknowledged that were not stored. */
  'lines-acknowledged-unstored': {
    store: (store) => ({
      ...store,
      async appendLogs(append) {
        const { blocks, seqFirst } = append;
        const answer = await store.appendLogs({ ...append, blocks: sliceBlocks(blocks, 0, 1) });
        return { ...answer, ackedSeq: seqFirst + linesOf(blocks) - 1 };
      },
    }),
  },
  /** Whoever waits for a success goes on after a failure, too. */
  'dependency-ignored': {
    store: (store) => ({
      ...store,
      settleDependency: (neededJobId, jobId, decide) =>
        store.settleDependency(neededJobId, jobId, (snapshot) => decide(snapshot, true)),
    }),
  },
  /** A change happens, and nobody is told. */
  'requeue-untold': {
    store: (store) => ({
      ...store,
      changeJob: (jobId, decide) => store.changeJob(jobId, withoutEvent(decide, 'job.requeued')),
    }),
  },
} as const satisfies Record<string, PlantedBug>;

export type PlantedBugName = keyof typeof plantedBugs;

export function isPlantedBugName(name: string): name is PlantedBugName {
  return Object.hasOwn(plantedBugs, name);
}

function isStale(error: unknown): boolean {
  return error instanceof MarketError && error.code === 'LEASE_STALE';
}

function whenHeld(decide: Decide): Decide {
  return (snapshot, ledger) => (snapshot.execution === null ? null : decide(snapshot, ledger));
}

function withoutEvent(decide: Decide, name: string): Decide {
  return (snapshot, ledger) => {
    const change: JobChange | null = decide(snapshot, ledger);
    if (change === null || change.events.length < 2) return change;
    return { ...change, events: change.events.filter((event) => event.name !== name) };
  };
}
