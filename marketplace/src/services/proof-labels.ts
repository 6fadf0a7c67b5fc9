import type { Clock } from '@node3/shared/clock';
import type { Device } from '@node3/shared/device';
import { limits } from '@node3/shared/limits';
import type { EndedProof, GpuProofStore } from '../store/gpu-proof-store.ts';
import { fingerprintOf, leasedFinding } from './read-gpu-proofs.ts';

/** Proofs that one read looks at. */
const proofsPerRead = 2_000;
/** A replica's clock may be behind, and what it wrote comes to be seen later than its time. */
const slackMs = 60_000;

/**
 * The newest proof of every device that says something of it, in memory, so that all offers can be
 * told apart by their labels. After the first look each one reads only what has ended since.
 */
export class ProofLabels {
  readonly #store: Pick<GpuProofStore, 'gpuProofsEnded'>;
  readonly #clock: Clock;
  readonly #newest = new Map<string, EndedProof>();
  #fromMs = 0;
  #readAtMs = Number.NEGATIVE_INFINITY;

  constructor(store: Pick<GpuProofStore, 'gpuProofsEnded'>, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Reads what is new, unless that was done a moment ago. */
  async refresh(): Promise<void> {
    if (this.#clock.monotonicMs() - this.#readAtMs < limits.proofLabelsAgeMs) return;
    this.#readAtMs = this.#clock.monotonicMs();
    const oldestMs = this.#clock.nowMs() - limits.proofLabelMs;
    for (const [key, { endedAtMs }] of this.#newest) {
      if (endedAtMs < oldestMs) this.#newest.delete(key);
    }
    let after = {
      endedAtMs: Math.max(oldestMs, this.#fromMs - slackMs),
      proofId: '',
      deviceId: '',
    };
    for (;;) {
      const proofs = await this.#store.gpuProofsEnded(after, proofsPerRead);
      for (const proof of proofs) this.#note(proof);
      const last = proofs.at(-1);
      if (last === undefined || proofs.length < proofsPerRead) return;
      after = last;
    }
  }

  #note(proof: EndedProof): void {
    this.#fromMs = Math.max(this.#fromMs, proof.endedAtMs);
    // Only a job is an excuse for not answering: see `validProof`.
    if (proof.state === 'void' && proof.finding === leasedFinding) return;
    const key = keyOf(proof.agentId, proof.deviceId);
    if ((this.#newest.get(key)?.issuedAtMs ?? 0) <= proof.issuedAtMs) this.#newest.set(key, proof);
  }

  /** When each of these devices was proven, the first one of them; null where one is not. */
  provenAtMs(agentId: string, devices: readonly Device[]): number | null {
    const oldestMs = this.#clock.nowMs() - limits.proofLabelMs;
    let firstMs: number | null = null;
    for (const device of devices) {
      const proof = this.#newest.get(keyOf(agentId, device.id));
      const isValid =
        proof?.state === 'passed' &&
        proof.endedAtMs > oldestMs &&
        proof.fingerprint === fingerprintOf(device);
      if (!isValid) return null;
      firstMs = Math.min(firstMs ?? proof.endedAtMs, proof.endedAtMs);
    }
    return firstMs;
  }
}

function keyOf(agentId: string, deviceId: string): string {
  return `${agentId} ${deviceId}`;
}
