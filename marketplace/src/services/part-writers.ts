import { MarketError } from '@node3/shared/error';

/**
 * Who writes parts of which upload here now. While one is completed nothing is written to it any
 * more: what was hashed is what stays. Those who complete the same one wait for the same answer.
 */
export class PartWriters {
  readonly #writers = new Map<string, number>();
  readonly #completing = new Map<string, Promise<unknown>>();

  async write<T>(artifactId: string, work: () => Promise<T>): Promise<T> {
    if (this.#completing.has(artifactId)) {
      const detail = 'The upload is being completed; nothing more can be sent.';
      throw new MarketError('ARTIFACT_STATE_INVALID', { detail, artifactId });
    }
    this.#writers.set(artifactId, (this.#writers.get(artifactId) ?? 0) + 1);
    try {
      return await work();
    } finally {
      const left = (this.#writers.get(artifactId) ?? 1) - 1;
      if (left === 0) this.#writers.delete(artifactId);
      else this.#writers.set(artifactId, left);
    }
  }

  complete<T>(artifactId: string, work: () => Promise<T>): Promise<T> {
    const underway = this.#completing.get(artifactId) as Promise<T> | undefined;
    if (underway !== undefined) return underway;
    if (this.#writers.has(artifactId)) {
      const detail = 'Parts are still on their way; complete the upload when they were answered.';
      return Promise.reject(new MarketError('ARTIFACT_STATE_INVALID', { detail, artifactId }));
    }
    const completing = work().finally(() => this.#completing.delete(artifactId));
    this.#completing.set(artifactId, completing);
    return completing;
  }
}
