import type { JobState } from '@node3/shared/job-state';

/** A colour never stands alone: each state has a mark beside its word. */
export interface EmbedLook {
  tone: 'idle' | 'busy' | 'good' | 'bad' | 'warn';
  /** Strokes in a square of 16. */
  path: string;
}

const clock = 'M8 4v4l3 2M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0';
const cross = 'M4 4l8 8M12 4l-8 8';

export const embedLooks: Record<JobState, EmbedLook> = {
  awaiting_funds: { tone: 'warn', path: clock },
  queued: { tone: 'idle', path: 'M4 2h8M4 14h8M5 2c0 4 6 8 6 12M11 2c0 4-6 8-6 12' },
  assigned: { tone: 'busy', path: 'M3 8h9M8 4l4 4-4 4' },
  running: { tone: 'busy', path: 'M5 3l8 5-8 5z' },
  succeeded: { tone: 'good', path: 'M3 8l4 4 6-8' },
  failed: { tone: 'bad', path: cross },
  cancelled: { tone: 'idle', path: 'M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0M4 4l8 8' },
  timed_out: { tone: 'warn', path: clock },
  expired: { tone: 'warn', path: clock },
};

/** Where there is no state: of a link that ended, or of a wrong one. */
export const endedLook: EmbedLook = { tone: 'idle', path: cross };
