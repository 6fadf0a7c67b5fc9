/** Agents for whom a challenge waits, so that a heartbeat of any other one costs no look at the store. */
export class GpuProofNotices {
  readonly #proofs = new Map<string, string>();

  add(agentId: string, proofId: string): void {
    this.#proofs.set(agentId, proofId);
  }

  /** The proof that waits for an agent. */
  of(agentId: string): string | null {
    return this.#proofs.get(agentId) ?? null;
  }

  delete(agentId: string): void {
    this.#proofs.delete(agentId);
  }
}
