import { type Asset, assets } from '@node3/shared/money';
import type { AgentView } from './agent-view.ts';
import type { Lanes } from './lanes.ts';
import type { JobPlaces } from './need-bounds.ts';

/** The open jobs that are looked for together: one part of the index. */
export interface Group {
  id: number;
  lanes: Lanes;
  gpus: string;
  asset: Asset;
  selector: JobPlaces['selector'];
  value: string;
}

type Selectors = Record<JobPlaces['selector'], Map<string, Group>>;

/**
 * Which parts the index has, by the kind of GPU and by what narrows a job down most. An agent looks at
 * those it fits and at no other: jobs for a model, region, label, provider or agent that is not its
 * own are never in its way. Parts without jobs are forgotten.
 */
export class JobGroups {
  readonly #groups = {
    SOL: new Map<string, Selectors>(),
    USDC: new Map<string, Selectors>(),
  };

  readonly #byId: (Group | null)[] = [];
  readonly #freeIds: number[] = [];

  readonly #newLanes: () => Lanes;

  constructor(newLanes: () => Lanes) {
    this.#newLanes = newLanes;
  }

  get(id: number): Group {
    const found = this.#byId[id];
    if (found === undefined || found === null) throw new Error('an entry is in a group');
    return found;
  }

  /** The groups of a job; those that do not exist yet are made. */
  of(places: JobPlaces, asset: Asset): Group[] {
    const { selector, values } = places;
    return places.gpus.flatMap((gpus) => {
      const selectors = this.#selectorsOf(asset, gpus);
      return values.map((value) => {
        const known = selectors[selector].get(value);
        if (known !== undefined) return known;
        const id = this.#freeIds.pop() ?? this.#byId.length;
        const made: Group = { id, lanes: this.#newLanes(), gpus, asset, selector, value };
        this.#byId[id] = made;
        selectors[selector].set(value, made);
        return made;
      });
    });
  }

  forget({ id, asset, gpus, selector, value }: Group): void {
    this.#byId[id] = null;
    this.#freeIds.push(id);
    const selectors = this.#groups[asset].get(gpus);
    if (selectors === undefined) return;
    selectors[selector].delete(value);
    if (Object.values(selectors).every(({ size }) => size === 0)) this.#groups[asset].delete(gpus);
  }

  /** The groups of jobs that want the same kind of GPU, wherever else: at most `count`. */
  like(gpus: readonly string[], count: number): Group[] {
    const found: Group[] = [];
    for (const asset of assets) {
      for (const key of gpus) {
        for (const groups of Object.values(this.#groups[asset].get(key) ?? {})) {
          for (const group of groups.values()) if (found.push(group) >= count) return found;
        }
      }
    }
    return found;
  }

  /** Every group that could hold a job of these kinds for this agent. */
  for(
    agent: { agentId: string; wallet: string },
    view: AgentView,
    { asset, kinds }: { asset: Asset; kinds: Iterable<string> },
  ): Group[] {
    const found: Group[] = [];
    for (const gpus of kinds) {
      const selectors = this.#groups[asset].get(gpus);
      if (selectors === undefined) continue;
      pick(selectors.none, '', found);
      pick(selectors.agent, agent.agentId, found);
      pick(selectors.provider, agent.wallet, found);
      for (const label of view.labels) pick(selectors.label, label, found);
      for (const region of view.regions) pick(selectors.region, region, found);
    }
    return found;
  }

  #selectorsOf(asset: Asset, gpus: string): Selectors {
    const known = this.#groups[asset].get(gpus);
    if (known !== undefined) return known;
    const made: Selectors = {
      agent: new Map(),
      provider: new Map(),
      label: new Map(),
      region: new Map(),
      none: new Map(),
    };
    this.#groups[asset].set(gpus, made);
    return made;
  }
}

function pick(groups: Map<string, Group>, value: string, into: Group[]): void {
  const group = groups.get(value);
  if (group !== undefined) into.push(group);
}
