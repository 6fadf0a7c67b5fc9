import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Contender, openLoads } from './contender.ts';

/** Another queue, as its own makers tune it, at our durability. */
export interface Peer {
  name: string;
  env: Record<string, string>;
  /** Where the folder keeps the process id of its server. */
  pidFile: string;
  /** Its package in the folder. */
  packageName: string;
}

/** `N24`: the adapters take their packages from the folder's `node24/`, as all run on one Node here. */
export const peers: readonly Peer[] = [
  {
    name: 'BullMQ always',
    env: { ADAPTER: 'bullmq', AOF: 'always', N24: '1' },
    pidFile: 'redis/pid',
    packageName: 'bullmq',
  },
  {
    name: 'graphile-worker',
    env: { ADAPTER: 'graphile', N24: '1', GW_TUNED: '1' },
    pidFile: 'pgdata/postmaster.pid',
    packageName: 'graphile-worker',
  },
  {
    name: 'pg-boss',
    env: { ADAPTER: 'pgboss', N24: '1', PGBOSS_TUNED: '1' },
    pidFile: 'pgdata/postmaster.pid',
    packageName: 'pg-boss',
  },
];

/** Why a peer can't take part, or null. `folder` comes from NODE3_BENCH_PEERS. */
export function whyNot(folder: string | undefined, peer: Peer): string | null {
  if (folder === undefined || folder === '') return 'NODE3_BENCH_PEERS names no prepared folder';
  const installed = join(folder, 'node24/node_modules', peer.packageName);
  if (!existsSync(installed)) return `${peer.packageName} is not installed in the peers' folder`;
  const pid = pidOf(folder, peer);
  return pid === null ? 'its server does not run' : null;
}

function pidOf(folder: string, { pidFile }: Peer): number | null {
  try {
    const pid = Number(readFileSync(join(folder, pidFile), 'utf8').split('\n')[0]);
    process.kill(pid, 0);
    return pid;
  } catch {
    return null;
  }
}

/** Starts fresh load processes, whose beginning empties the queue. */
export async function enterPeer(folder: string, peer: Peer): Promise<Contender> {
  const loads = await openLoads(join(folder, 'queues/proc.mjs'), peer.env, {});
  return {
    name: peer.name,
    ...loads,
    serverPids: () => [pidOf(folder, peer) ?? 0],
    commits: async () => null,
    async leave() {
      await Promise.all([loads.producer.stop(), loads.worker.stop()]);
    },
  };
}
