import type { JobDetail } from '@node3/shared/routes/jobs';

/** What events call an agent, and its name. */
export function agentNames(job: JobDetail): ReadonlyMap<string, string> {
  return new Map(job.executions.map((execution) => [execution.agentId, execution.agentName]));
}

/** The agent's name, or its id where that is not known; undefined for what is no agent. */
export function actorName(actor: string, names: ReadonlyMap<string, string>): string | undefined {
  return actor.startsWith('agent:') ? (names.get(actor.slice(6)) ?? actor.slice(6)) : undefined;
}

export function actorKey(actor: string): 'requester' | 'operator' | 'marketplace' {
  return actor === 'requester' || actor === 'operator' ? actor : 'marketplace';
}
