import type Docker from 'dockerode';
import type { OwnedExecution } from '../executor.ts';
import { containerName } from './container-config.ts';
import { type ContainerFacts, labelNames, readLabels } from './container-labels.ts';
import { readEngineTime } from './container-outcome.ts';
import { engineStatus } from './engine-error.ts';

/** @returns this agent's containers, running or not. */
export async function listContainers(docker: Docker, agentId: string): Promise<OwnedExecution[]> {
  const filters = JSON.stringify({ label: [`${labelNames.agent}=${agentId}`] });
  const found = await docker.listContainers({ all: true, filters });
  const ids = found.flatMap((container) => readLabels(container.Labels)?.executionId ?? []);
  const owned = await Promise.all(ids.map((id) => readOwnedExecution(docker, agentId, id)));
  return owned.flatMap((each) => (each === null ? [] : [each.owned]));
}

/** @returns null when there is no such container or it belongs to another agent. */
export async function readOwnedExecution(
  docker: Docker,
  agentId: string,
  boxId: string,
): Promise<{ owned: OwnedExecution; facts: ContainerFacts; exitCode: number } | null> {
  let info: Docker.ContainerInspectInfo;
  try {
    info = await docker.getContainer(containerName(boxId)).inspect();
  } catch (error) {
    if (engineStatus(error) === 404) return null;
    throw error;
  }
  const facts = readLabels(info.Config.Labels);
  if (facts === null || info.Config.Labels[labelNames.agent] !== agentId) return null;
  const startedAtMs = readEngineTime(info.State.StartedAt);
  const ended = startedAtMs === null ? 'created' : 'exited';
  const { executionId, jobId, attempt } = facts;
  const state = info.State.Running ? 'running' : ended;
  const exitCode = info.State.ExitCode;
  return { facts, exitCode, owned: { executionId, jobId, attempt, state, startedAtMs } };
}
