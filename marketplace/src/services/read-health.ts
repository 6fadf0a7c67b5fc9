import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '@node3/shared/clock';
import { isMarketError } from '@node3/shared/error';
import type { Health, Readiness } from '@node3/shared/routes/health';
import { toTimestamp } from '@node3/shared/schema';
import type { Treasury } from '../payments/treasury-port.ts';
import type { Store } from '../store/store.ts';
import type { DiskRoom } from './disk-room.ts';

type Check = Health['checks']['store'];

export interface HealthDeps {
  store: Store;
  clock: Clock;
  treasury: Treasury;
  cluster: Health['cluster'];
  version: string;
  startedAtMs: number;
  room: Pick<DiskRoom, 'refusal'>;
  ledgerCheck(): Check;
  payoutCheck(): Check;
}

/**
 * Whether requests are served (store) and what else is wrong. A chain or payout problem degrades:
 * jobs go on, payouts wait, nothing is lost.
 */
export async function readHealth(deps: HealthDeps): Promise<Health> {
  const [store, chain] = await Promise.all([checkStore(deps), checkChain(deps)]);
  const checks = { store, chain, ledger: deps.ledgerCheck(), payouts: deps.payoutCheck() };
  const states = Object.values(checks).map(({ state }) => state);
  const healthy = states.every((state) => state === 'ok');
  const nowMs = deps.clock.nowMs();
  return {
    status: store.state === 'failed' ? 'unhealthy' : healthy ? 'healthy' : 'degraded',
    version: deps.version,
    cluster: deps.cluster,
    timestamp: toTimestamp(nowMs),
    uptimeSec: Math.floor((nowMs - deps.startedAtMs) / 1_000),
    checks,
  };
}

/** A store that is open has the schema of this program: opening it brings it there, or fails. */
export function readinessOf({ checks: { store, chain } }: Health): Readiness {
  // Where only new work is refused, everything else is to be sent here.
  const ready = store.state !== 'failed';
  const schema: Check = ready
    ? { state: 'ok', detail: 'The database has the schema of this program.' }
    : { state: 'failed', detail: 'The database can not be asked.' };
  return { ready, checks: { store, schema, chain } };
}

const storeChecks: Record<'written' | 'full' | 'refused', Check> = {
  written: { state: 'ok', detail: 'Writes reach the disk.' },
  full: {
    state: 'failed',
    detail: 'The disk is full: writes are refused until there is room, reads go on.',
  },
  refused: { state: 'failed', detail: 'The database does not accept writes.' },
};

/** A database that is away is waited for longer than whoever asks for health should be. */
const storeWaitMs = 2_000;

async function checkStore({ room, store }: HealthDeps): Promise<Check> {
  const waited = new AbortController();
  const late = sleep(storeWaitMs, 'refused' as const, { ref: false, signal: waited.signal }).catch(
    () => 'refused' as const,
  );
  const written = store.checkWritable().then(
    () => 'written' as const,
    (error: unknown) => (isMarketError(error, 'STORAGE_FULL') ? 'full' : 'refused'),
  );
  const outcome = await Promise.race([written, late]);
  waited.abort();
  const { refusal } = room;
  if (outcome === 'written' && refusal !== null) return { state: 'degraded', detail: refusal };
  return storeChecks[outcome];
}

/** A dead endpoint is tried for many seconds; whoever asks for health is not kept that long. */
const chainWaitMs = 2_000;

async function checkChain({ treasury }: HealthDeps): Promise<Check> {
  const waited = new AbortController();
  const late = sleep(chainWaitMs, null, { ref: false, signal: waited.signal }).catch(() => null);
  const balances = await Promise.race([treasury.balances(), late]);
  waited.abort();
  return balances === null || balances.SOL === null
    ? { state: 'degraded', detail: 'The Solana cluster does not answer; payouts wait.' }
    : { state: 'ok', detail: 'The Solana cluster answers.' };
}
