import { isMarketError, type MarketError } from '@node3/shared/error';
import { simulate } from '../solana/chain-reads.ts';
import type { RpcPool } from '../solana/rpc.ts';
import type { X402, X402Offer } from '../x402-port.ts';
import { toRequirements } from '../x402-wire.ts';
import { paymentLimits } from './payment-limits.ts';

/**
 * Verifies with the protocol's own library, which is loaded at the first payment: it takes 280 ms and
 * 34 MB (2026-11-26). Payments in the form of the first version are checked by the rules of the
 * second, which also bound what they cost us.
 */
export function createPaymentVerifier(rpc: RpcPool, offer: X402Offer): X402['verify'] {
  return async ({ transaction }, charge) => {
    const { ExactSvmScheme } = await import('@x402/svm/exact/facilitator');
    type Signer = ConstructorParameters<typeof ExactSvmScheme>[0];
    const refuse = () => Promise.reject(new Error('the verifier only verifies'));
    let unavailable: MarketError | null = null;
    const signer: Signer = {
      getAddresses: () => [offer.feePayer as ReturnType<Signer['getAddresses']>[number]],
      async simulateTransaction(base64) {
        try {
          const { err } = await simulate(rpc, Buffer.from(base64, 'base64'));
          if (err !== null) throw new Error(JSON.stringify(err));
        } catch (error) {
          // The library takes every error for the payment's fault; an absent chain is not.
          if (isMarketError(error)) unavailable = error;
          throw error;
        }
      },
      signTransaction: refuse,
      sendTransaction: refuse,
      confirmTransaction: refuse,
    };
    const scheme = new ExactSvmScheme(signer, undefined, {
      maxPriorityFeeMicroLamports: paymentLimits.unitPriceMicroLamportsMax,
      maxComputeUnits: paymentLimits.computeUnitsMax,
      maxRequiredSignatures: paymentLimits.signaturesMax,
    });
    const accepted = toRequirements(offer, charge);
    const payload = { x402Version: 2, accepted, payload: { transaction } };
    const verdict = await scheme.verify(payload, accepted);
    if (unavailable !== null) throw unavailable;
    return verdict.isValid ? null : (verdict.invalidReason ?? 'invalid_payment');
  };
}
