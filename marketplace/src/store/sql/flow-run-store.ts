import { MarketError } from '@node3/shared/error';
import { flowJobKey } from '../../domain/flow-job-key.ts';
import type {
  FlowChange,
  FlowFence,
  FlowRunRow,
  FlowRunSight,
  FlowStore,
  JobsCost,
  NewFlowRun,
} from '../flow-store.ts';
import type { Idempotency } from '../job-store.ts';
import { inTexts, toJsonOrNull, toList } from './codec.ts';
import type { Database } from './database.ts';
import { appendEventsIn } from './events.ts';
import {
  type FlowRunRecord,
  type FlowStepRecord,
  fromFlowRun,
  fromFlowStep,
  type ListedFlowRunRecord,
  toFlowRun,
  toFlowStep,
  toFlowStepSight,
  toListedFlowRun,
} from './flow-codec.ts';
import type { Tx, Work } from './work.ts';

const selectRun = 'SELECT * FROM flow_runs WHERE run_id = ?';
const selectRepeated = 'SELECT * FROM flow_runs WHERE account_id = ? AND idempotency_key = ?';
const countOpen = 'SELECT count(*) AS count FROM flow_runs WHERE account_id = ? AND open = 1';
const insertRun = `
  INSERT INTO flow_runs (run_id, account_id, api_key_id, flow_id, flow_version, project, state, graph,
    input, sealed, error, timeout_sec, rerun_of, idempotency_key, request_hash, owner, token,
    open, created_at_ms, ended_at_ms)
  VALUES (@runId, @accountId, @keyId, @flowId, @flowVersion, @project, @state, @graph, @input, @sealed,
    @error, @timeoutSec, @rerunOf, @idempotencyKey, @requestHash, @owner, 1, 1, @createdAtMs,
    @endedAtMs)`;
const insertStep = `
  INSERT INTO flow_steps (run_id, node_id, position, state, branch, input, output, error, job_id,
    taken_from, started_at_ms, ended_at_ms)
  VALUES (@runId, @nodeId, @position, @state, @branch, @input, @output, @error, @jobId, @takenFrom,
    @startedAtMs, @endedAtMs)`;
const selectForgotten = `
  SELECT run_id FROM flow_runs
  WHERE account_id = @accountId AND open = 0 AND run_id <= (
    SELECT run_id FROM flow_runs WHERE account_id = @accountId
    ORDER BY run_id DESC LIMIT 1 OFFSET @kept)
  LIMIT 10`;
const forgetSteps = 'DELETE FROM flow_steps WHERE run_id = ?';
const forgetRun = 'DELETE FROM flow_runs WHERE run_id = ?';
const selectSteps = 'SELECT * FROM flow_steps WHERE run_id = ? ORDER BY position';
const selectSights = `
  SELECT node_id, state, branch, job_id, started_at_ms FROM flow_steps WHERE run_id = ?
  ORDER BY position`;
const listRuns = `
  SELECT run_id, account_id, api_key_id, flow_id, flow_version, project, state, error, timeout_sec,
    rerun_of, created_at_ms, ended_at_ms,
    (SELECT name FROM flows WHERE flows.flow_id = flow_runs.flow_id) AS flow_name
  FROM flow_runs
  WHERE account_id = @accountId AND run_id < @before AND (@flowId = '' OR flow_id = @flowId)
    AND (@project = '' OR project = @project) AND (@state = '' OR state = @state)
  ORDER BY run_id DESC LIMIT @limit`;
const selectCosts = `
  SELECT jobs.asset AS asset, count(*) AS jobs,
    CAST(sum(coalesce(jobs.charged, 0)) AS BIGINT) AS charged,
    CAST(sum(CASE WHEN jobs.settlement = 'held' THEN jobs.price ELSE 0 END) AS BIGINT) AS held
  FROM jobs WHERE jobs.job_id ${inTexts} GROUP BY jobs.asset ORDER BY jobs.asset`;
const selectPosting = `
  SELECT flow_runs.account_id AS account_id, flow_steps.node_id AS node_id, flow_steps.job_id AS job_id
  FROM flow_steps JOIN flow_runs ON flow_runs.run_id = flow_steps.run_id
  WHERE flow_steps.run_id = ? AND flow_steps.taken_from IS NULL`;
