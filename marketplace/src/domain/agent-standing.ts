import { type AgentAxis, type Reputation, standingOn } from './reputation.ts';

/** What is known of an agent beside its machine: what the score and the strategies look at. */
export interface AgentStanding {
  jobsSucceeded: number;
  jobsFailed: number;
  /** Moving average of its run times; null until it has run something. */
  avgRunSec: number | null;
  /** 0 to 1 by what was seen when its last execution ended; null while nothing is known. */
  availability: number | null;
  startLatency: number | null;
  completion: number | null;
}

/** The standing of a stored agent. */
export function standingOf(agent: {
  jobsSucceeded: number;
  jobsFailed: number;
  avgRunSec: number | null;
  reputation: Reputation | null;
}): AgentStanding {
  const { jobsSucceeded, jobsFailed, avgRunSec, reputation } = agent;
  const on = (axis: AgentAxis) => standingOn(reputation, axis, reputation?.atMs ?? 0).value;
  return {
    jobsSucceeded,
    jobsFailed,
    avgRunSec,
    availability: on('availability'),
    startLatency: on('startLatency'),
    completion: on('completion'),
  };
}
