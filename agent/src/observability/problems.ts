import type { MarketError } from '@node3/shared/error';
import { errorCodes } from '@node3/shared/error-codes';
import type { AgentStatus } from '@node3/shared/routes/agent-local';

export type LocalProblem = AgentStatus['problems'][number];

export interface ProblemFacts {
  executors: readonly LocalProblem[];
  devices: readonly LocalProblem[];
  marketplaceUrl: string;
  unreachableSinceMs: number | null;
  refusal: MarketError | null;
  /** The stored identity can't be used; null when it can. */
  identityError: string | null;
  /** Why the last try to sign in failed; null once it has worked. */
  signInError: string | null;
  diskFreeBytes: number | null;
  diskFloorBytes: number;
  /** The policy's file can't be used; null when it can. */
  policyError: string | null;
  /** What of the policy waits for the next start; null when nothing does. */
  restartNeed: string | null;
  seedApi: 'open' | 'closed';
  /** Whether the marketplace knows one ask for all GPUs of a machine and no more. */
  hasOneAsk: boolean;
}

/** Everything a person should mend, worst first, each with the way to do it. */
export function listProblems(facts: ProblemFacts): LocalProblem[] {
  return [
    ...identityProblems(facts),
    ...facts.executors.map(({ code, sentence, fix }) => ({ code, sentence, fix })),
    ...linkProblems(facts),
    ...diskProblems(facts),
    ...policyProblems(facts),
    ...facts.devices.map(({ code, sentence, fix }) => ({ code, sentence, fix })),
    ...(facts.seedApi === 'open' ? [describeOpenSeedApi()] : []),
  ];
}

/** Wanted, but nobody should forget it. */
export function describeOpenSeedApi(): LocalProblem {
  return {
    code: 'seed-api-open',
    sentence: 'Every program of this machine can start and stop this agent without its token.',
    fix: 'Unless a client of the node³ seed needs that, start it without AGENT_SEED_API_OPEN.',
  };
}

function identityProblems({ identityError, refusal }: ProblemFacts): LocalProblem[] {
  const problems: LocalProblem[] = [];
  if (identityError !== null) {
    const fix = 'Correct the setting and start the agent again.';
    problems.push({ code: 'identity-unusable', sentence: identityError, fix });
  }
  if (refusal !== null) problems.push(describeRefusal(refusal));
  return problems;
}

/** Why the marketplace does not let this agent work. It is never answered with a new identity. */
export function describeRefusal(refusal: MarketError): LocalProblem {
  const code = refusal.code.toLowerCase().replaceAll('_', '-');
  if (refusal.code === 'AUTH_INVALID' || refusal.code === 'AUTH_REQUIRED') {
    return {
      code,
      sentence: 'The marketplace does not accept the key of this agent.',
      fix: 'Put the right key into API_KEY, or ask the operator for a new one. To register this machine as a new agent, set AGENT_DATA_DIR to an empty folder.',
    };
  }
  return {
    code,
    sentence: `${refusal.message}.`.replace('..', '.'),
    fix: errorCodes[refusal.code].fix,
  };
}

/** The limit of an older one; nothing is sold below its ask. */
const oneAsk: LocalProblem = {
  code: 'asks-merged',
  sentence:
    'This marketplace knows one ask for all GPUs of a machine: the highest of yours stands for all.',
  fix: 'Ask its operator for an update, or let all GPUs ask the same: node3 agent policy edit',
};

function linkProblems(facts: ProblemFacts): LocalProblem[] {
  const { hasOneAsk, marketplaceUrl, unreachableSinceMs } = facts;
  if (unreachableSinceMs === null) {
    return [...signInProblems(facts), ...(hasOneAsk ? [oneAsk] : [])];
  }
  const since = new Date(unreachableSinceMs).toISOString();
  const sentence = `The marketplace at ${marketplaceUrl} has not answered since ${since}.`;
  const fix = `Check the network and MARKETPLACE_URL: curl ${marketplaceUrl}/health`;
  return [{ code: 'marketplace-unreachable', sentence, fix }];
}

/** What a person has to mend is told as such; this may pass by itself. */
function signInProblems({ identityError, refusal, signInError }: ProblemFacts): LocalProblem[] {
  if (signInError === null || identityError !== null || refusal !== null) return [];
  const sentence = `Signing in fails and is tried again: ${signInError.replace(/\.?$/, '.')}`;
  const fix = 'Look for "signing in failed" in the log of the agent, and tell the operator.';
  return [{ code: 'sign-in-failed', sentence, fix }];
}

function diskProblems({ diskFloorBytes, diskFreeBytes }: ProblemFacts): LocalProblem[] {
  const fix = 'Free some space, or set AGENT_DATA_DIR to a larger disk.';
  if (diskFreeBytes === null) {
    const sentence = 'The free disk space is unknown, so no job that needs disk is taken.';
    return [{ code: 'disk-unknown', sentence, fix }];
  }
  if (diskFreeBytes > diskFloorBytes) return [];
  const sentence = `Only ${Math.floor(diskFreeBytes / 1024 ** 2)} MiB of disk are free, so no job is taken.`;
  return [{ code: 'disk-full', sentence, fix }];
}

function policyProblems({ policyError, restartNeed }: ProblemFacts): LocalProblem[] {
  const problems: LocalProblem[] = [];
  if (policyError !== null) {
    const sentence = `The policy as it was goes on holding, since its file can not be used: ${policyError}`;
    const fix = 'Correct it with: node3 agent policy edit';
    problems.push({ code: 'policy-unusable', sentence, fix });
  }
  if (restartNeed !== null) {
    const fix = 'Start the agent again when that suits you; running jobs are taken over.';
    problems.push({ code: 'policy-restart', sentence: restartNeed, fix });
  }
  return problems;
}
