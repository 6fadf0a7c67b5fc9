import type { Offer } from '@node3/shared/device';
import { MarketError } from '@node3/shared/error';
import type {
  Adopted,
  Adoption,
  HomeRow,
  NewHome,
  OwedLease,
  ReplicaStore,
} from '../replica-store.ts';
import { inTexts } from './codec.ts';
import type { Database } from './database.ts';
import type { Tx, Work } from './work.ts';

const renew = `
  UPDATE replicas SET until_ms = @untilMs WHERE replica_id = @replicaId AND until_ms > @nowMs`;
const insertReplica = `
  INSERT INTO replicas (replica_id, until_ms) VALUES (@replicaId, @untilMs)
  ON CONFLICT (replica_id) DO UPDATE SET until_ms = excluded.until_ms`;
const endReplica = 'UPDATE replicas SET until_ms = 0 WHERE replica_id = ?';
const selectDead = 'SELECT replica_id FROM replicas WHERE until_ms <= ?';
const selectLiving = 'SELECT replica_id FROM replicas WHERE until_ms > ? LIMIT +1';
const forgetDead = 'DELETE FROM replicas WHERE until_ms <= ?';

/** Of agents that no living replica looks after. */
const selectOrphans = `
  SELECT executions.execution_id, executions.agent_id, executions.lease_until_ms,
    executions.started_at_ms
  FROM executions
  LEFT JOIN agent_homes ON agent_homes.agent_id = executions.agent_id
  LEFT JOIN replicas ON replicas.replica_id = agent_homes.replica_id
  WHERE executions.live = 1 AND coalesce(replicas.until_ms, 0) <= ?
  ORDER BY executions.execution_id`;
const selectOwed = `
  SELECT execution_id, agent_id, lease_until_ms, started_at_ms FROM executions
  WHERE execution_id = @executionId AND agent_id = @agentId AND attempt = @attempt
    AND lease_hash = @leaseHash AND live = 1`;
const extend = `
  UPDATE executions SET lease_until_ms = lease_until_ms + @byMs, accept_by_ms = accept_by_ms + @byMs,
    deadline_ms = deadline_ms + @byMs, run_deadline_ms = run_deadline_ms + @byMs
  WHERE execution_id = @executionId AND live = 1`;
const noteUnsupervised = `
  INSERT INTO unsupervised_executions (execution_id, lease_ended_at_ms)
  VALUES (@executionId, @leaseUntilMs) ON CONFLICT (execution_id) DO NOTHING`;
const selectUnsupervised =
  'SELECT lease_ended_at_ms FROM unsupervised_executions WHERE execution_id = ?';

/** Taken by the writer itself, and writers commit one after the other: numbers grow as commits do. */
const nextChange = '(SELECT coalesce(max(change_number), 0) + 1 FROM agent_homes)';
const adoptOf = `
  UPDATE agent_homes SET replica_id = @replicaId, is_here = 0, changed_at_ms = @nowMs,
    change_number = ${nextChange}
  WHERE replica_id = @deadId`;
const adoptOne = `
  INSERT INTO agent_homes (agent_id, replica_id, instance_id, generation, is_here, changed_at_ms,
    change_number)
  VALUES (@agentId, @replicaId, NULL, 0, 0, @nowMs, ${nextChange})
  ON CONFLICT (agent_id) DO UPDATE SET replica_id = excluded.replica_id, is_here = 0,
    changed_at_ms = excluded.changed_at_ms, change_number = excluded.change_number`;

const selectHome = 'SELECT instance_id, generation FROM agent_homes WHERE agent_id = ?';
const putHome = `
  INSERT INTO agent_homes (agent_id, replica_id, instance_id, generation, is_here, changed_at_ms,
    change_number)
  VALUES (@agentId, @replicaId, @instanceId, @generation, 1, @nowMs, ${nextChange})
  ON CONFLICT (agent_id) DO UPDATE SET replica_id = excluded.replica_id,
    instance_id = excluded.instance_id, generation = excluded.generation, is_here = 1,
    changed_at_ms = excluded.changed_at_ms, change_number = excluded.change_number`;
const keepHome = `
  UPDATE agent_homes SET replica_id = @replicaId, is_here = 1, changed_at_ms = @nowMs,
    change_number = ${nextChange}
  WHERE agent_id = @agentId AND generation = @generation`;
const selectKept = `
  SELECT agent_id FROM agent_homes
  WHERE agent_id ${inTexts} AND replica_id = ? AND is_here = 1`;
