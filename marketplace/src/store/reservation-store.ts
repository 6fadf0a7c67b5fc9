import type { NewEvent } from '@node3/shared/events';

export interface ReservationRow {
  reservationId: string;
  accountId: string;
  agentIds: string[];
  fromMs: number;
  untilMs: number;
  createdAtMs: number;
  cancelledAtMs: number | null;
}

export interface ReservationStore {
  /** false, and nothing is stored, when one of the agents is reserved in that time already. */
  addReservation(reservation: ReservationRow, events: NewEvent[]): Promise<boolean>;
  /** Those that end after a time and are not cancelled, in the order of their end. */
  reservations(endAfterMs: number): Promise<ReservationRow[]>;
  /** null when unknown; one that is cancelled comes back as it is, without the events. */
  cancelReservation(
    reservationId: string,
    nowMs: number,
    events: (reservation: ReservationRow) => NewEvent[],
  ): Promise<ReservationRow | null>;
}
