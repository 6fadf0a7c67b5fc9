import type { Asset } from '@node3/shared/money';
import { gpuAsk } from '../domain/matching.ts';
import type { PlacementFacts } from '../domain/placement-strategy.ts';
import type { AgentView } from './agent-view.ts';
import type { IdleStay } from './idle-stay.ts';
import type { Signature } from './signatures.ts';

/** An idle agent with room, as it stands in the orders: its facts stay as they are there. */
export class IdleMember {
  readonly stay: IdleStay;
  readonly owner: number;
  readonly view: AgentView;
  /** Kinds of its free devices. */
  readonly models: readonly string[];
  readonly #facts: Record<Asset, PlacementFacts>;

  constructor(
    { stay, owner, view, models }: Pick<IdleMember, 'stay' | 'owner' | 'view' | 'models'>,
    lastLeasedAtMs: number | null,
  ) {
    this.stay = stay;
    this.owner = owner;
    this.view = view;
    this.models = models;
    const { agent, capacity } = stay;
    const { offer, freeSlots } = capacity;
    const facts = (asset: Asset): PlacementFacts => ({
      agentId: agent.agentId,
      freeSlots,
      slots: offer.slots,
      ...agent.standing,
      ask: gpuAsk(offer, asset),
      lastLeasedAtMs,
      familiarity: 0,
    });
    this.#facts = { SOL: facts('SOL'), USDC: facts('USDC') };
  }

  facts(asset: Asset): PlacementFacts {
    return this.#facts[asset];
  }

  /** Work without a GPU has no ask. */
  factsFor({ asset, signature }: { asset: Asset; signature: Signature }): PlacementFacts {
    const facts = this.#facts[asset];
    return signature.needs.gpus === null ? { ...facts, ask: null } : facts;
  }
}
