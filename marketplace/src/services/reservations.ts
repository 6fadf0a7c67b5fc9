import type { Clock } from '@node3/shared/clock';
import type { ReservationRow } from '../store/reservation-store.ts';
import type { AgentLinks } from './agent-links.ts';

/** Whose jobs an agent takes at this moment; null for everybody's. */
export type ReservedFor = (agentId: string) => string | null;

/** The reservations that are not over, in memory: every match asks. */
export class Reservations {
  readonly #clock: Clock;
  readonly #agentLinks: AgentLinks;
  readonly #byAgent = new Map<string, ReservationRow[]>();
  #turnedAtMs: number;

  constructor(clock: Clock, agentLinks: AgentLinks) {
    this.#clock = clock;
    this.#agentLinks = agentLinks;
    this.#turnedAtMs = clock.nowMs();
  }

  readonly reservedFor: ReservedFor = (agentId) => {
    const nowMs = this.#clock.nowMs();
    const rows = this.#byAgent.get(agentId);
    const row = rows?.find(({ fromMs, untilMs }) => fromMs <= nowMs && nowMs < untilMs);
    return row?.accountId ?? null;
  };

  overlaps(agentId: string, fromMs: number, untilMs: number): boolean {
    const rows = this.#byAgent.get(agentId) ?? [];
    return rows.some((row) => row.fromMs < untilMs && fromMs < row.untilMs);
  }

  add(row: ReservationRow): void {
    for (const agentId of row.agentIds) {
      this.#byAgent.set(agentId, [...(this.#byAgent.get(agentId) ?? []), row]);
    }
    this.#refresh(row);
  }

  remove(row: ReservationRow): void {
    for (const agentId of row.agentIds) {
      const left = (this.#byAgent.get(agentId) ?? []).filter(
        ({ reservationId }) => reservationId !== row.reservationId,
      );
      if (left.length === 0) this.#byAgent.delete(agentId);
      else this.#byAgent.set(agentId, left);
    }
    this.#refresh(row);
  }

  /** Takes what is stored, whichever replica has stored it. */
  replaceAll(rows: readonly ReservationRow[]): void {
    const known = new Map(
      [...this.#byAgent.values()].flat().map((row) => [row.reservationId, row]),
    );
    const stored = new Set(rows.map(({ reservationId }) => reservationId));
    for (const row of known.values()) if (!stored.has(row.reservationId)) this.remove(row);
    for (const row of rows) if (!known.has(row.reservationId)) this.add(row);
  }

  /** Tells the agents of whatever began or ended since the last turn. */
  turn(): void {
    const nowMs = this.#clock.nowMs();
    const passed = (ms: number) => this.#turnedAtMs < ms && ms <= nowMs;
    for (const row of new Set([...this.#byAgent.values()].flat())) {
      if (passed(row.untilMs)) this.remove(row);
      else if (passed(row.fromMs)) this.#refresh(row);
    }
    this.#turnedAtMs = nowMs;
  }

  /** Those with a socket are looked at again; a poll says anew what is free before long. */
  #refresh({ agentIds }: ReservationRow): void {
    for (const agentId of agentIds) this.#agentLinks.of(agentId)?.refresh();
  }
}
