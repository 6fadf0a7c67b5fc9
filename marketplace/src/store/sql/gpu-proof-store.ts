import type { NewEvent } from '@node3/shared/events';
import type { ProofPlan } from '@node3/shared/gpu-proof/proof-plan';
import type { ProofState } from '@node3/shared/routes/gpu-proofs';
import type { GpuProofEnd, GpuProofKey, GpuProofRow, GpuProofStore } from '../gpu-proof-store.ts';
import { fromJson, inTexts, toList, toNumberOrNull } from './codec.ts';
import type { Database } from './database.ts';
import { appendEventsIn } from './events.ts';
import type { Tx, Work } from './work.ts';

interface GpuProofRecord {
  proof_id: string;
  agent_id: string;
  device_id: string;
  owner: string;
  fingerprint: string;
  plan: string;
  fill_seed: string;
  walk_seed: string;
  lanes: string;
  state: ProofState;
  issued_at_ms: bigint;
  fill_by_ms: bigint;
  walk_from_ms: bigint | null;
  walk_by_ms: bigint | null;
  root: string | null;
  root_at_ms: bigint | null;
  adapter: string | null;
  finding: string | null;
  ended_at_ms: bigint | null;
}

type EndedRecord = Pick<
  GpuProofRecord,
  'proof_id' | 'agent_id' | 'device_id' | 'fingerprint' | 'state' | 'finding' | 'issued_at_ms'
> & { ended_at_ms: bigint };

const insertProof = `
  INSERT INTO gpu_proofs (proof_id, agent_id, device_id, owner, fingerprint, plan, fill_seed,
    walk_seed, lanes, state, issued_at_ms, fill_by_ms, finding, ended_at_ms)
  VALUES (@proofId, @agentId, @deviceId, @owner, @fingerprint, @plan, @fillSeed,
    @walkSeed, @lanes, @state, @issuedAtMs, @fillByMs, @finding, @endedAtMs)`;
const selectOpenOf = `
  SELECT proof_id FROM gpu_proofs
  WHERE ended_at_ms IS NULL AND (owner = ? OR agent_id ${inTexts}) LIMIT 1`;
const deleteOld = `
  DELETE FROM gpu_proofs WHERE ended_at_ms IS NOT NULL AND issued_at_ms < ? AND agent_id ${inTexts}`;
const selectLeased = `SELECT agent_id, device_id FROM execution_devices WHERE agent_id ${inTexts}`;
const selectPart =
  'SELECT * FROM gpu_proofs WHERE proof_id = ? AND agent_id = ? ORDER BY device_id';
const selectOpen = `
  SELECT * FROM gpu_proofs WHERE ended_at_ms IS NULL ORDER BY issued_at_ms LIMIT +?`;
const selectOfAgent = `
  SELECT * FROM gpu_proofs WHERE agent_id = ? ORDER BY issued_at_ms DESC, device_id LIMIT +?`;
const selectEnded = `
  SELECT proof_id, agent_id, device_id, fingerprint, state, finding, issued_at_ms, ended_at_ms
  FROM gpu_proofs
  WHERE ended_at_ms IS NOT NULL AND (ended_at_ms, proof_id, device_id) > (?, ?, ?)
  ORDER BY ended_at_ms, proof_id, device_id LIMIT +?`;
const noteFilled = `
  UPDATE gpu_proofs SET state = 'filled'
  WHERE proof_id = ? AND agent_id = ? AND device_id = ? AND state = 'filling' AND fill_by_ms >= ?`;
const countFilling = `
  SELECT count(*) AS filling FROM gpu_proofs
  WHERE proof_id = ? AND state = 'filling' AND fill_by_ms >= ?`;
const voidUnfilled = `
  UPDATE gpu_proofs SET state = 'void', finding = 'not-filled', ended_at_ms = ?
  WHERE proof_id = ? AND state = 'filling'`;
const startWalk = `
  UPDATE gpu_proofs SET state = 'walking', walk_from_ms = ?, walk_by_ms = ?
  WHERE proof_id = ? AND state = 'filled'`;
const noteRoot = `
  UPDATE gpu_proofs SET state = 'rooted', root = ?, adapter = ?, root_at_ms = ?
  WHERE proof_id = ? AND agent_id = ? AND device_id = ? AND state = 'walking' AND walk_by_ms >= ?`;
const endOne = `
  UPDATE gpu_proofs SET state = ?, finding = ?, ended_at_ms = coalesce(ended_at_ms, ?)
  WHERE proof_id = ? AND agent_id = ? AND device_id = ? AND state ${inTexts}`;

