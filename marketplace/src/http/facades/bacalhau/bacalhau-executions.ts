import { isTerminalExecution } from '@node3/shared/execution-state';
import type {
  BacalhauExecution,
  BacalhauRunOutput,
  BacalhauSpecConfig,
} from '@node3/shared/routes/bacalhau-models';
import type { ArtifactDeps } from '../../../services/artifact-deps.ts';
import { listJobArtifacts } from '../../../services/read-artifacts.ts';
import { isFullPage } from '../../../store/log-page.ts';
import type { ExecutionRow, JobRow, LogLineRow } from '../../../store/rows.ts';
import type { Store } from '../../../store/store.ts';
import { viewExecution } from './bacalhau-execution-view.ts';
import { type JobGroup, placeOf } from './bacalhau-groups.ts';
import { completedState, errorMessageOf, toComputeState } from './bacalhau-mapping.ts';

type Deps = Pick<ArtifactDeps, 'clock' | 'signedLinks'> & { store: Store };

/** Of each stream an execution's answer carries so much, as Bacalhau's does. */
const inlineBytes = 2_048;
/** Lines of earlier attempts are passed over, but for no more of them than this. */
const linesPerPage = 64;
const pagesMax = 32;

export interface GroupExecution {
  job: JobRow;
  partition: number;
  execution: ExecutionRow;
  attempts: readonly ExecutionRow[];
}

/**
 * The attempts at each partition of some groups, oldest first, in two reads however many there are. What
 * was reused has those of the job that ran.
 */
export async function readExecutions<Group extends Pick<JobGroup, 'members'>>(
  { store }: Pick<Deps, 'store'>,
  groups: readonly Group[],
): Promise<(GroupExecution & { group: Group })[]> {
  const members = groups.flatMap((group) => group.members.map((member) => ({ group, member })));
  const reused = members.flatMap(({ member }) => member.cachedFrom ?? []);
  const ranOf = reused.length === 0 ? null : await store.jobsById(reused);
  const placed = members.map(({ group, member }) => ({
    group,
    job: ranOf?.get(member.cachedFrom ?? '') ?? member,
    partition: group.members.length === 1 ? 0 : placeOf(member).partition,
  }));
  const begun = placed.filter(({ job }) => job.attempt > 0).map(({ job }) => job.jobId);
  const found = begun.length === 0 ? [] : await store.executionsOfJobs([...new Set(begun)]);
  const attemptsOf = Map.groupBy(found, ({ jobId }) => jobId);
  return placed.flatMap((one) => {
    const attempts = attemptsOf.get(one.job.jobId) ?? [];
    return attempts.map((execution) => ({ ...one, execution, attempts }));
  });
}

/** With what each wrote and left, which is read for these alone. */
export async function viewExecutions(
  deps: Deps,
  { head, version }: Pick<JobGroup, 'head' | 'version'>,
  shown: readonly GroupExecution[],
  origin: string,
): Promise<BacalhauExecution[]> {
  const views: BacalhauExecution[] = [];
  for (const { job, partition, execution, attempts } of shown) {
    const [runOutput, results] = await Promise.all([
      readRunOutput(deps, job, execution),
      isCompleted(job, execution) ? readResults(deps, job, origin) : [],
    ]);
    const parts = { job, partition, attempts, headId: head.jobId, version };
    views.push(viewExecution(execution, { ...parts, runOutput, published: results[0] ?? null }));
  }
  return views;
}

/** Whether it is the execution whose files the job has. */
export function isCompleted(job: JobRow, execution: ExecutionRow): boolean {
  return job.executionId === execution.executionId && toComputeState(execution) === completedState;
}

/** Each file with a link that is good for an hour. */
export async function readResults(
  deps: Deps,
  job: JobRow,
  origin: string,
): Promise<BacalhauSpecConfig[]> {
  const { data } = await listJobArtifacts(deps, job);
  return data.map(({ name, bytes, sha256, link }) => ({
    Type: 'urlDownload',
    Params: { URL: `${origin}${link}`, Path: name, Size: bytes, SHA256: sha256 },
  }));
}

/** null while it runs, and for one that never began. */
async function readRunOutput(
  { store }: Deps,
  job: JobRow,
  execution: ExecutionRow,
): Promise<BacalhauRunOutput | null> {
  if (!isTerminalExecution(execution.state) || execution.startedAtMs === null) return null;
  const [stdout, stderr, removedAtMs] = await Promise.all([
    readStart(store, execution, 'stdout'),
    readStart(store, execution, 'stderr'),
    store.logRemovedAtMs(job.jobId),
  ]);
  // What is not kept any more is not all that there was.
  const isRemoved = removedAtMs !== null;
  const { exitCode } = execution;
  return {
    Stdout: stdout.text,
    StdoutTruncated: stdout.isCut || isRemoved,
    stderr: stderr.text,
    StderrTruncated: stderr.isCut || isRemoved,
    ...(exitCode === null ? {} : { ExitCode: exitCode }),
    ErrorMsg: errorMessageOf(execution),
  };
}

async function readStart(
  store: Pick<Store, 'readLogs'>,
  { jobId, attempt }: ExecutionRow,
  stream: LogLineRow['stream'],
): Promise<{ text: string; isCut: boolean }> {
  const limit = linesPerPage;
  let text = '';
  let afterSeq = 0;
  for (let pages = 0; pages < pagesMax; pages += 1) {
    const lines = await store.readLogs({ jobId, afterSeq, limit, stream });
    for (const line of lines) {
      if (line.attempt !== attempt) continue;
      text += line.partial ? line.text : `${line.text}\n`;
      if (Buffer.byteLength(text) > inlineBytes) return { text: cutText(text), isCut: true };
    }
    const last = lines.at(-1);
    if (last === undefined || last.attempt > attempt || !isFullPage(lines, limit)) {
      return { text, isCut: false };
    }
    afterSeq = last.seq;
  }
  return { text, isCut: true };
}

/** No character is cut in two. */
function cutText(text: string): string {
  const bytes = Buffer.from(text).subarray(0, inlineBytes);
  return new TextDecoder('utf-8').decode(bytes).replace(/\uFFFD$/, '');
}
