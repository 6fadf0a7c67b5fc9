import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestEngine } from '@node3/agent/executors/docker/docker-test-engine';
import { type DevNetwork, startDevNetwork } from '../dev-network.ts';
import { type Followed, FollowingRequester } from '../replicas/following-requester.ts';
import { judgePayouts } from '../replicas/judge-replicas.ts';
import { ContainerRecord } from './container-record.ts';
import { judgeJobs, lastLine, listLeftovers } from './judge-killed-agent.ts';
import { type KillStormReport, longAbsenceMs, runKillStorm } from './kill-storm.ts';

export interface KilledAgentOptions {
  engine: TestEngine;
  jobs: number;
  kills: number;
  /** Kills in a row that each interrupt a start, with no success between them, pause the agent for minutes. */
  jobsAtOnce: number;
  /** How many of the kills are followed by more than a lease without an agent. */
  longAbsences: number;
  onProgress: (sentence: string) => void;
}

export interface KilledAgentReport extends Omit<KillStormReport, 'presences'> {
  /** What is wrong, in sentences. */
  findings: string[];
  jobs: number;
  containerStarts: number;
  leasesLost: number;
  afterLeaseMsMax: number;
  seconds: number;
}

const openMax = 12;
const agentName = 'killed';
const tidyWaitMs = 60_000;

/**
 * Many jobs on one agent that is killed with SIGKILL again and again. No job may be lost, run after
 * its lease ended or be paid twice, and nothing of them may be left on the machine.
 */
export async function runKilledAgent(options: KilledAgentOptions): Promise<KilledAgentReport> {
  const startedAtMs = performance.now();
  const { engine, jobs, jobsAtOnce, kills, longAbsences, onProgress } = options;
  const image = await engine.prepareImage();
  const network = await startDevNetwork({ agentEnv: { MAX_CONCURRENT_JOBS: String(jobsAtOnce) } });
  const jobIds = new Set<string>();
  const containers = new ContainerRecord(jobIds);
  await containers.watch(engine.docker);
  try {
    const agent = await network.startAgentProcess(agentName);
    const requester = await network.openRequester();
    const followed: Followed[] = [];
    const following = new FollowingRequester([network.marketplaceUrl], requester.apiKey);
    const longJobs: Promise<void>[] = [];
    const startLongJob = async () => {
      const posted = Promise.withResolvers<string>();
      const body = bodyOf(image, longAbsenceMs / 1_000 + 15);
      const note = (jobId: string) => {
        jobIds.add(jobId);
        posted.resolve(jobId);
      };
      const key = `long-${longJobs.length}`;
      longJobs.push(following.run(key, body, note).then((one) => void followed.push(one)));
      await containers.startOf(await posted.promise);
    };
    const work = runJobs(following, { jobs: jobs - longAbsences, image, jobIds, followed });
    const storm = await runKillStorm({
      agent,
      containers,
      kills,
      longAbsences,
      startLongJob,
      progress: () => followed.length / jobs,
      onKill: () => onProgress(`killed, ${followed.length} of ${jobs} jobs are done`),
    });
    await Promise.all([work, ...longJobs]);
    const facts = { requester: requester.client, followed, lives: containers.lives };
    const { presences, ...counted } = storm;
    const verdict = await judgeJobs({ ...facts, presences });
    onProgress(
      `all jobs have ended, ${verdict.findings.length} findings: ${verdict.findings[0] ?? 'none'}`,
    );
    const { rpcUrl } = network.localnet;
    const findings = [
      ...verdict.findings,
      ...(await judgePayouts({ operator: operatorOf(network), rpcUrl, jobs })),
      ...(await findLeftovers(engine, containers, join(network.folder, agentName))),
    ];
    return {
      ...counted,
      ...verdict,
      findings,
      jobs: new Set(followed.map(({ jobId }) => jobId)).size,
      containerStarts: containers.starts,
      seconds: (performance.now() - startedAtMs) / 1_000,
    };
  } finally {
    containers.stop();
    await network.stop();
  }
}

function operatorOf({ operator }: DevNetwork): Pick<FollowingRequester, 'ask'> {
  return { ask: (what) => what(operator) };
}

interface WorkParts {
  jobs: number;
  image: string;
  jobIds: Set<string>;
  followed: Followed[];
}

/** Posts the jobs, a dozen at a time, and reads each log to its end. */
async function runJobs(requester: FollowingRequester, parts: WorkParts): Promise<void> {
  const { jobs, image, jobIds, followed } = parts;
  let next = 0;
  const run = async () => {
    while (next < jobs) {
      next += 1;
      const body = bodyOf(image, 0.5 + Math.random() * 8);
      const posted = (jobId: string) => jobIds.add(jobId);
      followed.push(await requester.run(`killed-${next}`, body, posted));
    }
  };
  await Promise.all(Array.from({ length: Math.min(openMax, jobs) }, run));
}

/** It has a secret, writes a file and says when it ends, so that it leaves all kinds of traces. */
function bodyOf(image: string, seconds: number) {
  const script = `test -f /run/secrets/TOKEN || exit 9
echo started; sleep ${seconds.toFixed(2)}; echo out > /output/out.txt; echo ${lastLine}`;
  return {
    workload: { kind: 'container', image, command: ['sh', '-c', script] },
    resources: { cpus: 0.1, memoryBytes: 32 * 1024 ** 2, diskBytes: 16 * 1024 ** 2 },
    secrets: { TOKEN: { value: 'a-secret-of-this-job' } },
    limits: { runSec: 300 },
    retry: { attemptsMax: 10 },
    price: { kind: 'fixed', reward: { amount: '0.001', asset: 'SOL' } },
  };
}

/** The last containers go right after their results were taken. */
async function findLeftovers(
  { docker }: TestEngine,
  { ownerId }: ContainerRecord,
  dataDir: string,
): Promise<string[]> {
  if (ownerId === null) return ['no container of the agent was seen'];
  const untilMs = performance.now() + tidyWaitMs;
  for (;;) {
    const left = await listLeftovers(docker, ownerId, dataDir);
    if (left.length === 0 || performance.now() > untilMs)
      return left.map((name) => `left: ${name}`);
    await sleep(200);
  }
}
