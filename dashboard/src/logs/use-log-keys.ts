import type { KeyboardEvent } from 'react';
import { type LogOptions, timeForms } from './log-options.ts';

interface LogKeys {
  follow: () => void;
  toEnd: () => void;
  toStart: () => void;
  toError: () => void;
  find: () => void;
  go: (direction: 'next' | 'previous') => void;
  wrap: () => void;
  options: LogOptions;
  changeOptions: (change: Partial<LogOptions>) => void;
  /** null while it is not full screen. */
  leaveFull: (() => void) | null;
}

/** Keys while the focus is in the log: space, n, N, G, g, e, t, w, / and Ctrl+F, Escape. */
export function useLogKeys(keys: LogKeys): (event: KeyboardEvent) => void {
  const actions: Record<string, () => void> = {
    ' ': keys.follow,
    n: () => keys.go('next'),
    N: () => keys.go('previous'),
    G: keys.toEnd,
    End: keys.toEnd,
    g: keys.toStart,
    Home: keys.toStart,
    e: keys.toError,
    w: keys.wrap,
    t: () => keys.changeOptions({ times: nextTimes(keys.options) }),
    '/': keys.find,
  };
  return (event) => {
    const isFind = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'f';
    const { target } = event;
    const isField = target instanceof Element && target.closest('input, select, textarea') !== null;
    const isButton = target instanceof Element && target.closest('button, [role=menu]') !== null;
    const isPlainKey = !event.ctrlKey && !event.metaKey && !event.altKey && !isField && !isButton;
    const action = isFind
      ? keys.find
      : event.key === 'Escape'
        ? keys.leaveFull
        : isPlainKey
          ? actions[event.key]
          : undefined;
    if (action === undefined || action === null) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  };
}

function nextTimes({ times }: LogOptions): LogOptions['times'] {
  return timeForms[(timeForms.indexOf(times) + 1) % timeForms.length] ?? 'off';
}
