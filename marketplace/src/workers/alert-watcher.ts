import type { Loop } from '@node3/shared/loop';
import { type AlertDeps, AlertWatch } from '../services/watch-alerts.ts';
import { type SingleDeps, startSingleLoop } from './single-loop.ts';

/** A person looks at an alert, not a program: a quarter of a minute is soon enough. */
const turnMs = 15_000;

export function startAlertWatcher(deps: AlertDeps & SingleDeps): Loop {
  const watch = new AlertWatch(deps);
  const leave = watch.start();
  const loop = startSingleLoop(deps, {
    name: 'alert-watcher',
    intervalMs: turnMs,
    log: deps.log,
    run: () => watch.turn(),
  });
  return {
    wake: () => loop.wake(),
    stop() {
      leave();
      return loop.stop();
    },
  };
}
