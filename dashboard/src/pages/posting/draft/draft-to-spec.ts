import { idPattern } from '@node3/shared/ids';
import type { JobSpecInput } from '@node3/shared/job-spec';
import { limits } from '@node3/shared/limits';
import { DraftProblems } from './draft-problems.ts';
import type { JobDraft } from './job-draft.ts';
import { networkOfDraft, placementOfDraft } from './placement-of-draft.ts';
import { given, readMoney, readPairs, readWhole } from './read-fields.ts';
import { resourcesOfDraft, runLimitsOfDraft } from './resources-of-draft.ts';
import { inputsOfDraft, outputsOfDraft, secretsOfDraft, workloadOfDraft } from './work-of-draft.ts';

interface ReadDraft {
  /** What would be posted; where there are problems, not all of it. */
  spec: JobSpecInput;
  problems: DraftProblems;
}

const labelName = /^[a-zA-Z0-9][a-zA-Z0-9._/-]{0,62}$/;

/** The body that is posted: only what was filled in and is no default. */
export function draftToSpec(draft: JobDraft): ReadDraft {
  const problems = new DraftProblems();
  const spec = given({
    name: draft.name.trim() === '' ? undefined : draft.name.trim(),
    labels: readPairs(problems, '/labels', draft.labels, { name: labelName, problem: 'label' }),
    priority: draft.priority === 'normal' ? undefined : draft.priority,
    workload: workloadOfDraft(problems, draft),
    inputs: inputsOfDraft(problems, draft),
    outputs: outputsOfDraft(problems, draft),
    secrets: secretsOfDraft(problems, draft),
    resources: resourcesOfDraft(problems, draft),
    placement: placementOfDraft(problems, draft),
    network: networkOfDraft(problems, draft),
    limits: runLimitsOfDraft(problems, draft),
    retry: retryOf(problems, draft),
    after: afterOf(problems, draft),
    cache: cacheOf(problems, draft),
    price: priceOf(problems, draft),
  });
  return { spec: spec as JobSpecInput, problems };
}

function retryOf(problems: DraftProblems, { attemptsMax, retryOn }: JobDraft) {
  const range = { min: 1, max: limits.attemptsMax };
  return given({
    attemptsMax: readWhole(problems, '/retry/attemptsMax', attemptsMax, range),
    on: retryOn === null ? undefined : retryOn,
  });
}

const jobId = new RegExp(idPattern('job'));

function afterOf(problems: DraftProblems, { after }: JobDraft) {
  const rows = after.filter((row) => row.jobId.trim() !== '');
  return rows.length === 0
    ? undefined
    : rows.map((row, index) => {
        const wanted = row.jobId.trim();
        problems.when(!jobId.test(wanted), `/after/${index}/jobId`, 'jobId');
        return { jobId: wanted, condition: row.condition };
      });
}

function cacheOf(problems: DraftProblems, { cacheSec, cacheAnyTag }: JobDraft) {
  const range = { min: 1, max: limits.cacheAgeSecMax };
  const maxAgeSec = readWhole(problems, '/cache/maxAgeSec', cacheSec, range);
  if (maxAgeSec === undefined) return undefined;
  return cacheAnyTag ? { maxAgeSec, anyTag: true } : { maxAgeSec };
}

function priceOf(problems: DraftProblems, draft: JobDraft): JobSpecInput['price'] {
  const { asset } = draft;
  if (draft.priceKind === 'fixed') {
    return { kind: 'fixed', reward: readMoney(problems, '/price/reward', draft.reward, asset) };
  }
  return {
    kind: 'metered',
    bidPerGpuHour: readMoney(problems, '/price/bidPerGpuHour', draft.bid, asset),
    cap: readMoney(problems, '/price/cap', draft.cap, asset),
  };
}
