import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { labelNames } from '@node3/agent/executors/docker/container-labels';
import type { TestEngine } from '@node3/agent/executors/docker/docker-test-engine';

type Docker = TestEngine['docker'];

const filtersOf = (jobId: string) => ({ label: [`${labelNames.job}=${jobId}`] });

/** @returns the containers of a job that run now, as `docker ps` lists them. */
export async function listRunning(docker: Docker, jobId: string): Promise<string[]> {
  const filters = JSON.stringify(filtersOf(jobId));
  return (await docker.listContainers({ filters })).map(({ Id }) => Id);
}

/** @returns the names of everything the engine still has of a job, running or not. */
export async function listTraces(docker: Docker, jobId: string): Promise<string[]> {
  const filters = JSON.stringify(filtersOf(jobId));
  const [containers, { Volumes }] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listVolumes({ filters }),
  ]);
  return [
    ...containers.flatMap(({ Names }) => Names),
    ...(Volumes ?? []).map((volume) => volume.Name),
  ];
}

/** For the end of a test that failed while no agent was there to tidy up. */
export async function removeTraces(docker: Docker, jobId: string): Promise<void> {
  const filters = JSON.stringify(filtersOf(jobId));
  const containers = await docker.listContainers({ all: true, filters });
  await Promise.all(
    containers.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true })),
  );
  const { Volumes } = await docker.listVolumes({ filters });
  await Promise.all((Volumes ?? []).map(({ Name }) => docker.getVolume(Name).remove()));
}

/** What the engine says of a container of a job. */
export interface ContainerEvent {
  action: 'start' | 'die';
  jobId: string;
  executionId: string;
  /** Label of the agent that made it. */
  agent: string;
  /** By the engine's clock, milliseconds since the epoch. */
  atMs: number;
}

/** Tells of every container of a job that starts or ends, until it is stopped. */
export async function watchContainers(
  docker: Docker,
  onEvent: (event: ContainerEvent) => void,
): Promise<{ stop: () => void }> {
  const stop = new AbortController();
  const filters = { label: [labelNames.job], type: ['container'], event: ['start', 'die'] };
  const events = await docker.getEvents({
    filters: JSON.stringify(filters),
    abortSignal: stop.signal,
  });
  const lines = createInterface({ input: Readable.from(events) });
  lines.on('line', (line) => {
    const event = JSON.parse(line) as {
      Action: 'start' | 'die';
      Actor: { Attributes: Record<string, string> };
      timeNano: number;
    };
    const { [labelNames.job]: jobId = '', [labelNames.execution]: executionId = '' } =
      event.Actor.Attributes;
    const agent = event.Actor.Attributes[labelNames.agent] ?? '';
    const atMs = event.timeNano / 1e6;
    onEvent({ action: event.Action, jobId, executionId, agent, atMs });
  });
  // The stream breaks when the watch is stopped, which is its only end.
  lines.on('error', () => undefined);
  return { stop: () => stop.abort() };
}

export interface StartWatch {
  /** How often the engine started a container of this job since the watch began. */
  count(jobId: string): number;
  /** Which agent's container of this job was seen; empty before the first. */
  agentOf(jobId: string): string;
  stop(): void;
}

/** Counts by the engine's own events, which nothing in the network can make up. */
export async function watchStarts(
  docker: Docker,
  onStart: (jobId: string, agent: string) => void = () => undefined,
): Promise<StartWatch> {
  const counts = new Map<string, number>();
  const agents = new Map<string, string>();
  const { stop } = await watchContainers(docker, ({ action, agent, jobId }) => {
    if (action !== 'start') return;
    counts.set(jobId, (counts.get(jobId) ?? 0) + 1);
    agents.set(jobId, agent);
    onStart(jobId, agent);
  });
  return {
    count: (jobId) => counts.get(jobId) ?? 0,
    agentOf: (jobId) => agents.get(jobId) ?? '',
    stop,
  };
}
