import type { Device } from '@node3/shared/device';
import type { Asset, BaseUnits } from '@node3/shared/money';
import { askForCount } from '../domain/device-asks.ts';
import { qualifyingDevices } from '../domain/fit-gpus.ts';
import type { PlacementFacts } from '../domain/placement-strategy.ts';
import type { AgentView, AskLevel } from './agent-view.ts';
import type { IdleStay } from './idle-stay.ts';
import type { Signature } from './signatures.ts';

/** An idle agent with room, as it stands in the orders: its facts stay as they are there. */
export class IdleMember {
  readonly stay: IdleStay;
  readonly owner: number;
  readonly view: AgentView;
  readonly #kindsOf: (devices: readonly Device[]) => string[];
  readonly #kinds = new Map<readonly Device[], readonly string[]>();
  readonly #facts: PlacementFacts;

  constructor(
    { stay, owner, view }: Pick<IdleMember, 'stay' | 'owner' | 'view'>,
    kindsOf: (devices: readonly Device[]) => string[],
    lastLeasedAtMs: number | null,
  ) {
    this.stay = stay;
    this.owner = owner;
    this.view = view;
    this.#kindsOf = kindsOf;
    const { agent, capacity } = stay;
    this.#facts = {
      agentId: agent.agentId,
      freeSlots: capacity.freeSlots,
      slots: capacity.offer.slots,
      ...agent.standing,
      ask: null,
      lastLeasedAtMs,
      familiarity: 0,
    };
  }

  /** Kinds of the devices of a level. */
  kindsOf({ devices }: AskLevel): readonly string[] {
    const known = this.#kinds.get(devices) ?? this.#kindsOf(devices);
    this.#kinds.set(devices, known);
    return known;
  }

  /** As somebody sees it from whom it asks so much; null where it takes anything. */
  facts(ask: BaseUnits | null): PlacementFacts {
    return ask === null ? this.#facts : { ...this.#facts, ask };
  }

  /** Work without a GPU has no ask. */
  factsFor({ asset, signature }: { asset: Asset; signature: Signature }): PlacementFacts {
    const { gpus } = signature.needs;
    if (gpus === null) return this.#facts;
    const { offer } = this.stay.capacity;
    const usable = qualifyingDevices(gpus, this.view.devices, 'allowed');
    return this.facts(askForCount(offer, usable, { count: gpus.count, asset }));
  }
}
