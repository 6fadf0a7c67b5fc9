import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startLocalnet } from '@node3/localnet/localnet';
import { createApiKey } from '@node3/marketplace/services/api-key';
import { openPostgresStore } from '@node3/marketplace/store/postgres/postgres-store';
import type { Store } from '@node3/marketplace/store/store';
import { newAgentRow } from '@node3/marketplace/store/testing/agent-rows';
import { startTestPostgres, type TestPostgres } from '@node3/marketplace/testing/test-postgres';
import { systemClock } from '@node3/shared/clock';
import { systemIds } from '@node3/shared/ids';
import { silentLogger } from '@node3/shared/logger';
import { createKeypairFile } from '@node3/shared/write-keypair-file';
import { openRequester } from '../dev-network.ts';
import { type Followed, FollowingRequester } from './following-requester.ts';
import { judgeReplicas } from './judge-replicas.ts';
import { ReplicaGroup } from './replica-group.ts';
import { RoamingAgent } from './roaming-agent.ts';
import { silenceReplica } from './silence-replica.ts';

export interface ReplicasOptions {
  replicas: number;
  agents: number;
  jobs: number;
  requesters: number;
  /** Jobs that are open at a time, over all requesters. */
  openMax: number;
  /**
   * `kills`: processes are killed, that often on average, and the database is restarted once. `silence`:
   * one stands still for so long, while half of the jobs run.
   */
  trouble: { kills: { everyMs: number } } | { silence: { forMs: number } };
}

export interface ReplicasReport {
  /** What is wrong, in sentences. */
  findings: string[];
  jobs: number;
  kills: number;
  starts: number;
  databaseRestarts: number;
  /** Runs that agents began; more than jobs where one was lost and run again. */
  runs: number;
  refusals: number;
  seconds: number;
}

const adminApiKey = 'operator-key-of-the-replicas';
/** What each job pays; more than the rent that an empty wallet needs. */
export const rewardLamports = 1_000_000n;
const body = {
  workload: { kind: 'container', command: ['true'] },
  resources: { cpus: 0.1, memoryBytes: 16 * 1024 * 1024 },
  price: { kind: 'fixed', reward: { amount: '0.001', asset: 'SOL' } },
};
const funds = { lamports: 5_000_000_000n, usdcBaseUnits: 0n };

/**
 * Several marketplaces on one database and one chain; agents and requesters go to any of them, while
 * processes are killed and the database is restarted. Everything has to come out as if nothing was.
 */
export async function runReplicas(options: ReplicasOptions): Promise<ReplicasReport> {
  const startedAtMs = performance.now();
  const folder = await mkdtemp(join(tmpdir(), 'node3-replicas-'));
  const database = await startTestPostgres();
  const databaseUrl = await database.createDatabase();
  const log = silentLogger;
  const localnet = await startLocalnet({ httpPort: 0, dataDir: null, log, clock: systemClock });
  const { rpcUrl } = localnet;
  const dataDir = join(folder, 'marketplace');
  const group = await ReplicaGroup.start({
    count: options.replicas,
    dataDir,
    databaseUrl,
    rpcUrl,
    adminApiKey,
  });
  const { urls } = group;
  const store = await openPostgresStore({ url: databaseUrl, log, onFatal: () => undefined });
  const agents: RoamingAgent[] = [];
  try {
    const keys = await registerAgents(store, folder, options.agents);
    for (const key of keys) agents.push(new RoamingAgent(urls, key));
    const requesters: FollowingRequester[] = [];
    for (let index = 0; index < options.requesters; index += 1) {
      const { apiKey } = await openRequester(
        folder,
        localnet,
        urls[index % urls.length] ?? '',
        funds,
      );
      requesters.push(new FollowingRequester(urls, apiKey));
    }
    const followed: Followed[] = [];
    const findings = await makeTrouble({
      ...options,
      group,
      database,
      databaseUrl,
      followed,
      run: (jobs) => runJobs(requesters, jobs, options.openMax, followed),
    });
    const operator = new FollowingRequester(urls, adminApiKey);
    findings.push(...(await judgeReplicas({ operator, store, rpcUrl, followed, ...options })));
    return {
      findings,
      jobs: followed.length,
      kills: group.kills,
      starts: group.starts,
      databaseRestarts: 'kills' in options.trouble ? 1 : 0,
      runs: agents.reduce((sum, { runs }) => sum + runs.length, 0),
      refusals: requesters.reduce((sum, { refusals }) => sum + refusals, 0),
      seconds: (performance.now() - startedAtMs) / 1_000,
    };
  } finally {
    for (const agent of agents) agent.stop();
    await group.stop();
    await store.close();
    await localnet.stop();
    await database.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Straight into the store: registering is not what is tried here, and is limited for each address. */
async function registerAgents(store: Store, folder: string, count: number): Promise<string[]> {
  const keys: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const agentId = systemIds.next('agent');
    const wallet = await createKeypairFile(join(folder, `agent-${index}.json`));
    const nowMs = systemClock.nowMs();
    const key = createApiKey(systemIds, { kind: 'agent', agentId }, nowMs);
    const agent = newAgentRow(agentId, wallet.address, nowMs);
    await store.registerAgent({ agent, key: key.row, token: null, events: [] });
    keys.push(key.apiKey);
  }
  return keys;
}

interface TroubleParts extends Pick<ReplicasOptions, 'jobs' | 'trouble'> {
  group: ReplicaGroup;
  database: TestPostgres;
  databaseUrl: string;
  followed: readonly Followed[];
  run: (jobs: { first: number; last: number }) => Promise<void>;
}

/** Runs all jobs while things go wrong. @returns what is wrong, in sentences. */
async function makeTrouble(parts: TroubleParts): Promise<string[]> {
  const { jobs, trouble, group, database, followed, run } = parts;
  const half = Math.ceil(jobs / 2);
  if ('silence' in trouble) {
    const work = run({ first: 1, last: half });
    while (followed.length < half / 4) await Promise.race([sleep(100), work]);
    const findings = await silenceReplica({ ...parts, silenceMs: trouble.silence.forMs, work });
    await run({ first: half + 1, last: jobs });
    return findings;
  }
  const storm = startStorm(group, trouble.kills.everyMs);
  const work = run({ first: 1, last: jobs });
  while (followed.length < half) await Promise.race([sleep(100), work]);
  await database.halt('immediate');
  await database.start();
  await work;
  await storm.stop();
  return [];
}

async function runJobs(
  requesters: readonly FollowingRequester[],
  { first, last }: { first: number; last: number },
  openMax: number,
  followed: Followed[],
): Promise<void> {
  let next = first - 1;
  const run = async (requester: FollowingRequester) => {
    while (next < last) {
      next += 1;
      followed.push(await requester.run(`replicas-${next}`, body));
    }
  };
  const each = Math.ceil(openMax / requesters.length);
  const askers = requesters.flatMap((requester) => Array.from({ length: each }, () => requester));
  await Promise.all(askers.map(run));
}

function startStorm(group: ReplicaGroup, everyMs: number) {
  const over = new AbortController();
  const storm = (async () => {
    while (!over.signal.aborted) {
      await sleep(everyMs * (0.5 + Math.random()));
      if (!over.signal.aborted) await group.killOne();
    }
  })();
  return {
    async stop() {
      over.abort();
      await storm;
    },
  };
}
