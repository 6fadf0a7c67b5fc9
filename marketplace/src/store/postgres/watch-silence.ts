/**
 * Calls `onSilent` once nothing was heard for `ms` milliseconds. What has arrived and could not be read
 * yet, because this process stood still, is read first: then nobody else was silent.
 */
export function watchSilence(
  ms: number,
  onSilent: () => void,
): {
  heard: () => void;
  end: () => void;
} {
  let heard = 0;
  let isOver = false;
  const timer = setTimeout(() => {
    const before = heard;
    // Sockets are read between a timer and an immediate.
    setImmediate(() => {
      if (!isOver && heard === before) onSilent();
    });
  }, ms);
  return {
    heard() {
      heard += 1;
      if (!isOver) timer.refresh();
    },
    end() {
      isOver = true;
      clearTimeout(timer);
    },
  };
}
