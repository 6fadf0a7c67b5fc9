import { MarketError } from '@node3/shared/error';
import { executionPhases } from '@node3/shared/execution-state';
import { limits } from '@node3/shared/limits';
import { type PlainLine, toLines } from '@node3/shared/log-blocks';
import type { WorkProgress } from '@node3/shared/work-progress';
import { acceptExecution } from '../../services/accept-execution.ts';
import { appendLogs } from '../../services/append-logs.ts';
import { readLogBatch } from '../../services/read-log-batch.ts';
import { releaseExecution } from '../../services/release-execution.ts';
import { reportProgress } from '../../services/report-progress.ts';
import { reportResult } from '../../services/report-result.ts';
import { reportWorkProgress } from '../../services/report-work-progress.ts';
import type { ExecutionRow } from '../../store/rows.ts';
import type { GrpcDeps } from '../grpc-deps.ts';
import { fromProtoTime, type ProtoTime } from '../proto-time.ts';
import { countWritten, type FinalOutput, finalLines } from './final-output.ts';
import type { HeldJob } from './held-jobs.ts';
import { type JobResult, toExecutionResult } from './worker-result.ts';

export interface LogEntry {
  job_id: string;
  line: string;
  is_stderr: boolean;
  timestamp: ProtoTime | null;
  sequence: number;
}

export interface Progress {
  job_id: string;
  progress_percent: number;
  stage: string;
  message: string;
}

/** What a worker says of one job that it holds: its fence is put to it here. Throws what the services do. */
export type WorkerJobs = ReturnType<typeof workerJobs>;

export function workerJobs(deps: GrpcDeps, agentId: string) {
  const executionOf = async ({ executionId }: HeldJob): Promise<ExecutionRow> => {
    const execution = await deps.store.execution(executionId);
    if (execution === null) throw new MarketError('LEASE_STALE');
    return execution;
  };

  async function append(held: HeldJob, seqFirst: number, lines: PlainLine[]): Promise<number> {
    const { executionId, attempt, leaseToken } = held;
    const batch = { attempt, leaseToken, seqFirst, lines };
    const { ackedSeq } = await appendLogs(deps, agentId, executionId, batch);
    return ackedSeq;
  }

  return {
    accept: (held: HeldJob) => acceptExecution(deps, held, agentId),
    release: (held: HeldJob) => releaseExecution(deps, held, agentId),

    /** @returns the number of the last line that is stored. */
    async log(held: HeldJob, entries: readonly LogEntry[]): Promise<number> {
      const [first] = entries;
      if (first === undefined) return (await executionOf(held)).logSeq;
      checkBatch(entries);
      const seqFirst = first.sequence > 0 ? first.sequence : (await executionOf(held)).logSeq + 1;
      return append(
        held,
        seqFirst,
        entries.map((entry) => toLine(entry, deps.clock.nowMs())),
      );
    },

    /** Text that comes at the end, after the lines that are there; what they end with of it is not written again. */
    async output(held: HeldJob, said: FinalOutput): Promise<void> {
      const { attempt, leaseToken } = held;
      const found = finalLines(said, deps.clock.nowMs());
      if (found.length === 0) return;
      const lines = readLogBatch({ attempt, leaseToken, seqFirst: 1, lines: found }).flatMap(
        toLines,
      );
      const execution = await executionOf(held);
      const partLines = limits.logLinesPerBatch;
      const written = await countWritten(deps.store, execution, lines, partLines);
      let seqFirst = execution.logSeq + 1;
      for (let at = written; at < lines.length; at += partLines) {
        const part = lines.slice(at, at + partLines);
        seqFirst = (await append(held, seqFirst, part)) + 1;
      }
    },

    /** @returns whether the worker is to stop it. */
    async progress(held: HeldJob, said: Progress): Promise<boolean> {
      const phase = phaseOf(said);
      const none = { isolation: null, imageDigest: null, imagePull: null };
      const { verdict } = await reportProgress(deps, held, agentId, { phase, ...none });
      await reportWorkProgress(deps, held, { agentId, jobId: held.jobId }, workProgressOf(said));
      return verdict === 'cancel';
    },

    async result(held: HeldJob, result: JobResult) {
      const execution = await executionOf(held);
      const job = await deps.store.job(held.jobId);
      const isStopped = job?.cancelRequestedAtMs !== null || execution.preemptedAtMs !== null;
      const facts = { execution, isCancelled: isStopped, nowMs: deps.clock.nowMs() };
      return reportResult(deps, held, agentId, toExecutionResult(result, facts));
    },
  };
}

function toLine({ line, is_stderr: isStderr, timestamp }: LogEntry, nowMs: number): PlainLine {
  const atMs = fromProtoTime(timestamp) ?? nowMs;
  const inRange = atMs >= 0 && atMs <= limits.timestampMsMax;
  return {
    stream: isStderr ? 'stderr' : 'stdout',
    atMs: inRange ? atMs : nowMs,
    text: line,
    partial: false,
  };
}

function checkBatch(entries: readonly LogEntry[]): void {
  if (entries.length > limits.logLinesPerBatch) {
    throw wrong('/log_batch/entries', `must be at most ${limits.logLinesPerBatch}`);
  }
  const first = entries[0]?.sequence ?? 0;
  if (first < 0) throw wrong('/log/sequence', 'must be from 1, or 0 for the next one');
  const gap = entries.findIndex(({ sequence }, index) => first > 0 && sequence !== first + index);
  if (gap >= 0)
    throw wrong(`/log_batch/entries/${gap}/sequence`, 'must be one more than before it');
}

/** Hodei's own words for a stage; any other than these and ours means that the program runs. */
const phaseByStage: Record<string, string> = {
  downloading: 'preparing',
  pulling: 'preparing',
  uploading: 'collecting',
  cleanup: 'collecting',
};

function phaseOf({ stage, progress_percent: percent }: Progress) {
  if (percent < 0 || percent > 100) throw wrong('/progress_percent', 'must be from 0 to 100');
  const word = stage.toLowerCase();
  const known = phaseByStage[word] ?? word;
  return executionPhases.find((phase) => phase === known) ?? 'running';
}

const stageChars = 64;
const messageChars = 1_000;

function workProgressOf({ progress_percent: percent, stage, message }: Progress): WorkProgress {
  return {
    percent,
    stage: stage === '' ? null : stage.slice(0, stageChars),
    message: message === '' ? null : message.slice(0, messageChars),
  };
}

export function wrong(pointer: string, detail: string): MarketError {
  return new MarketError('REQUEST_INVALID', { errors: [{ pointer, detail }] });
}
