import { nativeImage } from '@node3/shared/job-spec';
import { limits } from '@node3/shared/limits';
import { type Asset, assets, type BaseUnits, zero } from '@node3/shared/money';
import { classAsk, leastAsk } from '../domain/device-asks.ts';
import { qualifyingDevices } from '../domain/fit-gpus.ts';
import {
  buyDevices,
  type Capacity,
  fit,
  type Needs,
  type SimulatedPolicy,
} from '../domain/matching.ts';
import { type AgentView, viewAgent } from './agent-view.ts';
import type { Candidate } from './idle-agent.ts';
import { type Group, JobGroups } from './job-groups.ts';
import { LaneSearch } from './lane-search.ts';
import { type CursorLimits, cursorLimits, Lanes } from './lanes.ts';
import { placesOf } from './need-bounds.ts';
import { OpenJobTable } from './open-job-table.ts';
import { type Entry, RankTree } from './rank-tree.ts';
import { ShownJobs } from './shown-jobs.ts';

/**
 * The jobs that could be claimed, and which of them an agent should get: the same one as a walk over
 * all of them by rank would find. ADR 10 says why it is built like this.
 */
export class OpenJobs {
  readonly table = new OpenJobTable();
  readonly #simulated: SimulatedPolicy;
  readonly #cursorLimits: CursorLimits;
  readonly #tree = new RankTree((one, other) => this.table.ids.compare(one, other));
  readonly #groups = new JobGroups(
    () =>
      new Lanes(this.#tree, (one, other) => this.table.ids.compare(one, other), this.#cursorLimits),
  );
  readonly #lanes = new LaneSearch('decide');
  readonly #shown = new ShownJobs();
  /** The search in which a signature was last found not to fit, by its id. */
  #refusedIn = new Int32Array(64);
  #searches = 0;

  constructor(simulated: SimulatedPolicy, cursors: CursorLimits = cursorLimits) {
    this.#simulated = simulated;
    this.#cursorLimits = cursors;
  }

  /** Entries that all searches so far have looked at: how much work they were, whatever the machine. */
  get looked(): number {
    return this.#tree.looked;
  }

  get bytes(): number {
    return this.table.bytes + this.#tree.bytes + this.#shown.bytes + this.#refusedIn.byteLength;
  }

  isShown(place: number): boolean {
    return this.#shown.has(place);
  }

