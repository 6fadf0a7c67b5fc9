import type { Clock } from '@node3/shared/clock';
import type { BodyOf, ReplyOf } from '@node3/shared/contract';
import { MarketError } from '@node3/shared/error';
import type { NewEvent } from '@node3/shared/events';
import { fillKeyOf, walkKeyOf } from '@node3/shared/gpu-proof/proof-keys';
import { limits } from '@node3/shared/limits';
import type {
  openProofLanes,
  ProofChallenge,
  reportProofFilled,
  reportProofRoot,
} from '@node3/shared/routes/gpu-proofs';
import type { ProofChecker } from '../gpu-proof/proof-checker.ts';
import type {
  GpuProofEnd,
  GpuProofKey,
  GpuProofRow,
  GpuProofStore,
} from '../store/gpu-proof-store.ts';
import type { GpuProofNotices } from './gpu-proof-notices.ts';
import { leasedFinding } from './read-gpu-proofs.ts';

export interface AnswerDeps {
  store: GpuProofStore;
  clock: Clock;
  gpuProofs: GpuProofNotices;
  proofChecker: ProofChecker;
}

type Part = Pick<GpuProofKey, 'proofId' | 'agentId'>;

/** What waits for an agent, as its heartbeat brings it; null where nothing does. */
export async function challengeFor(
  deps: Pick<AnswerDeps, 'clock' | 'gpuProofs'> & { store: Pick<GpuProofStore, 'gpuProofs'> },
  agentId: string,
): Promise<ProofChallenge | null> {
  const proofId = deps.gpuProofs.of(agentId);
  if (proofId === null) return null;
  const rows = await deps.store.gpuProofs(proofId, agentId);
  const filling = rows.filter(({ state }) => state === 'filling');
  const [first] = filling;
  const leftMs = (first?.fillByMs ?? 0) - deps.clock.nowMs();
  if (first === undefined || leftMs <= 0) {
    deps.gpuProofs.delete(agentId);
    return null;
  }
  const devices = filling.map(({ deviceId, fillSeed, plan }) => ({ deviceId, fillSeed, plan }));
  return { proofId, epoch: first.issuedAtMs, fillMs: leftMs, devices };
}

/** Notes what is filled and what can't be, and begins the walk when that was the last of the owner. */
export async function noteProofFilled(
  deps: AnswerDeps,
  part: Part,
  body: BodyOf<typeof reportProofFilled>,
): Promise<ReplyOf<typeof reportProofFilled>> {
  const { clock, store } = deps;
  const { agentId, proofId } = part;
  const before = await store.gpuProofs(proofId, agentId);
  if (before.length === 0) throw new MarketError('PROOF_NOT_OPEN', { proofId });
  await noteFailures(deps, part, body.failures);
  const keys = body.deviceIds.map((deviceId) => ({ ...part, deviceId }));
  await store.noteGpuFilled(keys, clock.nowMs());
  await store.startGpuWalk(proofId, clock.nowMs(), limits.proofWalkMs);
  const rows = await store.gpuProofs(proofId, agentId);
  const walking = rows.filter(({ state }) => state === 'walking');
  const isWaiting = rows.some(({ state }) => state === 'filling' || state === 'filled');
  const [first] = walking;
  return {
    state: first !== undefined ? 'walk' : isWaiting ? 'wait' : 'over',
    askAgainMs: limits.proofAskAgainMs,
    walkMs: Math.max(0, (first?.walkByMs ?? 0) - clock.nowMs()),
    devices: walking.map(({ deviceId, walkSeed }) => ({ deviceId, walkSeed })),
  };
}

/**
 * What could not fill its memory is void; what held it and gives up has failed. Only the marketplace
 * itself says that a device is leased: the agent's word for it would keep a label.
 */
async function noteFailures(
  deps: AnswerDeps,
  part: Part,
  failures: BodyOf<typeof reportProofFilled>['failures'],
): Promise<void> {
  if (failures.length === 0) return;
  const leased = await deps.store.leasedDevices([part.agentId]);
  for (const { deviceId, failure } of failures) {
    const isLeased = leased.some((each) => each.deviceId === deviceId);
    const said = failure === leasedFinding ? 'busy' : failure;
    const key = { ...part, deviceId };
    const end = { state: 'void', finding: isLeased ? leasedFinding : said } as const;
    await endProof(deps, key, ['filling'], end);
    await endProof(deps, key, ['filled', 'walking'], { state: 'failed', finding: said });
  }
}

