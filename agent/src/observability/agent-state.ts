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
  closedBy: string | null;
  /** One sentence that says why no work can be taken at all; null when it can. */
  blockedBy: string | null;
  /** Since when no engine works that did before; null while one does. */
  engineDownSinceMs: number | null;
  /** Why the agent waits for somebody to look before it works; null when it does not. */
  heldBy: string | null;
  marketplaceUrl: string;
  unreachableSinceMs: number | null;
}

const noneForNow = 'The marketplace gives no new jobs for now.';

export interface AgentState {
  state: AgentStatus['state'];
  sentence: string;
}

/** Names the state the agent is in and says why, for the person in front of the dashboard. */
export function describeState(facts: AgentStateFacts): AgentState {
  const { active, mode } = facts;
  if (mode === 'drain') return { state: 'draining', sentence: describeDrain(facts) };
  if (facts.heldBy !== null) return { state: 'held', sentence: facts.heldBy };
  if (facts.blockedBy !== null) return describeBlock(facts.blockedBy, facts);
  if (!facts.ready) return { state: 'starting', sentence: describeStart(facts) };
  if (mode === 'pause') {
    const rest = active === 0 ? '' : ` ${sayJobs(active)} still running and will finish.`;
    return { state: 'paused', sentence: `Paused by you: no new jobs are taken.${rest}` };
  }
  const why = facts.closedBy ?? (facts.orderedToDrain ? noneForNow : null);
  if (why !== null) {
    const rest = active === 0 ? '' : ` ${sayJobs(active)} still running.`;
    return { state: 'paused', sentence: `${why}${rest}` };
  }
  const outage = facts.unreachableSinceMs === null ? '' : ` ${describeOutage(facts)}`;
  if (active > 0) return { state: 'working', sentence: `${sayJobs(active)} running.${outage}` };
  if (outage !== '') return { state: 'idle', sentence: outage.trim() };
  return { state: 'idle', sentence: 'Ready and waiting for a job that fits this machine.' };
}

/** An engine that was there and is gone comes back without anybody's doing, mostly. */
function describeBlock(why: string, { active, engineDownSinceMs }: AgentStateFacts): AgentState {
  if (engineDownSinceMs === null) return { state: 'blocked', sentence: why };
  const since = `It worked until ${sayTime(engineDownSinceMs)} UTC and is asked again and again.`;
  const rest = active === 0 ? '' : ` ${sayJobs(active)} waiting for it.`;
  return { state: 'engine_down', sentence: `${why} ${since}${rest}` };
}

function sayTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}

function describeStart(facts: AgentStateFacts): string {
  if (facts.unreachableSinceMs === null) return 'Looking at the machine and signing in.';
  return describeOutage(facts);
}

function describeDrain({ active, owed }: AgentStateFacts): string {
  if (active > 0)
    return `No new jobs are taken. ${sayJobs(active)} finishing, then the agent ends.`;
  if (owed > 0) return 'No new jobs are taken. The last results are on their way.';
  return 'All work is done. The agent ends now.';
}

function describeOutage({ marketplaceUrl, unreachableSinceMs }: AgentStateFacts): string {
  const since = sayTime(unreachableSinceMs ?? 0);
  return `The marketplace at ${marketplaceUrl} has not answered since ${since} UTC; trying again.`;
}

function sayJobs(count: number): string {
  return count === 1 ? 'One job is' : `${count} jobs are`;
}