  /** From now on searches find the job. */
  show(place: number): void {
    if (this.isShown(place)) return;
    for (const group of this.#groupsOf(place)) {
      const entry = group.lanes.add(this.#entryOf(place));
      this.#shown.add(place, { entry, groupId: group.id });
    }
  }

  /** The same for many at once, none of which is shown; yields after each part of the index. */
  *showAll(places: readonly number[]): Generator<void> {
    const byGroup = new Map<Group, number[]>();
    for (const place of places) {
      for (const group of this.#groupsOf(place)) {
        const members = byGroup.get(group);
        if (members === undefined) byGroup.set(group, [place]);
        else members.push(place);
      }
    }
    for (const [{ id, lanes }, members] of byGroup) {
      const entries = lanes.addAll(members.map((place) => this.#entryOf(place)));
      for (const [at, place] of members.entries()) {
        this.#shown.add(place, { entry: entries[at] as number, groupId: id });
      }
      yield;
    }
  }

  #groupsOf(place: number): Group[] {
    const { needs } = this.table.signatureOf(place);
    return this.#groups.of(placesOf(needs), this.table.assetOf(place));
  }

  #entryOf(place: number): Entry {
    const { table } = this;
    const { needs, needA, needB, mask } = table.signatureOf(place);
    // A job without GPUs is never too cheap: there is no ask for it.
    const offer = needs.gpus === null ? Infinity : Number(table.hourlyOfferOf(place));
    return { rank: table.rankOf(place), needA, needB, mask, offer, owner: place };
  }

  hide(place: number): void {
    for (const { entry, groupId } of this.#shown.take(place)) {
      const group = this.#groups.get(groupId);
      group.lanes.remove(entry);
      if (group.lanes.entries === 0) this.#groups.forget(group);
    }
  }

  remove(place: number): void {
    this.hide(place);
    this.table.remove(place);
  }

  /**
   * How many open jobs come before this one, of those that want the same kind of GPU: the same models,
   * vendor, or none. Exact for those that ask for the same otherwise, too; more than compete for
   * the same agents where regions, labels or prices differ; a job for several models counts for each.
   */
  aheadOf(place: number): number {
    const { gpus } = placesOf(this.table.signatureOf(place).needs);
    const rank = this.table.rankOf(place);
    return this.#groups
      .like(gpus, limits.groupsCounted)
      .reduce((sum, { lanes }) => sum + lanes.countBefore(rank), 0);
  }

  /** The first job, by rank, that this agent can take now. */
  bestFor(capacity: Capacity, nowMs: number): { place: number; candidate: Candidate } | null {
    if (capacity.freeSlots < 1) return null;
    const search = this.#openSearch(capacity, nowMs);
    const view = viewAgent(capacity, this.#simulated);
    this.#collect(search, view);
    const place = this.#lanes.run((owner) => this.#accepts(search, owner));
    return place === -1 ? null : { place, candidate: this.#candidate(place, search) };
  }

  /** Whether this agent can take this job now, and with what. */
  match(place: number, capacity: Capacity, nowMs: number): Candidate | null {
    const search = this.#openSearch(capacity, nowMs);
    return this.#accepts(search, place) ? this.#candidate(place, search) : null;
  }

  #collect({ capacity }: Search, view: AgentView): void {
    const { haveB, mask } = view;
    for (const asset of assets) {
      const none = { haveA: view.withoutGpu, haveB, mask, ask: Number.NEGATIVE_INFINITY };
      for (const { lanes } of this.#groups.for(capacity, view, { asset, kinds: ['none'] })) {
        lanes.collect(none, this.#lanes);
      }
      for (const level of view.levels[asset]) {
        const kinds = level.haveA.keys();
        const ask = boundOf(level.ask);
        for (const { gpus, lanes } of this.#groups.for(capacity, view, { asset, kinds })) {
          const haveA = level.haveA.get(gpus) ?? 0;
          lanes.collect({ haveA, haveB, mask, ask }, this.#lanes);
        }
      }
    }
  }

  #openSearch(capacity: Capacity, nowMs: number): Search {
    this.#searches += 1;
    const { idsEnd } = this.table.signatures;
    if (idsEnd > this.#refusedIn.length) {
      const wider = new Int32Array(2 * idsEnd);
      wider.set(this.#refusedIn);
      this.#refusedIn = wider;
    }
    const { table } = this;
    const { reservedFor, offer } = capacity;
    const blocked = new Set(offer.requestersBlocked?.map((id) => table.accountNumber(id)));
    return {
      id: this.#searches,
      // Asks are compared apart: jobs with the same needs pay differently.
      capacity: { ...capacity, offer: withoutAsks(offer) },
      asking: offer,
      nowMs,
      ask: { SOL: classAsk(offer, null, 'SOL'), USDC: classAsk(offer, null, 'USDC') },
      reservedFor: reservedFor === null ? null : table.accountNumber(reservedFor),
      blocked,
      bought: { devices: [], ask: zero, rate: zero },
    };
  }

  /** The exact check, the cheap parts first. */
  #accepts(search: Search, place: number): boolean {
    const { table } = this;
    const signatureId = table.signatureIdOf(place);
    if (this.#refusedIn[signatureId] === search.id) return false;
    const account = table.accountNumberOf(place);
    if (search.reservedFor !== null && search.reservedFor !== account) return false;
    if (search.blocked.has(account)) return false;
    const { capacity } = search;
    if (table.avoids(place, capacity.agentId, search.nowMs)) return false;
    const { needs } = table.signatureOf(place);
    const isByClass = search.asking.classAsks !== undefined;
    const ask = needs.gpus === null ? zero : search.ask[table.assetOf(place)];
    if (!isByClass && ask > table.hourlyOfferOf(place)) return false;
    const result = fit(this.#needsOf(place), capacity, this.#simulated);
    if (!result.fits) {
      this.#refusedIn[signatureId] = search.id;
      return false;
    }
    const one = { devices: result.devices, ask, rate: ask };
    const bought = isByClass ? this.#buy(search, place) : one;
    if (bought !== null) search.bought = bought;
    return bought !== null;
  }

  /** The devices for a job that fits, where they ask differently; null when it pays too little. */
  #buy({ asking, capacity }: Search, place: number): Bought | null {
    const { table } = this;
    const { gpus } = table.signatureOf(place).needs;
    if (gpus === null) return { devices: [], ask: zero, rate: zero };
    const free = capacity.offer.devices.filter(({ id }) => capacity.freeDeviceIds.includes(id));
    const usable = qualifyingDevices(gpus, free, this.#simulated);
    const asset = table.assetOf(place);
    const offered = table.hourlyOfferOf(place);
    const bought = buyDevices(asking, usable, { count: gpus.count, asset, offered });
    if (bought === null) return null;
    if (bought.ask > 0n) return { ...bought, rate: bought.ask };
    const least = leastAsk(asking, usable, asset);
    return { ...bought, rate: least <= offered ? least : zero };
  }

  #candidate(place: number, search: Search): Candidate {
    const { table } = this;
    const { ask, devices, rate } = search.bought;
    const paid = rate === 0n ? table.hourlyOfferOf(place) : rate;
    const jobId = table.ids.idOf(place);
    return { jobId, devices, ask, rate: table.isMetered(place) ? paid : null };
  }

  /** What the exact check needs to know; the price has been compared by then. */
  #needsOf(place: number): Needs {
    const { needs } = this.table.signatureOf(place);
    const { gpus, cpus, memoryBytes, diskBytes, arch } = needs;
    return {
      placement: needs.placement,
      resources: { gpus, cpus, memoryBytes, diskBytes, arch, shmBytes: 0 },
      workload: { image: needs.isNative ? nativeImage : '' },
      sealed: needs.isSealed === true,
      ...(needs.egressHosts === undefined ? {} : { egressHosts: needs.egressHosts }),
      limits: { runSec: needs.runSec ?? limits.runSecMax },
      price: { kind: 'fixed', reward: { amount: '0', asset: this.table.assetOf(place) } },
      requesterId: this.table.accountOf(place),
    };
  }
}

interface Bought extends Pick<Candidate, 'devices' | 'ask'> {
  /** What a metered job pays; 0 is its bid. */
  rate: BaseUnits;
}

interface Search {
  id: number;
  /** Without its asks. */
  capacity: Capacity;
  asking: Capacity['offer'];
  nowMs: number;
  /** Where all devices ask the same. */
  ask: Record<Asset, BaseUnits>;
  reservedFor: number | null;
  blocked: ReadonlySet<number>;
  /** Of the job that was accepted last, which is the best one so far. */
  bought: Bought;
}

function withoutAsks(offer: Capacity['offer']): Capacity['offer'] {
  const { classAsks: _, ...rest } = offer;
  return { ...rest, asks: { SOL: null, USDC: null } };
}

/** Rounded as the offers in the trees are, so that what is equal stays equal. */
function boundOf(ask: BaseUnits): number {
  return ask === 0n ? Number.NEGATIVE_INFINITY : Math.fround(Number(ask));
}
