/** @returns whether the work ended before the time was up. */
export async function settlesWithin(
  work: Promise<void>,
  timeoutMs: number | undefined,
  signal: AbortSignal,
): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = timeoutMs === undefined ? null : setTimeout(() => resolve(false), timeoutMs);
  const onAbort = () => resolve(true);
  signal.addEventListener('abort', onAbort, { once: true });
  work.then(
    () => resolve(true),
    () => resolve(true),
  );
  try {
    return await promise;
  } finally {
    if (timer !== null) clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}
