/**
 * Runs `run` at once and then at most every `intervalMs`, with a last run for whatever came in
 * between: a burst of events costs two requests, and the newest state is never missed.
 */
export function throttle(run: () => void, intervalMs: number) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let again = false;
  function rest() {
    timer = undefined;
    if (!again) return;
    again = false;
    trigger();
  }
  function trigger() {
    if (timer !== undefined) {
      again = true;
      return;
    }
    timer = setTimeout(rest, intervalMs);
    run();
  }
  return {
    trigger,
    stop() {
      clearTimeout(timer);
      timer = undefined;
      again = false;
    },
  };
}