export function createGpuProofStore(database: Database): GpuProofStore {
  return {
    addGpuProofs: (rows, keepFromMs, events) =>
      database.write((tx) => addProofs(tx, rows, keepFromMs, events)),
    async gpuProofs(proofId, agentId) {
      const found = await database.read((tx) =>
        tx.all<GpuProofRecord>(selectPart, proofId, agentId),
      );
      return found.map(toProof);
    },
    async leasedDevices(agentIds) {
      const found = await database.read((tx) =>
        tx.all<Pick<GpuProofRecord, 'agent_id' | 'device_id'>>(selectLeased, toList([...agentIds])),
      );
      return found.map((record) => ({ agentId: record.agent_id, deviceId: record.device_id }));
    },
    async openGpuProofs(limit) {
      return (await database.read((tx) => tx.all<GpuProofRecord>(selectOpen, limit))).map(toProof);
    },
    async gpuProofsOfAgent(agentId, limit) {
      const found = await database.read((tx) =>
        tx.all<GpuProofRecord>(selectOfAgent, agentId, limit),
      );
      return found.map(toProof);
    },
    async gpuProofsEnded({ endedAtMs, proofId, deviceId }, limit) {
      const found = await database.read((tx) =>
        tx.all<EndedRecord>(selectEnded, endedAtMs, proofId, deviceId, limit),
      );
      return found.map((record) => ({
        proofId: record.proof_id,
        agentId: record.agent_id,
        deviceId: record.device_id,
        fingerprint: record.fingerprint,
        state: record.state,
        finding: record.finding,
        issuedAtMs: Number(record.issued_at_ms),
        endedAtMs: Number(record.ended_at_ms),
      }));
    },
    noteGpuFilled(keys, nowMs) {
      return database.write(function* (tx) {
        for (const { proofId, agentId, deviceId } of keys) {
          yield* tx.post(noteFilled, proofId, agentId, deviceId, nowMs);
        }
      });
    },
    startGpuWalk(proofId, nowMs, walkMs) {
      return database.write(function* (tx) {
        const found = yield* tx.get<{ filling: bigint }>(countFilling, proofId, nowMs);
        if ((found?.filling ?? 0n) > 0n) return;
        yield* tx.post(voidUnfilled, nowMs, proofId);
        yield* tx.post(startWalk, nowMs, nowMs + walkMs, proofId);
      });
    },
    async noteGpuRoot({ proofId, agentId, deviceId }, { root, adapter, nowMs }) {
      const changed = await database.write((tx) =>
        tx.run(noteRoot, root, adapter, nowMs, proofId, agentId, deviceId, nowMs),
      );
      return changed > 0;
    },
    endGpuProof: (key, from, end, events) =>
      database.write((tx) => endProof(tx, key, from, end, events)),
  };
}

function* addProofs(
  tx: Tx,
  rows: GpuProofRow[],
  keepFromMs: number,
  events: NewEvent[],
): Work<boolean> {
  const agents = toList([...new Set(rows.map(({ agentId }) => agentId))]);
  if (
    (yield* tx.get<{ proof_id: string }>(selectOpenOf, rows[0]?.owner ?? '', agents)) !== undefined
  )
    return false;
  yield* tx.post(deleteOld, keepFromMs, agents);
  for (const row of rows) {
    const { proofId, agentId, deviceId, owner, fingerprint, fillSeed, walkSeed, state } = row;
    const { issuedAtMs, fillByMs, finding, endedAtMs } = row;
    const texts = { proofId, agentId, deviceId, owner, fingerprint, fillSeed, walkSeed, state };
    const json = { plan: JSON.stringify(row.plan), lanes: toList(row.lanes) };
    yield* tx.post(insertProof, {
      ...texts,
      ...json,
      issuedAtMs,
      fillByMs,
      finding,
      endedAtMs,
    });
  }
  yield* appendEventsIn(tx, events);
  return true;
}

function* endProof(
  tx: Tx,
  { proofId, agentId, deviceId }: GpuProofKey,
  from: readonly ProofState[],
  { state, finding, nowMs }: GpuProofEnd,
  events: NewEvent[],
): Work<boolean> {
  const key = [proofId, agentId, deviceId, toList(from)];
  if ((yield* tx.run(endOne, state, finding, nowMs, ...key)) === 0) return false;
  yield* appendEventsIn(tx, events);
  return true;
}

function toProof(record: GpuProofRecord): GpuProofRow {
  return {
    proofId: record.proof_id,
    agentId: record.agent_id,
    deviceId: record.device_id,
    owner: record.owner,
    fingerprint: record.fingerprint,
    plan: fromJson(record.plan) as ProofPlan,
    fillSeed: record.fill_seed,
    walkSeed: record.walk_seed,
    lanes: fromJson(record.lanes) as number[],
    state: record.state,
    issuedAtMs: Number(record.issued_at_ms),
    fillByMs: Number(record.fill_by_ms),
    walkFromMs: toNumberOrNull(record.walk_from_ms),
    walkByMs: toNumberOrNull(record.walk_by_ms),
    root: record.root,
    rootAtMs: toNumberOrNull(record.root_at_ms),
    adapter: record.adapter,
    finding: record.finding,
    endedAtMs: toNumberOrNull(record.ended_at_ms),
  };
}
