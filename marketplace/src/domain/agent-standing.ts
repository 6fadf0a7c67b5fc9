/** What is known of an agent beside its machine: what the score and the strategies look at. */
export interface AgentStanding {
  jobsSucceeded: number;
  jobsFailed: number;
  /** Moving average of its run times; null until it has run something. */
  avgRunSec: number | null;
}

/** The standing of a stored agent. */
export function standingOf({ jobsSucceeded, jobsFailed, avgRunSec }: AgentStanding): AgentStanding {
  return { jobsSucceeded, jobsFailed, avgRunSec };
}