const selectByKeys = `SELECT job_id FROM idempotency WHERE account_id = ? AND key ${inTexts}`;
const updateRun = `
  UPDATE flow_runs SET state = @state, error = @error, ended_at_ms = @endedAtMs
  WHERE run_id = @runId`;
/** What a change does not name stays: texts of a step can be long, and most changes leave them. */
const updateStep = `
  UPDATE flow_steps SET state = coalesce(@state, state), branch = coalesce(@branch, branch),
    input = coalesce(@input, input), output = coalesce(@output, output),
    error = coalesce(@error, error), job_id = coalesce(@jobId, job_id),
    started_at_ms = coalesce(@startedAtMs, started_at_ms),
    ended_at_ms = coalesce(@endedAtMs, ended_at_ms)
  WHERE run_id = @runId AND node_id = @nodeId`;
const selectOrphans = `
  SELECT flow_runs.run_id, flow_runs.token
  FROM flow_runs INDEXED BY flow_runs_open
  LEFT JOIN replicas ON replicas.replica_id = flow_runs.owner
  WHERE flow_runs.open = 1 AND flow_runs.owner <> ? AND coalesce(replicas.until_ms, 0) <= ?
  LIMIT ?`;
const takeRun = 'UPDATE flow_runs SET owner = ?, token = token + 1 WHERE run_id = ?';
const closeRun = `
  UPDATE flow_runs SET open = 0 WHERE run_id = @runId AND owner = @owner AND token = @token`;
/** Sorts after every id. */
const afterAllIds = '~';

type FlowRunStore = Pick<
  FlowStore,
  | 'createFlowRun'
  | 'flowRunBefore'
  | 'flowRun'
  | 'flowRunCosts'
  | 'listFlowRuns'
  | 'changeFlowRun'
  | 'takeFlowRuns'
  | 'closeFlowRun'
>;

export function createFlowRunStore(database: Database): FlowRunStore {
  return {
    createFlowRun: (created) => database.write((tx) => createIn(tx, created)),
    flowRunBefore(accountId, idempotency) {
      return database.read(function* (tx) {
        const earlier = yield* startedBefore(tx, accountId, idempotency);
        return earlier === null ? null : toFlowRun(earlier);
      });
    },
    flowRunCosts(runId) {
      return database.read(function* (tx) {
        const jobIds = toList(yield* jobsOfRunIn(tx, runId));
        const rows = yield* tx.all<JobsCost & { jobs: bigint }>(selectCosts, jobIds);
        return rows.map((row) => ({ ...row, jobs: Number(row.jobs) }));
      });
    },
    flowRun(runId) {
      return database.read(function* (tx) {
        const found = yield* tx.get<FlowRunRecord>(selectRun, runId);
        if (found === undefined) return null;
        const steps = yield* tx.all<FlowStepRecord>(selectSteps, runId);
        return { run: toFlowRun(found), steps: steps.map(toFlowStep) };
      });
    },
    listFlowRuns({ accountId, flowId, project, state, beforeRunId, limit }) {
      return database.read(function* (tx) {
        const found = yield* tx.all<ListedFlowRunRecord>(listRuns, {
          accountId,
          flowId: flowId ?? '',
          project: project ?? '',
          state: state ?? '',
          before: beforeRunId ?? afterAllIds,
          limit,
        });
        return found.map(toListedFlowRun);
      });
    },
    changeFlowRun(runId, fence, decide) {
      return database.write(function* (tx) {
        const found = yield* tx.get<FlowRunRecord>(selectRun, runId);
        if (found === undefined || !isFencedBy(found, fence)) return null;
        const steps = yield* tx.all<FlowStepRecord>(selectSights, runId);
        const sight = { run: toFlowRun(found), steps: steps.map(toFlowStepSight) };
        const change = decide(sight);
        return change === null ? sight : yield* changeIn(tx, sight, change);
      });
    },
    async takeFlowRuns(owner, nowMs, limit) {
      type Orphan = Pick<FlowRunRecord, 'run_id' | 'token'>;
      const orphans = (tx: Tx) => tx.all<Orphan>(selectOrphans, owner, nowMs, limit);
      // Mostly there are none, and then nobody needs a write for that.
      if ((await database.read(orphans)).length === 0) return [];
      return database.write(function* (tx) {
        const found = yield* orphans(tx);
        for (const { run_id } of found) yield* tx.post(takeRun, owner, run_id);
        return found.map(({ run_id, token }) => ({ runId: run_id, token: Number(token) + 1 }));
      });
    },
    closeFlowRun(runId, fence) {
      return database.write(function* (tx) {
        return (yield* tx.run(closeRun, { runId, ...fence })) > 0;
      });
    },
  };
}

