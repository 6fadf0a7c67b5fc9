/** What a payer can make us spend per payment. The fee payer and the verifier both apply these. */
export const paymentLimits = {
  /** The payer and us: each signature costs 5,000 lamports. */
  signaturesMax: 2,
  /** A transfer with memo takes about 7,000 and a stock client asks for 20,000 (2026-11-26). */
  computeUnitsMax: 60_000,
  /** Stock clients offer 1. At the unit limit this is 600 lamports. */
  unitPriceMicroLamportsMax: 10_000,
};

/** What the cluster charges for each signature. Only bounds our budget; the real fee is read back. */
const lamportsPerSignature = 5_000n;

/** The most that sending a message with these numbers can cost, lamports. */
export function feeLamportsMax(signatures: number, unitPriceMicroLamports: bigint): bigint {
  const priority = BigInt(paymentLimits.computeUnitsMax) * unitPriceMicroLamports;
  return BigInt(signatures) * lamportsPerSignature + (priority + 999_999n) / 1_000_000n;
}
