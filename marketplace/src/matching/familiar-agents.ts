import { limits } from '@node3/shared/limits';

/** What an agent gets to know by running a job. */
export interface Acquaintance {
  image: string;
  /** null where nobody has posted the job yet. */
  accountId: string | null;
}

/**
 * Which agents ran an image, or jobs of an account, lately: for jobs that would rather go where
 * something of theirs may still lie. A memory of this process, not a promise; the newest are kept.
 */
export class FamiliarAgents {
  /** The least recently used key first; of each the most recent agent last. */
  readonly #byKey = new Map<string, Set<string>>();

  note(agentId: string, acquaintance: Acquaintance): void {
    for (const [key] of keysOf(acquaintance)) {
      const agents = this.#byKey.get(key) ?? new Set<string>();
      this.#byKey.delete(key);
      this.#byKey.set(key, agents);
      agents.delete(agentId);
      agents.add(agentId);
      dropFirst(agents, limits.familiarAgents);
      dropFirst(this.#byKey, limits.familiarKeys);
    }
  }

  /** How much each of them knows: two for the image, one for the account. */
  of(acquaintance: Acquaintance): ReadonlyMap<string, number> {
    const known = new Map<string, number>();
    for (const [key, weight] of keysOf(acquaintance)) {
      for (const agentId of this.#byKey.get(key) ?? []) {
        known.set(agentId, (known.get(agentId) ?? 0) + weight);
      }
    }
    return known;
  }
}

function keysOf({ image, accountId }: Acquaintance): [string, number][] {
  const ofImage: [string, number] = [`image ${image}`, 2];
  return accountId === null ? [ofImage] : [ofImage, [`account ${accountId}`, 1]];
}

function dropFirst(kept: Map<string, unknown> | Set<string>, max: number): void {
  const [first] = kept.keys();
  if (kept.size > max && first !== undefined) kept.delete(first);
}
