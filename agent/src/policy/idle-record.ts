/** How long a device has been left alone by others than our jobs. */
export interface IdleRecord {
  atMs: number;
  /** null: the device does not tell how much it is used. */
  quietMs: number | null;
  /** One of our jobs held it when it was last looked at. */
  held: boolean;
}

export interface UseReading {
  atMs: number;
  /** 0…1; null is unknown. */
  utilizationRatio: number | null;
  /** One of our jobs holds the device. */
  held: boolean;
}

/** From this share of its time on a device counts as used by somebody else. */
export const useRatioMax = 0.2;

/**
 * Adds a reading. What a device does under our own job says nothing of others, so that time counts
 * neither way; neither does the first reading after it, which may still be of the job.
 */
export function recordUse(before: IdleRecord | null, reading: UseReading): IdleRecord {
  const { atMs, held, utilizationRatio } = reading;
  const quietMs = before?.quietMs ?? null;
  if (held || before?.held === true) return { atMs, held, quietMs };
  if (utilizationRatio === null) return { atMs, held, quietMs: null };
  if (utilizationRatio >= useRatioMax || quietMs === null) return { atMs, held, quietMs: 0 };
  return { atMs, held, quietMs: quietMs + Math.max(0, atMs - (before?.atMs ?? atMs)) };
}
