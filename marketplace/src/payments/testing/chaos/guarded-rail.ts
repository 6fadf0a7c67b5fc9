import type { PaymentRail, SignRequest } from '../../payment-rail.ts';
import type { ProcessLife } from './process-life.ts';

/** What the run remembers of every transaction ever signed, over all processes. */
export interface SignedLog {
  /** By the raw bytes in base64: what the transaction is for. */
  kinds: Map<string, SignRequest['kind']>;
}

/** The rail as the process sees it, which may die before and after each send. */
export function guardRail(rail: PaymentRail, life: ProcessLife, log: SignedLog): PaymentRail {
  return {
    ...rail,
    async sign(request) {
      life.assertAlive();
      const result = await rail.sign(request);
      life.assertAlive();
      if ('signed' in result) log.kinds.set(keyOf(result.signed.raw), request.kind);
      return result;
    },
    async send(raw) {
      const kind = log.kinds.get(keyOf(raw));
      if (kind === undefined) throw new Error('bytes are sent that nobody signed');
      life.reach(`before send ${kind}`);
      await rail.send(raw);
      life.reach(`after send ${kind}`);
    },
  };
}

function keyOf(raw: Uint8Array): string {
  return Buffer.from(raw).toString('base64');
}
