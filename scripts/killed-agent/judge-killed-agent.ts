import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { labelNames } from '@node3/agent/executors/docker/container-labels';
import type { TestEngine } from '@node3/agent/executors/docker/docker-test-engine';
import type { Client } from '@node3/shared/client';
import { getJob } from '@node3/shared/routes/jobs';
import type { Followed } from '../replicas/following-requester.ts';
import type { ContainerLife } from './container-record.ts';
import type { Presence } from './kill-storm.ts';

type Docker = TestEngine['docker'];

export interface KilledAgentFacts {
  requester: Client;
  followed: readonly Followed[];
  lives: ReadonlyMap<string, ContainerLife>;
  presences: readonly Presence[];
}

export interface JobsVerdict {
  findings: string[];
  /** Executions that the marketplace gave up because their lease ended. */
  leasesLost: number;
  /** The longest that a container went on, with an agent there, after its lease was given up. */
  afterLeaseMsMax: number;
}

/** A returning agent has this long to stop what is not its own any more; removing one takes seconds. */
const stopWithinMs = 20_000;
export const lastLine = 'done';

/** What should not have happened to jobs: by their requester, the marketplace and the engine. */
export async function judgeJobs(facts: KilledAgentFacts): Promise<JobsVerdict> {
  const verdict: JobsVerdict = { findings: [], leasesLost: 0, afterLeaseMsMax: 0 };
  for (const { jobId, lines } of facts.followed) {
    const job = await facts.requester.call(getJob, { params: { jobId } });
    if (job.state !== 'succeeded') {
      verdict.findings.push(`job ${jobId} is ${job.state}: ${job.reason ?? 'no reason'}`);
    }
    const ends = lines.filter(({ text }) => text === lastLine).length;
    const lost = job.executions.filter(({ state }) => state === 'lost');
    if (ends === 0) verdict.findings.push(`the log of ${jobId} has no end`);
    if (ends > 1 + lost.length) verdict.findings.push(`the log of ${jobId} ends ${ends} times`);
    for (const { executionId, finishedAt, state } of job.executions) {
      const life = facts.lives.get(executionId);
      const starts = life?.startedAtMs.length ?? 0;
      if (starts > 1) verdict.findings.push(`${executionId} was started ${starts} times`);
      if (state === 'succeeded' && starts !== 1) {
        verdict.findings.push(`${executionId} succeeded after ${starts} starts`);
      }
      if (state !== 'lost') continue;
      verdict.leasesLost += 1;
      const afterMs = presentAfter(facts.presences, Date.parse(finishedAt ?? ''), life);
      verdict.afterLeaseMsMax = Math.max(verdict.afterLeaseMsMax, afterMs);
      if (afterMs > stopWithinMs) {
        verdict.findings.push(`${executionId} ran on for ${afterMs} ms after its lease`);
      }
    }
  }
  return verdict;
}

/** How long an agent was there while a container ran whose lease was over since `lostAtMs`. */
function presentAfter(
  presences: readonly Presence[],
  lostAtMs: number,
  life: ContainerLife | undefined,
): number {
  if (life === undefined || life.startedAtMs.length === 0) return 0;
  const diedAtMs = life.diedAtMs ?? Number.POSITIVE_INFINITY;
  return presences
    .map(({ fromMs, untilMs }) => {
      const from = Math.max(fromMs, lostAtMs);
      return Math.max(0, Math.min(untilMs ?? Number.POSITIVE_INFINITY, diedAtMs) - from);
    })
    .reduce((sum, ms) => sum + ms, 0);
}

/** What the machine still has of the jobs of an agent, by name. */
export async function listLeftovers(
  docker: Docker,
  ownerId: string,
  dataDir: string,
): Promise<string[]> {
  const filters = JSON.stringify({ label: [`${labelNames.agent}=${ownerId}`] });
  const [containers, { Volumes }, networks, folders, secrets] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listVolumes({ filters }),
    docker.listNetworks({ filters }),
    readdir(join(dataDir, 'files')).catch(() => []),
    readdir(`/dev/shm/node3-secrets-${ownerId}`).catch(() => []),
  ]);
  return [
    ...containers.flatMap(({ Names }) => Names.map((name) => `container ${name}`)),
    ...(Volumes ?? []).map(({ Name }) => `volume ${Name}`),
    ...networks.map(({ Name }) => `network ${Name}`),
    ...folders.map((name) => `folder ${name}`),
    ...secrets.map((name) => `secrets ${name}`),
  ];
}
