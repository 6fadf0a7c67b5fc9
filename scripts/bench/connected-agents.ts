import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { limits } from '@node3/shared/limits';
import { programPath } from './contender.ts';
import type { BenchOptions } from './core.ts';
import { Load } from './load.ts';
import { cpuMs } from './machine-counters.ts';
import type { Measurement } from './report.ts';

/** What one server did with a crowd of agents. */
interface CrowdSample {
  kbPerAgent: number;
  heapKbPerAgent: number;
  openedPerSec: number;
  reopenedPerSec: number;
  idleCpuShare: number;
  beatingCpuShare: number;
  notifyMs: number;
}

const agentsWanted = 15_000;
/** Files that a process needs beside its sockets. */
const filesKept = 500;
const idleMs = 10_000;
/** Every agent sends at least one heartbeat in this time. */
const heartbeatsMs = limits.agentIdleHeartbeatMs + 1_000;

/** As many sockets as one process may hold here, up to what is wanted. */
function agentsPossible(): number {
  try {
    const [, soft = ''] =
      /Max open files\s+(\d+)/.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return Math.min(agentsWanted, Number(soft) - filesKept);
  } catch {
    return Math.min(agentsWanted, 1_000);
  }
}

/** Many connected agents on one process of the real service, against a bare server of sockets. */
export async function benchConnectedAgents({ say }: BenchOptions): Promise<Measurement[]> {
  const count = agentsPossible();
  const folder = mkdtempSync(join(tmpdir(), 'node3-bench-'));
  const seeder = new Load(programPath('agents-server.ts'), {});
  try {
    const agents = await seeder.call<Agents>('seed', { folder, count });
    await seeder.stop();
    say(`${count} agents on the service …`);
    const ours = await measureCrowd(count, { folder, ...agents });
    say(`${count} sockets on a bare server …`);
    const bare = await measureCrowd(count, { keys: [] });
    return toMeasurements(count, ours, bare);
  } finally {
    await seeder.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Agents {
  agentIds: string[];
  keys: string[];
}

async function measureCrowd(
  count: number,
  { keys, ...opening }: Partial<Agents> & { folder?: string },
): Promise<CrowdSample> {
  const server = new Load(programPath('agents-server.ts'), {});
  const crowd = new Load(programPath('agents-crowd.ts'), {});
  try {
    const url = await server.call<string>('open', opening);
    await crowd.call('init', { url, keys, count });
    const before = await server.call<Stat>('stat');
    const opened = await crowd.call<{ ms: number }>('connect');
    await crowd.call('beat');
    // Until every agent has spoken once, and what was new about it is stored.
    await sleep(heartbeatsMs);
    const held = await server.call<Stat>('stat');
    const beatingCpuShare = await cpuShare(server, heartbeatsMs);
    await crowd.call('quiet');
    const idleCpuShare = await cpuShare(server, idleMs);
    const notifyMs = await measureNotify(server, crowd);
    await crowd.call('drop');
    const reopened = await crowd.call<{ ms: number }>('connect');
    return {
      kbPerAgent: (held.rssBytes - before.rssBytes) / 1_024 / count,
      heapKbPerAgent: (held.heapBytes - before.heapBytes) / 1_024 / count,
      openedPerSec: count / (opened.ms / 1_000),
      reopenedPerSec: count / (reopened.ms / 1_000),
      idleCpuShare,
      beatingCpuShare,
      notifyMs,
    };
  } finally {
    await Promise.all([server.stop(), crowd.stop()]);
  }
}

interface Stat {
  rssBytes: number;
  heapBytes: number;
}

async function cpuShare({ pid }: Load, ms: number): Promise<number> {
  const before = cpuMs(pid);
  const startedAt = performance.now();
  await sleep(ms);
  return (cpuMs(pid) - before) / (performance.now() - startedAt);
}

async function measureNotify(server: Load, crowd: Load): Promise<number> {
  const got = crowd.call<number>('notices');
  const startedAt = performance.timeOrigin + performance.now();
  await server.call('notify');
  return (await got) - startedAt;
}

function toMeasurements(count: number, ours: CrowdSample, bare: CrowdSample): Measurement[] {
  const name = (what: string) => `${count} connected agents: ${what}`;
  return [
    {
      name: name('memory of each'),
      value: ours.kbPerAgent,
      unit: 'kB',
      target: '≤ 15',
      passed: ours.kbPerAgent <= 15,
      reference: bare.kbPerAgent,
      note: `heap ${ours.heapKbPerAgent.toFixed(1)} kB, bare ${bare.heapKbPerAgent.toFixed(1)} kB`,
    },
    {
      name: name('CPU while nothing is said'),
      value: ours.idleCpuShare * 100,
      unit: '% of a core',
      target: '< 1',
      passed: ours.idleCpuShare < 0.01,
    },
    {
      name: name('CPU with an idle heartbeat each 25 s'),
      value: ours.beatingCpuShare * 100,
      unit: '% of a core',
      target: '≤ 3 × bare',
      passed: ours.beatingCpuShare <= 3 * bare.beatingCpuShare,
      reference: bare.beatingCpuShare * 100,
    },
    {
      name: name('a message to each'),
      value: ours.notifyMs,
      unit: 'ms',
      target: `≤ ${Math.round((400 * count) / 10_000)}`,
      passed: ours.notifyMs <= (400 * count) / 10_000,
      reference: bare.notifyMs,
    },
    {
      name: name('coming back all at once'),
      value: ours.reopenedPerSec,
      unit: 'agents/s',
      target: '≥ 0.8 × bare',
      passed: ours.reopenedPerSec >= 0.8 * bare.reopenedPerSec,
      reference: bare.reopenedPerSec,
      note: `the first time ${Math.round(ours.openedPerSec)}, bare ${Math.round(bare.openedPerSec)}`,
    },
  ];
}
