import type { BaseUnits } from '@node3/shared/money';

/** The most that may be spent; null is no limit. */
export interface Caps {
  /** Price of one job, fee included. */
  perJob: BaseUnits | null;
  /** Held for all open jobs together. Only accounts have it. */
  open: BaseUnits | null;
  /** Prices of the jobs posted in one UTC day: what is held for them, later what they cost. */
  perDay: BaseUnits | null;
}

export type CapKind = keyof Caps;
export const capKinds = ['perJob', 'open', 'perDay'] as const satisfies CapKind[];

export const noCaps: Caps = { perJob: null, open: null, perDay: null };

/** Whose cap it is: every one holds, so the lowest of them decides. */
export type CapScope = 'operator' | 'account' | 'key';

export interface CapCheck {
  scope: CapScope;
  caps: Caps;
  /** What counts against the caps already, without the job in question. */
  used: { open: BaseUnits; today: BaseUnits };
}

export interface ExceededCap {
  scope: CapScope;
  kind: CapKind;
  limit: BaseUnits;
  used: BaseUnits;
}

/** The first cap that a job of this price would break; null when it may be posted. */
export function findExceededCap(price: BaseUnits, checks: readonly CapCheck[]): ExceededCap | null {
  for (const { scope, caps, used } of checks) {
    const usedOf = { perJob: 0n as BaseUnits, open: used.open, perDay: used.today };
    for (const kind of capKinds) {
      const limit = caps[kind];
      if (limit === null || usedOf[kind] + price <= limit) continue;
      return { scope, kind, limit, used: usedOf[kind] };
    }
  }
  return null;
}

/** Whether any limit becomes wider: only the owner may do that, whoever may make it narrower. */
export function raisesAny(before: Caps, after: Caps): boolean {
  return capKinds.some((kind) => {
    const [old, now] = [before[kind], after[kind]];
    return old !== null && (now === null || now > old);
  });
}

const dayMs = 86_400_000;

export function dayOf(atMs: number): number {
  return Math.floor(atMs / dayMs);
}

/** When the caps per day begin anew: the next midnight UTC. */
export function dayEndsAtMs(atMs: number): number {
  return (dayOf(atMs) + 1) * dayMs;
}
