import { describe, expect, it } from 'vitest';
import type { ReservationRow } from '../reservation-store.ts';
import type { Given } from '../store.conformance.ts';
import type { World } from './world.ts';

async function reservationIn(
  world: World,
  agentIds: string[],
  fromMs: number,
  untilMs: number,
): Promise<ReservationRow> {
  return {
    reservationId: world.ids.next('reservation'),
    accountId: await world.openAccount(),
    agentIds,
    fromMs,
    untilMs,
    createdAtMs: world.nowMs,
    cancelledAtMs: null,
  };
}

/** Uses each method of the store for reservations at least once. */
export async function liveThroughReservations(world: World): Promise<void> {
  const { store } = world;
  const reservation = await reservationIn(world, ['agt_1'], 10, 20);
  await store.addReservation(reservation, []);
  await store.reservations(0);
  await store.cancelReservation(reservation.reservationId, 15, () => []);
}

export function describeReservations(given: Given): void {
  describe('reservations', () => {
    it('never hold one agent twice at a time', async () => {
      const { store, world } = given;
      const add = async (agentIds: string[], fromMs: number, untilMs: number) =>
        store.addReservation(await reservationIn(world, agentIds, fromMs, untilMs), []);
      expect(await add(['agt_1', 'agt_2'], 10, 20)).toBe(true);
      expect(await add(['agt_3', 'agt_2'], 19, 30)).toBe(false);
      expect(await add(['agt_2'], 0, 11)).toBe(false);
      expect(await add(['agt_2'], 12, 13)).toBe(false);
      expect(await add(['agt_2'], 20, 30)).toBe(true);
      expect(await add(['agt_3'], 10, 20)).toBe(true);
      expect(await store.reservations(20)).toMatchObject([{ agentIds: ['agt_2'], fromMs: 20 }]);
    });

    it('are cancelled once, and make room', async () => {
      const { world } = given;
      const reservation = await reservationIn(world, ['agt_1'], 10, 20);
      const { reservationId } = reservation;
      await given.store.addReservation(reservation, []);
      const store = await given.reopen();
      expect(await store.reservations(0)).toEqual([reservation]);
      const cancelled = { ...reservation, cancelledAtMs: 12 };
      expect(await store.cancelReservation(reservationId, 12, () => [])).toEqual(cancelled);
      expect(await store.cancelReservation(reservationId, 14, () => [])).toEqual(cancelled);
      expect(await store.cancelReservation('unknown', 14, () => [])).toBeNull();
      expect(await store.reservations(0)).toEqual([]);
      const again = await reservationIn(world, ['agt_1'], 10, 20);
      expect(await store.addReservation(again, [])).toBe(true);
    });
  });
}