const supersede = `
  INSERT INTO superseded_instances (agent_id, instance_id, at_ms)
  VALUES (@agentId, @before, @nowMs) ON CONFLICT (agent_id, instance_id) DO NOTHING`;
const selectSuperseded =
  'SELECT at_ms FROM superseded_instances WHERE agent_id = ? AND instance_id = ?';
/** More of them than can be running at once by mistake. */
const forgetSuperseded = `
  DELETE FROM superseded_instances WHERE agent_id = @agentId AND instance_id NOT IN (
    SELECT instance_id FROM superseded_instances WHERE agent_id = @agentId
    ORDER BY at_ms DESC, instance_id LIMIT 16)`;
const noteHome = `
  UPDATE agent_homes SET is_here = @isHere, changed_at_ms = @nowMs, change_number = ${nextChange}
  WHERE agent_id = @agentId AND replica_id = @replicaId AND is_here = 1`;
const selectChanged = `
  SELECT agent_homes.agent_id, agent_homes.replica_id, agent_homes.instance_id,
    agent_homes.generation, agent_homes.is_here, agent_homes.changed_at_ms,
    agent_homes.change_number, agents.wallet, agents.name, agents.offer
  FROM agent_homes JOIN agents ON agents.agent_id = agent_homes.agent_id
  WHERE (agent_homes.change_number, agent_homes.agent_id) > (?, ?)
  ORDER BY agent_homes.change_number, agent_homes.agent_id LIMIT +?`;

interface OrphanRecord {
  execution_id: string;
  agent_id: string;
  lease_until_ms: bigint;
  started_at_ms: bigint | null;
}

interface HomeRecord {
  agent_id: string;
  replica_id: string;
  instance_id: string | null;
  generation: bigint;
  is_here: bigint;
  changed_at_ms: bigint;
  change_number: bigint;
  wallet: string;
  name: string;
  offer: string | null;
}

export function createReplicaStore(database: Database): ReplicaStore {
  return {
    holdReplica(hold) {
      const { replicaId, untilMs, nowMs } = hold;
      return database.write(function* (tx) {
        if ((yield* tx.run(renew, { replicaId, untilMs, nowMs })) === 1) {
          return { held: 'kept', adopted: nothing };
        }
        const adopted = yield* adopt(tx, hold, 'start');
        yield* tx.post(insertReplica, { replicaId, untilMs });
        return { held: 'anew', adopted };
      });
    },
    endReplica(replicaId) {
      return database.write(function* (tx) {
        yield* tx.post(endReplica, replicaId);
      });
    },
    async adoptAgents(adoption) {
      // Mostly there is nothing to do, and then nobody needs a write for that.
      const dead = await database.read((tx) => tx.all(selectDead, adoption.nowMs));
      if (dead.length === 0) return nothing;
      return database.write((tx) => adopt(tx, adoption, 'look'));
    },
    giveLeasesBack(owed, at) {
      return database.write(function* (tx) {
        let given = 0;
        for (const one of owed) given += yield* giveBackIn(tx, one, at);
        return given;
      });
    },
    async unsupervisedSince(executionId) {
      const found = await database.read((tx) =>
        tx.get<{ lease_ended_at_ms: bigint }>(selectUnsupervised, executionId),
      );
      return found === undefined ? null : Number(found.lease_ended_at_ms);
    },
    takeHome(home) {
      return database.write((tx) => takeHome(tx, home));
    },
    keepHomes({ replicaId, homes, nowMs }) {
      return database.write(function* (tx) {
        for (const { agentId, generation } of homes) {
          yield* tx.post(keepHome, { agentId, generation, replicaId, nowMs });
        }
        const agentIds = JSON.stringify(homes.map(({ agentId }) => agentId));
        const kept = yield* tx.all<{ agent_id: string }>(selectKept, agentIds, replicaId);
        return kept.map(({ agent_id }) => agent_id);
      });
    },
    checkInstance(agentId, instanceId) {
      return database.read((tx) => checkInstance(tx, agentId, instanceId));
    },
    noteHomes({ replicaId, agentIds, are, nowMs }) {
      const isHere = are === 'here' ? 1 : 0;
      return database.write(function* (tx) {
        for (const agentId of agentIds) {
          yield* tx.post(noteHome, { agentId, replicaId, isHere, nowMs });
        }
      });
    },
    async homesChangedAfter({ change, agentId }, limit) {
      const found = await database.read((tx) =>
        tx.all<HomeRecord>(selectChanged, change, agentId, limit),
      );
      return found.map(toHome);
    },
  };
}

