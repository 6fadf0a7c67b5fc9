import type { Clock } from '@node3/shared/clock';
import type { Logger } from '@node3/shared/logger';
import type { ReservationStore } from '../store/reservation-store.ts';
import type { EventRow } from '../store/rows.ts';
import type { Reservations } from './reservations.ts';

export interface ReservationSyncDeps {
  store: Pick<ReservationStore, 'reservations'>;
  clock: Clock;
  reservations: Reservations;
  log: Logger;
}

/** Makes the reservations in memory equal to those in the store. They are few: all are read. */
export class ReservationSync {
  readonly #deps: ReservationSyncDeps;
  #reading = false;
  #again = false;

  constructor(deps: ReservationSyncDeps) {
    this.#deps = deps;
  }

  note(events: readonly Pick<EventRow, 'name'>[]): void {
    if (events.some(isReservation)) void this.read();
  }

  /** This process has changed them: what is being read may be older than that. */
  noteOwn(events: readonly Pick<EventRow, 'name'>[]): void {
    if (this.#reading && events.some(isReservation)) this.#again = true;
  }

  async read(): Promise<void> {
    this.#again = true;
    if (this.#reading) return;
    this.#reading = true;
    const { store, clock, reservations, log } = this.#deps;
    try {
      while (this.#again) {
        this.#again = false;
        const rows = await store.reservations(clock.nowMs());
        // Changed while they were read: they are read once more.
        if (!this.#again) reservations.replaceAll(rows);
      }
    } catch (error) {
      log.warn({ err: error }, 'reservations of other replicas not read');
    } finally {
      this.#reading = false;
    }
  }
}

function isReservation({ name }: Pick<EventRow, 'name'>): boolean {
  return name === 'capacity.reserved' || name === 'capacity.freed';
}