/** The lanes are told only for a root that came in time; the same root again gets them again. */
export async function noteProofRoot(
  deps: AnswerDeps,
  part: Part,
  { adapter, deviceId, root }: BodyOf<typeof reportProofRoot>,
): Promise<ReplyOf<typeof reportProofRoot>> {
  const key = { ...part, deviceId };
  await deps.store.noteGpuRoot(key, { root, adapter, nowMs: deps.clock.nowMs() });
  const row = await rowOf(deps, key);
  if (row.state !== 'rooted' || row.root !== root) {
    throw new MarketError('PROOF_NOT_OPEN', { detail: 'The time for the walk is over.' });
  }
  return { lanes: row.lanes };
}

/** Checks the lanes to the bit, on another thread. What ended before is answered as it ended. */
export async function checkProofOpenings(
  deps: AnswerDeps,
  part: Part,
  { deviceId, openings }: BodyOf<typeof openProofLanes>,
): Promise<ReplyOf<typeof openProofLanes>> {
  const key = { ...part, deviceId };
  const row = await rowOf(deps, key);
  if (row.endedAtMs !== null) return { state: row.state, finding: row.finding ?? '' };
  const { agentId, fillSeed, issuedAtMs, lanes, plan, root, walkSeed } = row;
  if (row.state !== 'rooted' || root === null) {
    throw new MarketError('PROOF_NOT_OPEN', { detail: 'A root comes before its lanes.' });
  }
  const subject = { agentId, deviceId, epoch: issuedAtMs };
  const fillKey = fillKeyOf(fillSeed, subject);
  const walkKey = walkKeyOf(walkSeed, subject);
  const promised = { plan, fillKey, walkKey, lanes };
  const finding = await deps.proofChecker.check({ promised, root, openings });
  const state = finding === 'right' ? 'passed' : 'failed';
  await endProof(deps, key, ['rooted'], { state, finding });
  const ended = await rowOf(deps, key);
  return { state: ended.state, finding: ended.finding ?? '' };
}

/**
 * Ends what was not answered in its time, and begins the walks for which others were waited for. A
 * walk too late is a failure; memory that was not filled is void.
 */
export async function sweepGpuProofs(deps: Pick<AnswerDeps, 'store' | 'clock'>): Promise<void> {
  const nowMs = deps.clock.nowMs();
  const open = await deps.store.openGpuProofs(limits.proofOpenMax);
  const late = new Set<string>();
  for (const row of open) {
    const { fillByMs, proofId, rootAtMs, state, walkByMs } = row;
    if (fillByMs < nowMs) late.add(proofId);
    if (state === 'walking' && (walkByMs ?? 0) < nowMs) {
      await endProof(deps, row, ['walking'], { state: 'failed', finding: 'too-late' });
    }
    if (state === 'rooted' && (rootAtMs ?? 0) + limits.proofOpenMs < nowMs) {
      await endProof(deps, row, ['rooted'], { state: 'failed', finding: 'not-opened' });
    }
  }
  for (const proofId of late) {
    await deps.store.startGpuWalk(proofId, nowMs, limits.proofWalkMs);
  }
}

async function rowOf(deps: Pick<AnswerDeps, 'store'>, key: GpuProofKey): Promise<GpuProofRow> {
  const rows = await deps.store.gpuProofs(key.proofId, key.agentId);
  const row = rows.find(({ deviceId }) => deviceId === key.deviceId);
  if (row === undefined) throw new MarketError('PROOF_NOT_OPEN', { ...key });
  return row;
}

function endProof(
  { clock, store }: Pick<AnswerDeps, 'store' | 'clock'>,
  { agentId, deviceId, proofId }: GpuProofKey,
  from: readonly GpuProofRow['state'][],
  end: Omit<GpuProofEnd, 'nowMs'>,
): Promise<boolean> {
  const nowMs = clock.nowMs();
  const key = { proofId, agentId, deviceId };
  const event: NewEvent = {
    name: 'gpu-proof.ended',
    actor: `agent:${agentId}`,
    accountId: null,
    jobId: null,
    executionId: null,
    reason: null,
    atMs: nowMs,
    data: { ...key, state: end.state, finding: end.finding },
  };
  return store.endGpuProof(key, from, { ...end, nowMs }, [event]);
}
