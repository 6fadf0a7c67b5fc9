import type { Clock } from '@node3/shared/clock';
import type { BodyOf } from '@node3/shared/contract';
import { MarketError } from '@node3/shared/error';
import type { NewEvent } from '@node3/shared/events';
import type { Ids } from '@node3/shared/ids';
import { completeJobSpec, type DefaultImages } from '@node3/shared/job-spec';
import { limits } from '@node3/shared/limits';
import { baseUnitsMax, toMoney } from '@node3/shared/money';
import type { createReservation, Reservation } from '@node3/shared/routes/reservations';
import { toTimestamp } from '@node3/shared/schema';
import { explainMatch } from '../domain/explain-match.ts';
import { needsOf, type SimulatedPolicy } from '../domain/matching.ts';
import { scoreAgent } from '../domain/placement-strategy.ts';
import type { ReservationRow } from '../store/reservation-store.ts';
import type { Store } from '../store/store.ts';
import type { OfferingAgent, Presence } from './presence.ts';
import type { Reservations } from './reservations.ts';

export interface ReserveDeps {
  store: Store;
  clock: Clock;
  ids: Ids;
  presence: Presence;
  reservations: Reservations;
  defaultImages: DefaultImages;
  simulated: SimulatedPolicy;
}

type Request = BodyOf<typeof createReservation>;

/**
 * Holds as many agents as asked for, the most reliable first. Throws REQUEST_INVALID for a time or an
 * account that can't be, and RESERVATION_UNSATISFIABLE when too few agents fit and are free then.
 */
export async function reserveCapacity(deps: ReserveDeps, request: Request): Promise<Reservation> {
  const { clock, ids, reservations, store } = deps;
  const nowMs = clock.nowMs();
  const { accountId, count } = request;
  const [fromMs, untilMs] = [Date.parse(request.from), Date.parse(request.until)];
  checkTime(fromMs, untilMs, nowMs);
  if ((await store.account(accountId)) === null) throw wrong('/accountId', 'is no account');
  const agents = chooseAgents(deps, request, { fromMs, untilMs });
  if (agents.length < count) throw tooFew(count, agents.length);
  const row: ReservationRow = {
    reservationId: ids.next('reservation'),
    accountId,
    agentIds: agents.slice(0, count).map(({ agentId }) => agentId),
    fromMs,
    untilMs,
    createdAtMs: nowMs,
    cancelledAtMs: null,
  };
  if (!(await store.addReservation(row, [eventOf('capacity.reserved', row, nowMs)]))) {
    throw tooFew(count, 0);
  }
  reservations.add(row);
  return viewReservation(row);
}

/** Lets the agents go. Throws RESERVATION_NOT_FOUND. */
export async function cancelReservation(
  { clock, reservations, store }: ReserveDeps,
  reservationId: string,
): Promise<Reservation> {
  const nowMs = clock.nowMs();
  const row = await store.cancelReservation(reservationId, nowMs, (found) => [
    eventOf('capacity.freed', found, nowMs),
  ]);
  if (row === null) throw new MarketError('RESERVATION_NOT_FOUND', { reservationId });
  reservations.remove(row);
  return viewReservation(row);
}

export async function listReservations({ clock, store }: ReserveDeps): Promise<Reservation[]> {
  return (await store.reservations(clock.nowMs())).map(viewReservation);
}

function checkTime(fromMs: number, untilMs: number, nowMs: number): void {
  const isTime = Number.isFinite(fromMs) && Number.isFinite(untilMs);
  if (!isTime || untilMs <= fromMs || untilMs <= nowMs)
    throw wrong('/until', 'must be after /from and now');
  const days = limits.reservationMsMax / 86_400_000;
  if (untilMs - fromMs > limits.reservationMsMax) {
    throw wrong('/until', `must be at most ${days} days after /from`);
  }
}

/** A reservation says nothing of prices: jobs pay what they bid, and what is asked. */
function chooseAgents(
  { defaultImages, presence, reservations, simulated }: ReserveDeps,
  { accountId, placement, resources }: Request,
  { fromMs, untilMs }: { fromMs: number; untilMs: number },
): OfferingAgent[] {
  const price = { kind: 'fixed' as const, reward: toMoney(baseUnitsMax, 'SOL') };
  const workload = { kind: 'container' as const, command: ['true'] };
  const spec = completeJobSpec(
    {
      workload,
      price,
      limits: { runSec: 1 },
      ...(placement === undefined ? {} : { placement }),
      ...(resources === undefined ? {} : { resources }),
    },
    defaultImages,
  );
  const { fitting } = explainMatch(needsOf(spec, accountId), presence.groups, simulated);
  const score = ({ standing }: OfferingAgent) =>
    scoreAgent({ freeSlots: 1, slots: 1, ...standing });
  return fitting
    .filter(({ agentId }) => !reservations.overlaps(agentId, fromMs, untilMs))
    .toSorted((a, b) => score(b) - score(a));
}

function eventOf(name: NewEvent['name'], row: ReservationRow, atMs: number): NewEvent {
  const { accountId, agentIds, reservationId } = row;
  return {
    name,
    atMs,
    actor: 'operator',
    accountId,
    jobId: null,
    executionId: null,
    reason: null,
    data: { reservationId, agents: agentIds.length },
  };
}

function viewReservation(row: ReservationRow): Reservation {
  const { reservationId, accountId, agentIds, cancelledAtMs } = row;
  return {
    reservationId,
    accountId,
    agentIds,
    from: toTimestamp(row.fromMs),
    until: toTimestamp(row.untilMs),
    createdAt: toTimestamp(row.createdAtMs),
    cancelledAt: cancelledAtMs === null ? null : toTimestamp(cancelledAtMs),
  };
}

function wrong(pointer: string, detail: string): MarketError {
  return new MarketError('REQUEST_INVALID', { errors: [{ pointer, detail }] });
}

function tooFew(wanted: number, available: number): MarketError {
  const detail = `${wanted} agents are wanted, and ${available} that fit are not reserved in that time.`;
  return new MarketError('RESERVATION_UNSATISFIABLE', { detail, wanted, available });
}
