import { systemClock } from '@node3/shared/clock';
import { useEffect, useState } from 'react';

/** The current time, renewed every `intervalMs` while the component is shown. */
export function useNow(intervalMs: number): number {
  const [nowMs, setNowMs] = useState(() => systemClock.nowMs());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(systemClock.nowMs()), intervalMs);
    return () => clearInterval(timer);
  }, [intervalMs]);
  return nowMs;
}
