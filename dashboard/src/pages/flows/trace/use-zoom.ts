import { type KeyboardEvent, useState } from 'react';
import { moved, type Span, zoomed } from './time-scale.ts';

export interface Zoom {
  /** What is shown. */
  shown: Span;
  isWhole: boolean;
  to: (span: Span) => void;
  by: (factor: number) => void;
  move: (share: number) => void;
  reset: () => void;
}

/** Which part of a run is looked at. The whole grows with a run that goes on; a part of it stays. */
export function useZoom(whole: Span): Zoom {
  const [chosen, setChosen] = useState<Span | null>(null);
  const shown = chosen ?? whole;
  const set = (span: Span) =>
    setChosen(span.fromMs <= whole.fromMs && span.toMs >= whole.toMs ? null : span);
  return {
    shown,
    isWhole: chosen === null,
    to: (span) => set(zoomed(span, whole, 1)),
    by: (factor) => set(zoomed(shown, whole, factor)),
    move: (share) => set(moved(shown, whole, share)),
    reset: () => setChosen(null),
  };
}

/** Keys while the focus is on the chart: + and - zoom, left and right move, 0 shows all, up and down choose. */
export function traceKeys(zoom: Zoom, choose: (by: 1 | -1) => void) {
  const actions: Record<string, () => void> = {
    '+': () => zoom.by(0.5),
    '=': () => zoom.by(0.5),
    '-': () => zoom.by(2),
    0: zoom.reset,
    Home: zoom.reset,
    ArrowLeft: () => zoom.move(-0.25),
    ArrowRight: () => zoom.move(0.25),
    ArrowUp: () => choose(-1),
    ArrowDown: () => choose(1),
  };
  return (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const action = actions[event.key];
    if (action === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  };
}
