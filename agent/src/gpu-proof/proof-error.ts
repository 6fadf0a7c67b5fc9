/** Why a device could not even try. The detail is one sentence for people. */
export const proofFailures = [
  'webgpu-missing',
  'no-adapter',
  'wrong-adapter',
  'many-adapters',
  'software-adapter',
  'not-enough-memory',
  'region-too-large',
  'device-lost',
  'busy',
  'too-slow',
  'prover-failed',
] as const;
export type ProofFailure = (typeof proofFailures)[number];

export class ProofError extends Error {
  override readonly name = 'ProofError';
  readonly failure: ProofFailure;

  constructor(failure: ProofFailure, detail: string) {
    super(detail);
    this.failure = failure;
  }
}
