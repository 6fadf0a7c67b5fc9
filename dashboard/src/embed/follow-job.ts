import type { Clock } from '@node3/shared/clock';
import { NoAnswer } from './ask-marketplace.ts';
import { type Ask, type EmbedJob, readRound } from './read-round.ts';

const roundMs = 2_000;
const pauseMsMax = 30_000;

/**
 * How things stand: `shown` is what was read last. It stays when nothing can be read for a while, and
 * goes when the link ends.
 */
export interface Standing {
  shown: EmbedJob | null;
  /** When it was read, by this machine's clock. */
  readAtMs: number | null;
  /** `late`: the last request got no answer. `ended`: the link shows nothing any more. */
  state: 'following' | 'late' | 'over' | 'ended';
}

interface FollowOptions {
  ask: Ask;
  linesMax: number;
  clock: Pick<Clock, 'nowMs'>;
  signal: AbortSignal;
  show: (standing: Standing) => void;
}

/** Reads a job every two seconds until it is over or its link has ended. Failures only slow it down. */
export function followJob({ ask, linesMax, clock, signal, show }: FollowOptions): void {
  let standing: Standing = { shown: null, readAtMs: null, state: 'following' };
  let failures = 0;

  async function turn(): Promise<void> {
    if (signal.aborted) return;
    let pauseMs = roundMs;
    try {
      const shown = await readRound(ask, standing.shown, linesMax);
      failures = 0;
      const state = shown === null ? 'ended' : shown.isOver ? 'over' : 'following';
      standing = { shown, readAtMs: clock.nowMs(), state };
    } catch (error) {
      failures += 1;
      standing = { ...standing, state: 'late' };
      const wantedMs = error instanceof NoAnswer ? (error.retryAfterSec ?? 0) * 1_000 : 0;
      pauseMs = Math.min(Math.max(roundMs * 2 ** failures, wantedMs), pauseMsMax);
    }
    if (signal.aborted) return;
    show(standing);
    if (standing.state !== 'over' && standing.state !== 'ended') {
      setTimeout(() => void turn(), pauseMs);
    }
  }
  void turn();
}