const nothing: Adopted = { replicas: 0, executions: 0, byMs: 0 };

/** A start finds also what nobody has looked after before there were replicas. */
function* adopt(
  tx: Tx,
  { replicaId, nowMs, leaseMs }: Adoption,
  when: 'start' | 'look',
): Work<Adopted> {
  const dead = yield* tx.all<{ replica_id: string }>(selectDead, nowMs);
  const isAlone = (yield* tx.get(selectLiving, nowMs)) === undefined;
  if (dead.length === 0 && !(when === 'start' && isAlone)) return nothing;
  const orphans = yield* tx.all<OrphanRecord>(selectOrphans, nowMs);
  const ends = orphans.map(({ lease_until_ms }) => Number(lease_until_ms));
  const earliestMs = ends.reduce((least, endMs) => Math.min(least, endMs), nowMs + leaseMs);
  const byMs = nowMs + leaseMs - earliestMs;
  for (const orphan of orphans) yield* extendOne(tx, orphan, { replicaId, nowMs, byMs });
  for (const { replica_id: deadId } of dead) yield* tx.post(adoptOf, { deadId, replicaId, nowMs });
  yield* tx.post(forgetDead, nowMs);
  return { replicas: dead.length, executions: orphans.length, byMs };
}

function* extendOne(
  tx: Tx,
  orphan: OrphanRecord,
  { replicaId, nowMs, byMs }: { replicaId: string; nowMs: number; byMs: number },
): Work<void> {
  yield* putOff(tx, orphan, { nowMs, byMs });
  yield* tx.post(adoptOne, { agentId: orphan.agent_id, replicaId, nowMs });
}

/** Its times come later by so much; what ran without a lease meanwhile is noted. */
function* putOff(
  tx: Tx,
  { execution_id: executionId, lease_until_ms, started_at_ms }: OrphanRecord,
  { nowMs, byMs }: { nowMs: number; byMs: number },
): Work<void> {
  const leaseUntilMs = Number(lease_until_ms);
  if (started_at_ms !== null && leaseUntilMs <= nowMs) {
    yield* tx.post(noteUnsupervised, { executionId, leaseUntilMs });
  }
  if (byMs > 0) yield* tx.post(extend, { executionId, byMs });
}

function* giveBackIn(
  tx: Tx,
  { agentId, fence, byMs }: OwedLease,
  { nowMs, leaseMs }: Pick<Adoption, 'nowMs' | 'leaseMs'>,
): Work<number> {
  const found = yield* tx.get<OrphanRecord>(selectOwed, { ...fence, agentId });
  if (found === undefined) return 0;
  // Another replica may have given the same time already.
  const most = nowMs + leaseMs - Number(found.lease_until_ms);
  yield* putOff(tx, found, { nowMs, byMs: Math.min(byMs, most) });
  return 1;
}

function* takeHome(tx: Tx, home: NewHome): Work<number> {
  const { agentId, instanceId, nowMs } = home;
  yield* checkInstance(tx, agentId, instanceId);
  const known = yield* tx.get<{ instance_id: string | null; generation: bigint }>(
    selectHome,
    agentId,
  );
  const before = known?.instance_id ?? null;
  if (before !== null && before !== instanceId) {
    yield* tx.post(supersede, { agentId, before, nowMs });
    yield* tx.post(forgetSuperseded, { agentId });
  }
  const generation = Number(known?.generation ?? 0n) + 1;
  yield* tx.post(putHome, { ...home, generation });
  return generation;
}

function* checkInstance(tx: Tx, agentId: string, instanceId: string): Work<void> {
  const found = yield* tx.get(selectSuperseded, agentId, instanceId);
  if (found !== undefined) throw new MarketError('AGENT_SUPERSEDED', { agentId });
}

function toHome(record: HomeRecord): HomeRow {
  return {
    agentId: record.agent_id,
    replicaId: record.replica_id,
    instanceId: record.instance_id,
    generation: Number(record.generation),
    isHere: record.is_here === 1n,
    changedAtMs: Number(record.changed_at_ms),
    change: Number(record.change_number),
    wallet: record.wallet,
    name: record.name,
    offer: record.offer === null ? null : (JSON.parse(record.offer) as Offer),
  };
}
