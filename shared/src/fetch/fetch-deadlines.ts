import { MarketError } from '../error.ts';
import { watchRate } from '../rate-watch.ts';

/** All in milliseconds, of one fetch. */
export interface FetchTimeouts {
  /** Name look-up, connection and TLS of one hop. */
  connectMs?: number;
  /** From the connection to the head of the answer. */
  headersMs?: number;
  /** The whole fetch with its redirects. */
  totalMs?: number;
  /** In each span of this length at least `windowBytes` have to come. */
  windowMs?: number;
  windowBytes?: number;
}

export const usualTimeouts = {
  connectMs: 5_000,
  headersMs: 10_000,
  totalMs: 600_000,
  windowMs: 15_000,
  /** 1 KiB/s: slower is an attack or useless. */
  windowBytes: 15 * 1024,
} as const satisfies FetchTimeouts;

/** Why a fetch failed, for the `reason` in the error's context. */
export type FailedBecause =
  | 'dns'
  | 'connection'
  | 'redirect'
  | 'timeout'
  | 'slow'
  | 'size'
  | 'encoding'
  | 'sha256';

export function unreachable(reason: FailedBecause, detail: string, cause?: unknown): MarketError {
  return new MarketError('URL_UNREACHABLE', { detail, reason }, { cause });
}

/** The clocks of one fetch. Its signal is aborted with the error that tells which one ran out. */
export interface FetchDeadlines {
  readonly signal: AbortSignal;
  /** Starts the clock of a phase; the one of the phase before it is stopped. */
  enter(phase: 'connect' | 'headers'): void;
  /** Starts to look at how fast a body comes; `received` counts its bytes on the wire. */
  watchRate(received: () => number): void;
  /** While the reader is busy with a piece, a server that waits for it is not slow. */
  hold(): void;
  release(): void;
  /** Stops every clock. */
  end(): void;
}

export function startDeadlines(
  options: FetchTimeouts = {},
  outer: AbortSignal | null = null,
): FetchDeadlines {
  const times = { ...usualTimeouts, ...options };
  const abort = new AbortController();
  let phase: NodeJS.Timeout | undefined;
  const after = (ms: number, what: string) =>
    setTimeout(() => abort.abort(unreachable('timeout', `${what} ${ms} ms.`)), ms);
  const total = after(times.totalMs, 'It took longer than');
  const stopOuter = () => abort.abort(outer?.reason);
  outer?.addEventListener('abort', stopOuter, { once: true });
  if (outer?.aborted) stopOuter();
  const rate = watchRate(times, () => {
    const least = `less than ${times.windowBytes} bytes in ${times.windowMs} ms`;
    abort.abort(unreachable('slow', `The server sent ${least}.`));
  });
  return {
    signal: abort.signal,
    enter(name) {
      clearTimeout(phase);
      const [ms, what] =
        name === 'connect'
          ? ([times.connectMs, 'No connection in'] as const)
          : ([times.headersMs, 'No answer in'] as const);
      phase = after(ms, what);
    },
    watchRate(received) {
      clearTimeout(phase);
      rate.start(received);
    },
    hold: () => rate.hold(),
    release: () => rate.release(),
    end() {
      clearTimeout(phase);
      clearTimeout(total);
      rate.stop();
      outer?.removeEventListener('abort', stopOuter);
    },
  };
}
