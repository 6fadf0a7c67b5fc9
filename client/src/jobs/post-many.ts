import type { Hold } from '../budget.ts';
import { Node3Error } from '../errors.ts';
import { toApiError } from '../http/read-problem.ts';
import {
  idempotent,
  isRefusal,
  newIdempotencyKey,
  type PostOptions,
  type Transport,
} from '../http/transport.ts';
import type { JobSpec, JobState } from '../types/job-spec.ts';

/**
 * What became of one job of many, told apart by `ok`. An `error` that is no ApiError says that nobody
 * knows: the same call with the same idempotencyKey finds out, and posts nothing twice.
 */
export type BatchRow =
  | { ok: true; jobId: string; state: JobState; replayed: boolean }
  | { ok: false; error: Node3Error };

type WireRow =
  | { jobId: string; state: JobState; replayed?: boolean }
  | { problem: Record<string, unknown> & { status: number } };

const path = '/api/v1/jobs/batch';
const jobsMax = 500;
/** Whatever is written, it has three bytes a character at most, and a request 8 MiB. */
const charsMax = 2_500_000;

/**
 * Posts any number of jobs in as few requests as they fit in. Rejects when the first request fails; if
 * a later one does, its jobs and those after it get that error.
 */
export async function postMany(
  transport: Transport,
  specs: readonly JobSpec[],
  options: PostOptions,
  holds: readonly Hold[] | null,
): Promise<BatchRow[]> {
  const key = options.idempotencyKey ?? newIdempotencyKey();
  const rows: BatchRow[] = [];
  for (const [index, jobs] of [...batchesOf(specs)].entries()) {
    const idempotencyKey = index === 0 ? key : `${key}.${index}`;
    const call = { method: 'POST', path, body: { jobs } } as const;
    try {
      const { data } = await transport.json<{ data: WireRow[] }>({
        ...call,
        ...idempotent({ ...options, idempotencyKey }),
      });
      rows.push(...data.map(toRow));
    } catch (error) {
      options.signal?.throwIfAborted();
      if (index === 0 || !(error instanceof Node3Error)) throw error;
      while (rows.length < specs.length) rows.push({ ok: false, error });
    }
    if (rows.length === specs.length) break;
  }
  for (const [index, row] of rows.entries()) {
    if (row.ok) holds?.[index]?.keep(row.jobId);
    else if (isRefusal(row.error)) holds?.[index]?.release();
  }
  return rows;
}

function toRow(row: WireRow): BatchRow {
  if ('problem' in row) return { ok: false, error: toApiError(row.problem, row.problem.status) };
  return { ok: true, jobId: row.jobId, state: row.state, replayed: row.replayed ?? false };
}

function* batchesOf(specs: readonly JobSpec[]): Generator<JobSpec[]> {
  let batch: JobSpec[] = [];
  let chars = 0;
  for (const spec of specs) {
    const { length } = JSON.stringify(spec);
    if (batch.length === jobsMax || (batch.length > 0 && chars + length > charsMax)) {
      yield batch;
      batch = [];
      chars = 0;
    }
    batch.push(spec);
    chars += length;
  }
  if (batch.length > 0) yield batch;
}
