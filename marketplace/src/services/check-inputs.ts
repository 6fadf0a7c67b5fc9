import type { Clock } from '@node3/shared/clock';
import { type FieldProblem, MarketError } from '@node3/shared/error';
import { checkUrl } from '@node3/shared/fetch/fetch-rules';
import { isFetched, type JobInput } from '@node3/shared/job-files';
import type { JobSpecInput } from '@node3/shared/job-spec';
import { limits } from '@node3/shared/limits';
import type { ArtifactStore } from '../store/artifact-store.ts';

interface Deps {
  store: Pick<ArtifactStore, 'artifact' | 'keepArtifacts'>;
  clock: Clock;
}

const dayMs = 86_400_000;

/**
 * Refuses inputs that no agent could fetch: somebody else's artifacts or none, more bytes than the
 * job has disk, URLs that are never fetched. Keeps the artifacts for as long as the job may wait.
 * null, at once, where there is nothing to check.
 */
export function checkInputs(
  deps: Deps,
  accountId: string,
  spec: JobSpecInput,
): Promise<void> | null {
  const { inputs = [] } = spec;
  checkPaths(inputs);
  return inputs.some(isFetched) ? checkFetched(deps, accountId, spec, inputs) : null;
}

function checkPaths(inputs: readonly JobInput[]): void {
  const inline = inputs.filter((input) => !isFetched(input));
  if (inline.length > limits.inlineInputs) {
    throw wrong('/inputs', `may have ${limits.inlineInputs} inline ones; upload the others`);
  }
  const bare = inputs.findIndex(({ path, unpack }) => path === '.' && unpack !== true);
  if (bare >= 0) throw wrong(`/inputs/${bare}/path`, 'may be . only with "unpack": name a file');
  const paths = inputs.map(({ path }) => path.toLowerCase());
  const twice = paths.findIndex((path, index) => paths.indexOf(path) !== index);
  if (twice >= 0) throw wrong(`/inputs/${twice}/path`, 'is the path of another input, too');
}

async function checkFetched(
  deps: Deps,
  accountId: string,
  spec: JobSpecInput,
  inputs: readonly JobInput[],
): Promise<void> {
  const errors: FieldProblem[] = [];
  const kept: string[] = [];
  let bytes = 0;
  for (const [index, { source }] of inputs.entries()) {
    const pointer = `/inputs/${index}/source`;
    if (source.kind === 'url') errors.push(...problemsOfUrl(source.url, `${pointer}/url`));
    if (source.kind !== 'artifact') continue;
    const row = await deps.store.artifact(source.artifactId);
    if (row?.accountId === accountId && row.state === 'complete') {
      bytes += row.bytes;
      kept.push(row.artifactId);
      continue;
    }
    const detail = 'is no artifact of yours whose upload is complete';
    errors.push({ pointer: `${pointer}/artifactId`, detail });
  }
  const diskBytes = spec.resources?.diskBytes ?? limits.diskBytesDefault;
  if (bytes > diskBytes) {
    const detail = `has to be at least ${bytes}, the size of the inputs`;
    errors.push({ pointer: '/resources/diskBytes', detail });
  }
  if (errors.length > 0) throw invalid(errors);
  const queueMs = (spec.limits?.queueSec ?? limits.queueSecDefault) * 1_000;
  await deps.store.keepArtifacts(kept, deps.clock.nowMs() + queueMs + dayMs);
}

function problemsOfUrl(url: string, pointer: string): FieldProblem[] {
  try {
    checkUrl(url, {});
    return [];
  } catch (error) {
    if (!(error instanceof MarketError)) throw error;
    return [{ pointer, detail: error.message }];
  }
}

function wrong(pointer: string, detail: string): MarketError {
  return invalid([{ pointer, detail }]);
}

function invalid(errors: FieldProblem[]): MarketError {
  const detail = errors.map((error) => `${error.pointer} ${error.detail}`).join('; ');
  return new MarketError('REQUEST_INVALID', { detail, errors });
}
