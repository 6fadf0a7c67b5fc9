import type { JobSpecInput } from '@node3/shared/job-spec';
import { limits } from '@node3/shared/limits';
import { mergePatch } from '../domain/template-text.ts';
import type { JobRow } from '../store/rows.ts';
import type { SnippetRow } from '../store/snippet-store.ts';
import { invalid, specProblems } from './check-template.ts';
import { isDeeperThan } from './json-depth.ts';
import { findOwnSnippet } from './manage-snippets.ts';
import { hashRequest, type PostJobDeps, postJob } from './post-job.ts';

export interface RunSnippetInput {
  accountId: string;
  keyId: string | null;
  snippetId: string;
  overrides: Record<string, unknown>;
  idempotencyKey: string | null;
  quoteId: string | null;
}

/** Posts a job from a snippet, as `postJob` does: the same escrow, caps, quotes and repetitions. */
export async function runSnippet(
  deps: PostJobDeps,
  { snippetId, overrides, ...input }: RunSnippetInput,
): Promise<{ job: JobRow; replayed: boolean }> {
  if (isDeeperThan(overrides, limits.jsonDepthMax)) {
    const detail = `must not be nested deeper than ${limits.jsonDepthMax} levels`;
    throw invalid([{ pointer: '/overrides', detail }]);
  }
  const requestHash = hashRequest(deps, { snippetId, overrides }, overrides['secrets']);
  const { accountId, idempotencyKey } = input;
  if (idempotencyKey !== null) {
    // First of all: the snippet may be another one or gone by now, and what was posted stays posted.
    const earlier = await deps.store.postedBefore(accountId, { key: idempotencyKey, requestHash });
    if (earlier !== null) return { job: earlier, replayed: true };
  }
  const snippet = await findOwnSnippet(deps, accountId, snippetId);
  const spec = mergePatch(specOf(snippet), overrides);
  const problems = specProblems(spec);
  if (problems.length > 0) {
    throw invalid(
      problems.map(({ pointer, detail }) => ({ pointer: `/overrides${pointer}`, detail })),
    );
  }
  return postJob(deps, {
    ...input,
    spec: spec as JobSpecInput,
    requestHash,
    origin: { snippet: { snippetId, version: snippet.version } },
  });
}

/** All of a job but its price. */
function specOf({ name, language, code, defaults }: SnippetRow) {
  const { image, gpus, runSec } = defaults;
  return {
    name,
    workload: { kind: 'script', language, code, ...(image === null ? {} : { image }) },
    ...(gpus === null ? {} : { resources: { gpus } }),
    ...(runSec === null ? {} : { limits: { runSec } }),
  };
}
