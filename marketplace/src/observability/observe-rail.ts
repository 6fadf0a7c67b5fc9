import type { Observation, PaymentRail } from '../payments/payment-rail.ts';

/** The same rail, which tells what the chain says of transactions whenever somebody looks. */
export function observeRail(
  rail: PaymentRail,
  onProgress: (progress: Observation['progress']) => void,
): PaymentRail {
  return {
    ...rail,
    async observe(request) {
      const observation = await rail.observe(request);
      onProgress(observation.progress);
      return observation;
    },
  };
}
