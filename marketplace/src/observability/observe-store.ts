import { isMarketError } from '@node3/shared/error';
import type { JobState } from '@node3/shared/job-state';
import type { DepositRow } from '../store/deposit-store.ts';
import type { ChangeOutcome, Decide, JobPosting } from '../store/job-store.ts';
import type { JobRow, Transfer } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import type { StoreObserver } from './store-observer.ts';

/**
 * The same store, which tells what this process does with it. Counting here and not where things are
 * announced keeps replicas apart: each one counts what it did itself. The callers' promises are the
 * store's own, so nothing is later than without it.
 */
export function observeStore(store: Store, observer: StoreObserver): Store {
  return {
    ...store,
    ...observedJobs(store, observer),
    ...observedMoney(store, observer),
    recordAttempt(outcome) {
      return tell(store.recordAttempt(outcome), (noted) => {
        if (noted) observer.webhookAttempted?.(outcome);
      });
    },
    agents() {
      return tell(store.agents(), (rows) => observer.agentsRead?.(rows));
    },
    agent(agentId) {
      return tell(store.agent(agentId), (row) => {
        if (row !== null) observer.agentsRead?.([row]);
      });
    },
  };
}

function observedJobs(
  store: Store,
  observer: StoreObserver,
): Pick<
  Store,
  'postJob' | 'postJobsTogether' | 'fulfilX402' | 'claimJob' | 'changeExecution' | 'changeJob'
> {
  const onPosted = (posted: { job: JobRow; replayed: boolean }, posting: JobPosting) => {
    if (posted.replayed) return;
    observer.jobPosted?.(posted.job);
    if (posted.job.cachedFrom === null) observer.transfersPosted?.(posting.transfers);
  };
  const onRefused = (error: unknown, { job }: JobPosting) => {
    const refused = isMarketError(error, 'FUNDS_INSUFFICIENT');
    if (refused || isMarketError(error, 'CAP_EXCEEDED')) observer.jobRefused?.(job);
  };
  return {
    postJob(posting) {
      return tell(
        store.postJob(posting),
        (posted) => onPosted(posted, posting),
        (error) => onRefused(error, posting),
      );
    },
    postJobsTogether(postings) {
      return tell(
        store.postJobsTogether(postings),
        (rows) => {
          for (const [index, posting] of postings.entries()) {
            const posted = rows[index];
            if (posted !== undefined) onPosted(posted, posting);
          }
        },
        (error) => {
          for (const posting of postings) onRefused(error, posting);
        },
      );
    },
    fulfilX402(fulfilment) {
      let transfers: readonly Transfer[] = [];
      const post = fulfilment.post;
      const watched =
        post === null
          ? null
          : (accountId: string) => {
              const posting = post(accountId);
              transfers = posting.transfers;
              return posting;
            };
      return tell(store.fulfilX402({ ...fulfilment, post: watched }), ({ job, replayed }) => {
        if (job === null || replayed) return;
        observer.jobPosted?.(job);
        observer.transfersPosted?.(transfers);
      });
    },
    claimJob(claim) {
      return tell(store.claimJob(claim), (claimed) => {
        if (claimed === null) return;
        // A repeated claim is answered with the lease that it got before.
        const isNew = claimed.execution.executionId === claim.execution.executionId;
        if (isNew) observer.jobLeased?.(claimed.job, claimed.execution);
      });
    },
    changeExecution(fence, agentId, decide, resultHash) {
      const watched = watchDecision(decide);
      const changed = store.changeExecution(fence, agentId, watched.decide, resultHash);
      return tell(changed, (outcome) => watched.tell(observer, outcome));
    },
    changeJob(jobId, decide) {
      const watched = watchDecision(decide);
      return tell(store.changeJob(jobId, watched.decide), (outcome) => {
        if (outcome !== null) watched.tell(observer, outcome);
      });
    },
  };
}

/** Notes what a decision was made on. It may be made twice; what counts is the last time. */
function watchDecision(decide: Decide) {
  let from: JobState | null = null;
  let transfers: readonly Transfer[] = [];
  const watched: Decide = (snapshot, ledger) => {
    from = snapshot.job.state;
    const change = decide(snapshot, ledger);
    transfers = change?.transfers ?? [];
    return change;
  };
  return {
    decide: watched,
    tell(observer: StoreObserver, outcome: ChangeOutcome) {
      if (!outcome.changed || from === null) return;
      observer.jobChanged?.(from, outcome);
      if (transfers.length > 0) observer.transfersPosted?.(transfers);
    },
  };
}

function observedMoney(
  store: Store,
  observer: StoreObserver,
): Pick<
  Store,
  | 'recordDeposit'
  | 'claimDeposit'
  | 'postTransfers'
  | 'addAttempt'
  | 'openBatch'
  | 'openBatches'
  | 'changeBatch'
  | 'settlePayouts'
> {
  return {
    recordDeposit(recording) {
      return tell(store.recordDeposit(recording), (rows) => {
        observer.depositsCredited?.(creditedAt(rows, recording.nowMs));
      });
    },
    claimDeposit(claim) {
      return tell(store.claimDeposit(claim), (rows) => {
        observer.depositsCredited?.(creditedAt(rows, claim.nowMs));
      });
    },
    postTransfers(transfers, events, nowMs) {
      return tell(store.postTransfers(transfers, events, nowMs), () =>
        observer.transfersPosted?.(transfers),
      );
    },
    openBatch(batch, payoutIds, events) {
      return tell(store.openBatch(batch, payoutIds, events), (row) => {
        if (row !== null) observer.batchesRead?.([row]);
      });
    },
    addAttempt(attempt, events) {
      return tell(store.addAttempt(attempt, events), () => observer.attemptStored?.(attempt));
    },
    openBatches() {
      return tell(store.openBatches(), (batches) => observer.batchesRead?.(batches));
    },
    settlePayouts(settlement) {
      return tell(store.settlePayouts(settlement), (outcome) => {
        if (outcome === 'settled') observer.transfersPosted?.(settlement.transfers);
      });
    },
    changeBatch(change) {
      return tell(store.changeBatch(change), () => {
        observer.batchChanged?.(change);
        observer.transfersPosted?.(change.transfers);
      });
    },
  };
}

/** What somebody got by this very call; the operator's own capital is nobody's deposit. */
function creditedAt(rows: readonly DepositRow[], nowMs: number): DepositRow[] {
  return rows.filter((row) => row.creditedAtMs === nowMs && row.accountId !== null);
}

/** The very promise that was given; the observer hears of its end besides. */
function tell<Value>(
  promise: Promise<Value>,
  onValue: (value: Value) => void,
  onError: (error: unknown) => void = () => undefined,
): Promise<Value> {
  promise.then(onValue, onError);
  return promise;
}
