import { type AgentSentence, type Said, say } from '@node3/shared/agent-sentences';
import type { AgentStatus } from '@node3/shared/routes/agent-local';

/** What the provider told the agent to do. */
export type AgentMode = 'run' | 'pause' | 'drain';

export interface AgentStateFacts {
  mode: AgentMode;
  ready: boolean;
  /** Whether the marketplace gives nothing new until it says otherwise. */
  orderedToDrain: boolean;
  /** Executions on this machine at the moment. */
  active: number;
  /** Results and releases that the marketplace has not answered yet. */
  owed: number;
  /** Why the provider's policy takes no new work now; null while it does. */
  closedBy: Said | null;
  /** Why no work can be taken at all; null when it can. */
  blockedBy: readonly Said[] | null;
  /** Why nothing new is taken until there is room on the disk; null while there is. */
  fullBy: Said | null;
  /** Since when no engine works that did before; null while one does. */
  engineDownSinceMs: number | null;
  /** Why the agent waits for somebody to look before it works; null when it does not. */
  heldBy: string | null;
  marketplaceUrl: string;
  unreachableSinceMs: number | null;
}

export interface AgentState {
  state: AgentStatus['state'];
  /** Sentences for the person in front of the dashboard. */
  said: Said[];
}

/** Names the state the agent is in and says why, for the person in front of the dashboard. */
export function describeState(facts: AgentStateFacts): AgentState {
  const { active, mode } = facts;
  if (mode === 'drain') return { state: 'draining', said: describeDrain(facts) };
  if (facts.heldBy !== null) return { state: 'held', said: [{ text: facts.heldBy }] };
  if (facts.blockedBy !== null) return describeBlock(facts.blockedBy, facts);
  if (!facts.ready) return { state: 'starting', said: [describeStart(facts)] };
  if (mode === 'pause') {
    return { state: 'paused', said: [say('paused'), ...sayJobs(active, 'jobsWillFinish')] };
  }
  const why = facts.closedBy ?? (facts.orderedToDrain ? say('noneForNow') : null);
  if (why !== null) return { state: 'paused', said: [why, ...sayJobs(active, 'jobsStillRun')] };
  const outage = facts.unreachableSinceMs === null ? [] : [describeOutage(facts)];
  if (facts.fullBy !== null) {
    return active > 0
      ? { state: 'working', said: [...sayJobs(active, 'jobsRun'), facts.fullBy, ...outage] }
      : { state: 'blocked', said: [facts.fullBy, ...outage] };
  }
  if (active > 0) return { state: 'working', said: [...sayJobs(active, 'jobsRun'), ...outage] };
  return { state: 'idle', said: outage.length > 0 ? outage : [say('ready')] };
}

/** An engine that was there and is gone comes back without anybody's doing, mostly. */
function describeBlock(
  why: readonly Said[],
  { active, engineDownSinceMs }: AgentStateFacts,
): AgentState {
  if (engineDownSinceMs === null) return { state: 'blocked', said: [...why] };
  const since = say('engineWorked', { time: sayTime(engineDownSinceMs) });
  return { state: 'engine_down', said: [...why, since, ...sayJobs(active, 'jobsWait')] };
}

/** Of a moment, in words for people. */
export function sayTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}

function describeStart(facts: AgentStateFacts): Said {
  if (facts.unreachableSinceMs === null) return say('starting');
  return describeOutage(facts);
}

function describeDrain({ active, owed }: AgentStateFacts): Said[] {
  if (active > 0) return [say('noNewJobs'), ...sayJobs(active, 'jobsEnd')];
  return owed > 0 ? [say('noNewJobs'), say('resultsOwed')] : [say('allDone')];
}

function describeOutage({ marketplaceUrl, unreachableSinceMs }: AgentStateFacts): Said {
  return say('outage', { url: marketplaceUrl, time: sayTime(unreachableSinceMs ?? 0) });
}

/** The same sentences for one job, and for several. */
const ofOne = {
  jobsRun: 'jobRuns',
  jobsStillRun: 'jobStillRuns',
  jobsWillFinish: 'jobWillFinish',
  jobsEnd: 'jobEnds',
  jobsWait: 'jobWaits',
} as const satisfies Partial<Record<AgentSentence, AgentSentence>>;

function sayJobs(count: number, code: keyof typeof ofOne): Said[] {
  if (count === 0) return [];
  return [count === 1 ? say(ofOne[code]) : say(code, { count })];
}
