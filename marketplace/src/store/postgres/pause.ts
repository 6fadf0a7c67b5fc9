/** Resolves after `ms` milliseconds; keeps no process alive by itself. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

const pauseMs = { first: 50, max: 1_000 };

/** How long to wait before trying a database that is away again, after `failures` earlier tries. */
export function reconnectPauses(failures: number): number {
  return Math.min(pauseMs.first * 2 ** Math.min(failures, 10), pauseMs.max);
}
