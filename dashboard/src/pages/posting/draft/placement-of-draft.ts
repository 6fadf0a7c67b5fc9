import { isEgressHost } from '@node3/shared/egress-hosts';
import { type JobSpecInput, placementDefaults } from '@node3/shared/job-spec';
import type { DraftProblems } from './draft-problems.ts';
import type { JobDraft } from './job-draft.ts';
import { given, readList, readPairs } from './read-fields.ts';

const labelName = /^[a-zA-Z0-9][a-zA-Z0-9._/-]{0,62}$/;
const wallet = /^[1-9A-HJ-NP-Za-km-z]{32,44}$/;
const region = /^[a-z0-9]{1,16}(-[a-z0-9]{1,16}){0,3}$/;

const wallets = { test: (text: string) => wallet.test(text), problem: 'wallet' } as const;
const regions = { test: (text: string) => region.test(text), problem: 'region' } as const;
const hosts = { test: isEgressHost, problem: 'host' } as const;
const agents = {
  test: (text: string) => text.length > 0 && text.length <= 64,
  problem: 'agentId',
} as const;

export function placementOfDraft(
  problems: DraftProblems,
  draft: JobDraft,
): JobSpecInput['placement'] {
  const { strategy, isolationMin, interruptible } = draft;
  const at = (name: string) => `/placement/${name}`;
  const labels = { name: labelName, problem: 'label' } as const;
  return given({
    regions: readList(problems, at('regions'), draft.regions, regions),
    agents: readList(problems, at('agents'), draft.agents, agents),
    agentsBlocked: readList(problems, at('agentsBlocked'), draft.agentsBlocked, agents),
    providers: readList(problems, at('providers'), draft.providers, wallets),
    providersBlocked: readList(problems, at('providersBlocked'), draft.providersBlocked, wallets),
    labels: readPairs(problems, at('labels'), draft.placementLabels, labels),
    strategy: strategy === placementDefaults.strategy ? undefined : strategy,
    isolationMin: isolationMin === placementDefaults.isolationMin ? undefined : isolationMin,
    interruptible: interruptible ? true : undefined,
  });
}

export function networkOfDraft(problems: DraftProblems, draft: JobDraft): JobSpecInput['network'] {
  const found = readList(problems, '/network/hosts', draft.hosts, hosts);
  return found === undefined ? undefined : { kind: 'egress', hosts: found };
}
