import type { BatchRow } from '../store/payout-store.ts';
import type { PayoutContext, StepReport } from './payout-context.ts';
import type { BatchAction } from './payout-decision.ts';
import { beginVoid, endVoid, post } from './payout-ending.ts';
import { confirm, send, signPayment, signTombstone } from './payout-sending.ts';

/** Carries out one action on one batch. Each is repeatable: a crash anywhere leaves it to be done again. */
export async function actOnBatch(
  context: PayoutContext,
  batch: BatchRow,
  action: BatchAction,
  report: StepReport,
): Promise<void> {
  switch (action.action) {
    case 'wait':
      return;
    case 'sign':
      return signPayment(context, batch, report);
    case 're-sign':
      context.fp('before-re-sign');
      return signPayment(context, batch, report);
    case 'send':
      return send(context, batch, action.attempt, report);
    case 'confirm':
      return confirm(context, batch, action.attempt);
    case 'begin-void':
      return beginVoid(context, batch);
    case 'sign-void':
      return signTombstone(context, batch, report);
    case 'post':
      return post(context, batch, report);
    case 'end-void':
      return endVoid(context, batch, report);
  }
}