function* startedBefore(
  tx: Tx,
  accountId: string,
  { key, requestHash }: Idempotency,
): Work<FlowRunRecord | null> {
  const earlier = yield* tx.get<FlowRunRecord & { request_hash: string }>(
    selectRepeated,
    accountId,
    key,
  );
  if (earlier === undefined) return null;
  if (earlier.request_hash !== requestHash) throw new MarketError('IDEMPOTENCY_MISMATCH');
  return earlier;
}

/** The jobs that the steps of a run posted. A step that was stopped meanwhile may not know its own. */
function* jobsOfRunIn(tx: Tx, runId: string): Work<string[]> {
  type Posting = { account_id: string; node_id: string; job_id: string | null };
  const steps = yield* tx.all<Posting>(selectPosting, runId);
  const noted = steps.flatMap(({ job_id: jobId }) => jobId ?? []);
  const [first] = steps;
  if (first === undefined || noted.length === steps.length) return noted;
  const unnoted = steps.filter(({ job_id: jobId }) => jobId === null);
  const keys = unnoted.map(({ node_id: nodeId }) => flowJobKey(runId, nodeId));
  const found = yield* tx.all<{ job_id: string }>(selectByKeys, first.account_id, toList(keys));
  return [...noted, ...found.map(({ job_id: jobId }) => jobId)];
}

function* createIn(
  tx: Tx,
  { run, steps, owner, idempotency, openMax, kept, events }: NewFlowRun,
): Work<{ run: FlowRunRow; token: number; replayed: boolean }> {
  const { accountId, runId } = run;
  const earlier = idempotency === null ? null : yield* startedBefore(tx, accountId, idempotency);
  if (earlier !== null) {
    return { run: toFlowRun(earlier), token: Number(earlier.token), replayed: true };
  }
  const open = Number((yield* tx.get<{ count: bigint }>(countOpen, accountId))?.count);
  if (open >= openMax) throw new MarketError('LIMIT_REACHED', { runs: open, max: openMax });
  yield* tx.post(insertRun, {
    ...fromFlowRun(run),
    owner,
    idempotencyKey: idempotency?.key ?? null,
    requestHash: idempotency?.requestHash ?? null,
  });
  for (const [position, step] of steps.entries()) {
    yield* tx.post(insertStep, { ...fromFlowStep(step), runId, position });
  }
  const forgotten = yield* tx.all<{ run_id: string }>(selectForgotten, { accountId, kept });
  for (const { run_id } of forgotten) {
    yield* tx.post(forgetSteps, run_id);
    yield* tx.post(forgetRun, run_id);
  }
  yield* appendEventsIn(tx, events);
  return { run, token: 1, replayed: false };
}

function isFencedBy({ owner, token }: FlowRunRecord, fence: FlowFence | null): boolean {
  return fence === null || (owner === fence.owner && Number(token) === fence.token);
}

function* changeIn(tx: Tx, sight: FlowRunSight, change: FlowChange): Work<FlowRunSight> {
  const run = { ...sight.run, ...change.run };
  const { runId } = run;
  if (change.run !== undefined) {
    yield* tx.post(updateRun, {
      runId,
      state: run.state,
      error: toJsonOrNull(run.error),
      endedAtMs: run.endedAtMs,
    });
  }
  const changed = new Map(change.steps.map((step) => [step.nodeId, step]));
  for (const [nodeId, step] of changed) {
    const {
      state = null,
      branch = null,
      jobId = null,
      startedAtMs = null,
      endedAtMs = null,
    } = step;
    yield* tx.post(updateStep, {
      runId,
      nodeId,
      state,
      branch,
      input: toJsonOrNull(step.input),
      output: toJsonOrNull(step.output),
      error: toJsonOrNull(step.error),
      jobId,
      startedAtMs,
      endedAtMs,
    });
  }
  yield* appendEventsIn(tx, change.events);
  return { run, steps: sight.steps.map((step) => ({ ...step, ...changed.get(step.nodeId) })) };
}
