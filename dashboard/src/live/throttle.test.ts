import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { throttle } from './throttle.ts';

describe('throttle', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('runs at once, then once more for a burst, and then rests', () => {
    const run = vi.fn<() => void>();
    const refresh = throttle(run, 100);
    refresh.trigger();
    refresh.trigger();
    refresh.trigger();
    expect(run).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(100);
    expect(run).toHaveBeenCalledTimes(2);
    vi.advanceTimersByTime(1000);
    expect(run).toHaveBeenCalledTimes(2);
    refresh.trigger();
    expect(run).toHaveBeenCalledTimes(3);
  });

  it('does nothing after it was stopped', () => {
    const run = vi.fn<() => void>();
    const refresh = throttle(run, 100);
    refresh.trigger();
    refresh.trigger();
    refresh.stop();
    vi.advanceTimersByTime(1000);
    expect(run).toHaveBeenCalledTimes(1);
  });
});
