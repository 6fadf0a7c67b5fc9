import { type ProblemSaid, sayProblem } from '@node3/shared/agent-problems';
import type { Said } from '@node3/shared/agent-sentences';
import type { MarketError } from '@node3/shared/error';
import { errorCodes } from '@node3/shared/error-codes';
import type { AgentStatus } from '@node3/shared/routes/agent-local';
import { sayTime } from './agent-state.ts';

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
  policyError: Said | null;
  /** What of the policy waits for the next start; null when nothing does. */
  restartNeed: string | null;
  seedApi: 'open' | 'closed';
  /** Whether the marketplace knows one ask for all GPUs of a machine and no more. */
  hasOneAsk: boolean;
}

/** Everything a person should mend, worst first, each with the way to do it. */
export function listProblems(facts: ProblemFacts): LocalProblem[] {
  const disk = describeDisk(facts.diskFreeBytes, facts.diskFloorBytes);
  return [
    ...identityProblems(facts),
    ...facts.executors,
    ...linkProblems(facts),
    ...(disk === null ? [] : [disk]),
    ...policyProblems(facts),
    ...facts.devices,
    ...(facts.seedApi === 'open' ? [describeOpenSeedApi()] : []),
  ];
}

/** Wanted, but nobody should forget it. */
export function describeOpenSeedApi(): LocalProblem {
  return sayProblem('seed-api-open');
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
  if (refusal.code === 'AUTH_INVALID') return sayProblem('auth-invalid');
  if (refusal.code === 'AUTH_REQUIRED') return sayProblem('auth-required');
  return {
    code,
    sentence: `${refusal.message}.`.replace('..', '.'),
    fix: errorCodes[refusal.code].fix,
  };
}

function linkProblems(facts: ProblemFacts): LocalProblem[] {
  const { hasOneAsk, marketplaceUrl, unreachableSinceMs } = facts;
  if (unreachableSinceMs === null) {
    // The limit of an older one; nothing is sold below its ask.
    return [...signInProblems(facts), ...(hasOneAsk ? [sayProblem('asks-merged')] : [])];
  }
  const since = `${sayTime(unreachableSinceMs)} UTC`;
  return [sayProblem('marketplace-unreachable', { url: marketplaceUrl, since })];
}

/** What a person has to mend is told as such; this may pass by itself. */
function signInProblems({ identityError, refusal, signInError }: ProblemFacts): LocalProblem[] {
  if (signInError === null || identityError !== null || refusal !== null) return [];
  return [sayProblem('sign-in-failed', { why: signInError.replace(/\.?$/, '.') })];
}

/** Why no job, or none that needs disk, is taken. */
export function describeDisk(free: number | null, floor: number): Required<ProblemSaid> | null {
  if (free === null) return sayProblem('disk-unknown');
  if (free > floor) return null;
  return sayProblem('disk-full', { mebibytes: Math.floor(free / 1024 ** 2) });
}

function policyProblems({ policyError, restartNeed }: ProblemFacts): LocalProblem[] {
  const problems: LocalProblem[] = [];
  if (policyError !== null) {
    const { text, code, values } = policyError;
    // No sentence of a policy has a value `why` of its own, so that this hides none.
    const said = code === undefined ? {} : { ...values, whyCode: code };
    problems.push(sayProblem('policy-unusable', { ...said, why: text }));
  }
  if (restartNeed !== null) {
    const fix = 'Start the agent again when that suits you; running jobs are taken over.';
    problems.push({ code: 'policy-restart', sentence: restartNeed, fix });
  }
  return problems;
}
