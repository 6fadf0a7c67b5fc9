import type { Reason } from '@node3/shared/job-state';
import { limits } from '@node3/shared/limits';
import type { Logger } from '@node3/shared/logger';
import { reportProgress } from '@node3/shared/routes/agents';
import type { Ending } from '../execution/ending.ts';
import type { LiveExecution } from '../execution/live-execution.ts';
import { chooseOutputs } from './choose-outputs.ts';
import { clientOf, type FileDeps } from './fetch-inputs.ts';
import { listFiles } from './list-files.ts';
import { isRefusal, uploadOutputs } from './upload-outputs.ts';

export interface DeliverDeps {
  files: FileDeps;
  log: Logger;
  /** Aborts when the process is going away: the next one delivers them. */
  shutdown: AbortSignal;
}

/** Names of files that are not kept, told one by one; the others as a number. */
const skippedTold = 20;

/**
 * Uploads what a job has left, before its end is told to anybody: whoever reads the result finds the
 * files. A workload that was stopped leaves nothing. @returns the ending with what went wrong in it.
 */
export async function deliverOutputs(
  deps: DeliverDeps,
  live: LiveExecution,
  ending: Ending,
  tell: (sentence: string) => void,
): Promise<Ending> {
  if (ending.kind !== 'outcome' || ending.cause !== null || live.cause !== null) return ending;
  const { outputs } = live.facts.spec;
  if (outputs !== null && outputs.length === 0) return ending;
  const { executionId } = live;
  const limit = AbortSignal.timeout(limits.uploadOutputsMs);
  const signal = AbortSignal.any([live.signal, deps.shutdown, limit]);
  try {
    const chosen = await findOutputs(deps, live, tell);
    if (chosen.excess !== null) return spoilt(ending, 'output_rejected', chosen.excess);
    if (chosen.files.length > 0) await sendOutputs(deps, live, chosen.files, signal, tell);
    if (chosen.missing.length === 0 || ending.outcome.reason !== 'exited') return ending;
    const detail = `It left no ${chosen.missing.join(', ')} in its output folder.`;
    return spoilt(ending, 'output_missing', detail);
  } catch (error) {
    if (deps.shutdown.aborted) return { kind: 'left' };
    if (live.cause === 'superseded') return { kind: 'superseded' };
    if (live.cause !== null) return ending;
    deps.log.warn({ err: error, executionId }, 'outputs could not be delivered');
    if (isRefusal(error)) return spoilt(ending, 'output_rejected', error.message);
    const why = limit.aborted ? 'there was not time enough' : String(error);
    const detail = `The outputs could not be uploaded: ${why}.`;
    return { kind: 'failed', reason: 'engine_error', detail, started: true };
  }
}

async function findOutputs(
  { files }: DeliverDeps,
  live: LiveExecution,
  tell: (sentence: string) => void,
) {
  const { executor, spec } = live.facts;
  const staging = () => files.places.fresh(live.executionId, 'outputs');
  const folder = await executor.outputFolder(live.executionId, staging);
  const skipped: { name: string; why: string }[] = [];
  const found =
    folder === null ? [] : await listFiles(folder, (name, why) => skipped.push({ name, why }));
  const chosen = chooseOutputs(found, spec.outputs);
  const all = [...skipped, ...chosen.skipped];
  for (const { name, why } of all.slice(0, skippedTold)) {
    tell(`Output ${JSON.stringify(name)} is not kept: its name or kind ${why}.`);
  }
  if (all.length > skippedTold) tell(`${all.length - skippedTold} more outputs are not kept.`);
  return chosen;
}

async function sendOutputs(
  { files, log }: DeliverDeps,
  live: LiveExecution,
  found: Parameters<typeof uploadOutputs>[2],
  signal: AbortSignal,
  tell: (sentence: string) => void,
): Promise<void> {
  const { executionId } = live;
  await reportCollecting(files, live, signal).catch((error: unknown) => {
    if (signal.aborted) throw error;
    log.warn({ err: error, executionId }, 'the marketplace does not know of the upload');
  });
  const bytes = found.reduce((sum, file) => sum + file.bytes, 0);
  tell(
    `Uploading ${found.length === 1 ? 'one file' : `${found.length} files`} with ${bytes} bytes.`,
  );
  const onRetry = (error: unknown) => log.info({ err: error, executionId }, 'upload is repeated');
  const client = clientOf(files, live);
  await uploadOutputs({ link: files.link, client, signal, onRetry }, live, found);
}

/** From now on the marketplace gives the execution time for its files, and not for its run. */
async function reportCollecting({ link }: FileDeps, live: LiveExecution, signal: AbortSignal) {
  const { attempt, leaseToken } = live.facts.offer;
  const params = { executionId: live.executionId };
  // A short run may be over before anybody was told that it had begun.
  for (const phase of ['running', 'collecting'] as const) {
    const body = { attempt, leaseToken, phase };
    await link.call(reportProgress, { params, body }, { signal });
  }
}

/** What it ran counts, but it has not succeeded. One that failed by itself stays as it was. */
function spoilt(
  ending: Extract<Ending, { kind: 'outcome' }>,
  reason: Extract<Reason, 'output_missing' | 'output_rejected'>,
  detail: string,
): Ending {
  if (ending.outcome.reason !== 'exited') return ending;
  return { ...ending, outcome: { ...ending.outcome, reason, detail } };
}
