import type { Clock } from '@node3/shared/clock';
import { MarketError } from '@node3/shared/error';
import { isTerminalFlowRun } from '@node3/shared/flow-state';
import { stopRun } from '../domain/flow-run-change.ts';
import type { FlowRunRow, FlowStore } from '../store/flow-store.ts';
import { findOwnRun } from './read-flow-run.ts';

/**
 * Ends a run in the store. Whoever drives it hears of that, ends what is under way and cancels its
 * jobs. Cancelling it again is answered; a run that ended otherwise is RUN_STATE_INVALID.
 */
export async function cancelFlowRun(
  deps: { store: FlowStore; clock: Clock },
  accountId: string,
  runId: string,
): Promise<FlowRunRow> {
  const { run } = await findOwnRun(deps, accountId, runId);
  if (run.state === 'cancelled') return run;
  const error = { code: 'RUN_CANCELLED', message: 'The run was cancelled.' };
  const sight = await deps.store.changeFlowRun(runId, null, (stored) =>
    stopRun(stored, 'cancelled', error, deps.clock.nowMs()),
  );
  const now = sight?.run ?? run;
  if (isTerminalFlowRun(now.state) && now.state !== 'cancelled') {
    const detail = `The run has ended already: it is ${now.state}.`;
    throw new MarketError('RUN_STATE_INVALID', { detail, runId, state: now.state });
  }
  return now;
}
