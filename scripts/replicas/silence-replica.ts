import { setTimeout as sleep } from 'node:timers/promises';
import type { TestPostgres } from '@node3/marketplace/testing/test-postgres';
import type { ReplicaGroup } from './replica-group.ts';

interface Parts {
  group: ReplicaGroup;
  database: TestPostgres;
  databaseUrl: string;
  silenceMs: number;
  /** What goes on meanwhile, and has to come to its end without the silent one. */
  work: Promise<void>;
}

const lookMs = 200;

/**
 * Stops one replica where it is for longer than any lease, and lets it go on. @returns what is wrong, in
 * sentences: agents have to stay where they went meanwhile.
 */
export async function silenceReplica(parts: Parts): Promise<string[]> {
  const { group, database, databaseUrl, silenceMs, work } = parts;
  const read = (text: string) => database.sql(text, databaseUrl);
  const replicas = async () => {
    const rows = await read('SELECT replica_id, until_ms FROM replicas');
    return new Map(rows.map((row) => [String(row['replica_id']), String(row['until_ms'])]));
  };
  const homes = () =>
    read('SELECT agent_id, replica_id, generation FROM agent_homes ORDER BY agent_id');
  const [before, homesBefore] = [await replicas(), await homes()];
  group.freeze('SIGSTOP');
  try {
    await Promise.all([sleep(silenceMs), work]);
    const living = await replicas();
    const silent = [...before.keys()].filter((replicaId) => !living.has(replicaId));
    const [replicaId] = silent;
    if (replicaId === undefined || silent.length > 1) return [`${silent.length} replicas died`];
    const left = homesBefore.filter((home) => home['replica_id'] === replicaId).length;
    const wentTo = await homes();
    group.freeze('SIGCONT');
    // Its first turn is over when it begins the second one.
    const first = await nextRenewal(replicas, replicaId, undefined);
    await nextRenewal(replicas, replicaId, first);
    const findings = left === 0 ? ['no agent was at the replica that was silenced'] : [];
    const [were, are] = [wentTo, await homes()].map((rows) =>
      rows.map((row) => JSON.stringify(row)),
    );
    const moved = (are ?? []).filter((home) => were?.includes(home) !== true);
    return [...findings, ...moved.map((home) => `an agent was moved by who woke up: ${home}`)];
  } finally {
    group.freeze('SIGCONT');
  }
}

async function nextRenewal(
  replicas: () => Promise<Map<string, string>>,
  replicaId: string,
  before: string | undefined,
): Promise<string> {
  for (;;) {
    const untilMs = (await replicas()).get(replicaId);
    if (untilMs !== undefined && untilMs !== before) return untilMs;
    await sleep(lookMs);
  }
}
