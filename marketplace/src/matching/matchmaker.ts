import { assert } from '@node3/shared/assert';
import type { Clock } from '@node3/shared/clock';
import { isMarketError } from '@node3/shared/error';
import type { Priority } from '@node3/shared/job-spec';
import type { Asset, Money } from '@node3/shared/money';
import type { JobNeeds } from '../domain/job-needs.ts';
import type { Capacity, SimulatedPolicy } from '../domain/matching.ts';
import type { OpenJobRow } from '../store/job-store.ts';
import type { JobRow } from '../store/rows.ts';
import { DelayQueue } from './delay-queue.ts';
import { FairClocks } from './fair-clocks.ts';
import type { Acquaintance, FamiliarAgents } from './familiar-agents.ts';
import type { Candidate, IdleAgent, LeaseJob, LeaseOutcome } from './idle-agent.ts';
import { IdleAgents } from './idle-agents.ts';
import { IdleStay } from './idle-stay.ts';
import { type OpenJob, openJobOf, withoutNeeds } from './open-job.ts';
import { OpenJobs } from './open-jobs.ts';
import { OpenTotals } from './open-totals.ts';
import type { Signature } from './signatures.ts';

export interface MatchmakerDeps {
  clock: Clock;
  simulated: SimulatedPolicy;
  lease: LeaseJob;
  familiar: Pick<FamiliarAgents, 'of'>;
  /** How long a search took. Absent: nobody measures it. */
  onSearch?: (seconds: number) => void;
}

/**
 * Brings open jobs and agents together; the store decides. Holds every open job and every agent that
 * wants work, so that neither posting nor asking searches the database. Rebuilt from the store at
 * start. A job is in one of three places: in the delay queue until it is due, in the index, or in
 * neither while a claim for it is under way.
 */
export class Matchmaker {
  readonly #deps: MatchmakerDeps;
  readonly #open: OpenJobs;
  readonly #idle: IdleAgents;
  readonly #delayed: DelayQueue;
  readonly #totals = new OpenTotals();
  readonly #fair: FairClocks;
  /** While the index is filled at start. */
  readonly #restored = { places: [] as number[], signatures: new Map<number, Signature>() };
  /** What the open jobs of strategy `affinity` would like an agent to know. */
  readonly #affine = new Map<string, Acquaintance>();
  #isPaused = false;
  /** Ends the pause after the store has refused a claim. */
  #storeBack: NodeJS.Timeout | null = null;

  constructor(deps: MatchmakerDeps) {
    this.#deps = deps;
    this.#open = new OpenJobs(deps.simulated);
    this.#fair = new FairClocks(deps.clock);
    this.#idle = new IdleAgents(deps.clock, deps.simulated);
    this.#delayed = new DelayQueue(deps.clock, (jobId) => this.#reopen(jobId));
  }

  get isPaused(): boolean {
    return this.#isPaused || this.#storeBack !== null;
  }

  get openCount(): number {
    return this.#open.table.ids.size;
  }

  /** Open jobs that come before a new one of this priority. */
  openAhead(priority: Priority): number {
    return this.#totals.ahead(priority);
  }

  /** How many jobs come before an open one: see `OpenJobs.aheadOf`. null when it is not open. */
  positionOf(jobId: string): number | null {
    const place = this.#open.table.ids.find(jobId);
    return place < 0 ? null : this.#open.aheadOf(place);
  }

  /** Mean reward of the open jobs with a fixed price in each asset; null where there are none. */
  meanRewards(): Record<Asset, Money | null> {
    return this.#totals.meanRewards();
  }

  /** Adds a queued job, and leases it to the best agent that is idle and fits. */
  addJob(row: JobRow): void {
    const job = openJobOf(row);
    const place = this.#note(job, row);
    if (job.notBeforeMs > this.#deps.clock.nowMs()) this.#delayed.set(job.jobId, job.notBeforeMs);
    else this.#offer(place);
  }

  /** Adds a queued job that another replica has stored, with what its account's clock said there. */
  addForeign(row: JobRow): void {
    this.#fair.restore(row.accountId, row.fairMs);
    this.addJob(row);
  }

  /**
   * Takes a job whose posting has just been queued to the store. An idle agent claims it in the same
   * turn, and both share one commit; a posting that fails leaves nothing to claim.
   */
  addPosting(row: JobRow, stored: Promise<{ replayed: boolean }>): void {
    if (this.#idle.size > 0) {
      const place = this.#note(openJobOf(row), row);
      if (this.#claimAtOnce(place)) {
        // It is open again where the store has refused both, and nobody could ever get it.
        stored.catch(() => this.removeJob(row.jobId));
        return;
      }
      // No idle agent: nobody may see the job before it is stored.
      this.#forget(place);
    }
    void this.#addOnceStored(row, stored);
  }

  /** What the clock of an account says for a job that it posts now. */
  nextFairMs(accountId: string, gpus: number): number {
    return this.#fair.next(accountId, gpus);
  }

  /** Takes stored jobs at start, before any agent is there. `finishRestore` makes them findable. */
  restore(rows: readonly OpenJobRow[], needs: ReadonlyMap<number, JobNeeds>): void {
    const { table } = this.#open;
    const { signatures } = this.#restored;
    for (const row of rows) {
      const job = withoutNeeds(row);
      const known = signatures.get(row.needsId);
      const asked = needs.get(row.needsId);
      assert(known !== undefined || asked !== undefined, 'what a stored job needs is stored');
      const signature = known ?? table.signatures.take(asked as JobNeeds);
      if (known === undefined) signatures.set(row.needsId, signature);
      else table.signatures.share(signature);
      const place = table.addWith(job, signature);
      this.#totals.add(table, place);
      this.#fair.restore(row.accountId, row.fairMs);
      this.#restored.places.push(place);
      if (job.notBeforeMs > this.#deps.clock.nowMs()) {
        this.#delayed.set(job.jobId, job.notBeforeMs);
        this.#restored.places.pop();
      } else if (job.avoidUntilMs > this.#deps.clock.nowMs()) {
        this.#delayed.set(job.jobId, job.avoidUntilMs);
      }
    }
  }

  /** Yields now and then, so that the caller can let others have a turn. */
  *finishRestore(): Generator<void> {
    yield* this.#open.showAll(this.#restored.places);
    this.#restored.places = [];
    this.#restored.signatures.clear();
  }

  removeJob(jobId: string): void {
    const place = this.#open.table.ids.find(jobId);
    if (place >= 0) this.#forget(place);
  }

  /**
   * Takes the best job for this agent out of the index; `settle` says later what became of it.
   * null when nothing fits.
   */
  take(capacity: Capacity): Candidate | null {
    const found = this.#bestFor(capacity);
    if (found === null) return null;
    this.#withdraw(found.place);
    return found.candidate;
  }

  /** Jobs that this agent could take now, best first, at most `count`. They stay open. */
  peek(capacity: Capacity, count: number): string[] {
    const places: number[] = [];
    // One search after the other, each without what those before it found, all in one turn.
    while (places.length < count) {
      const found = this.#open.bestFor(capacity, this.#deps.clock.nowMs());
      if (found === null) break;
      this.#open.hide(found.place);
      places.push(found.place);
    }
    for (const place of places) this.#open.show(place);
    return places.map((place) => this.#open.table.ids.idOf(place));
  }

  /** Takes this very job out of the index for an agent that named it; null when it can't have it. */
  takeJob(jobId: string, capacity: Capacity): Candidate | null {
    const place = this.#open.table.ids.find(jobId);
    if (this.isPaused || place < 0 || !this.#open.isShown(place)) return null;
    if (capacity.freeSlots < 1) return null;
    const candidate = this.#open.match(place, capacity, this.#deps.clock.nowMs());
    if (candidate !== null) this.#withdraw(place);
    return candidate;
  }

  /** What became of a job that was taken; one that nobody got is open again. */
  settle(jobId: string, outcome: LeaseOutcome | 'not_stored'): void {
    const isLeased = typeof outcome !== 'string' && outcome.jobId === jobId;
    if (isLeased || outcome === 'job_gone') this.removeJob(jobId);
    else this.#reopen(jobId);
  }

  /**
   * An agent that wants work: it gets what is open at once, and what is posted from now on. The
   * returned function takes it out, and resolves when no claim for it is under way any more.
   */
  enter(agent: IdleAgent): () => Promise<void> {
    const stay = new IdleStay(agent);
    this.#idle.set(stay);
    this.#feed(stay);
    this.#idle.update(stay);
    return () => {
      this.#idle.delete(stay);
      return stay.claimsOver();
    };
  }

  /** Claims nothing until `resume`; jobs and agents come and go as before. */
  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#feedAll();
  }

  stop(): void {
    if (this.#storeBack !== null) clearTimeout(this.#storeBack);
    this.#storeBack = null;
    this.#delayed.clear();
    this.#idle.clear();
  }

  #feedAll(): void {
    if (this.isPaused) return;
    for (const stay of this.#idle.all()) {
      this.#feed(stay);
      this.#idle.update(stay);
    }
  }

  async #addOnceStored(row: JobRow, stored: Promise<{ replayed: boolean }>): Promise<void> {
    // Whoever posted it hears of a refusal; here there is just no job.
    const posted = await stored.catch(() => null);
    if (posted?.replayed === false) this.addJob(row);
  }

  #note(job: OpenJob, { accountId, spec }: JobRow): number {
    this.removeJob(job.jobId);
    if (spec.placement.strategy === 'affinity') {
      this.#affine.set(job.jobId, { accountId, image: spec.workload.image });
    }
    const place = this.#open.table.add(job);
    this.#totals.add(this.#open.table, place);
    return place;
  }

  #forget(place: number): void {
    const jobId = this.#open.table.ids.idOf(place);
    this.#delayed.delete(jobId);
    this.#affine.delete(jobId);
    this.#totals.remove(this.#open.table, place);
    this.#open.remove(place);
  }

  /** A job has become due, or may go to its last agent again, or nobody got it in the end. */
  #reopen(jobId: string): void {
    const place = this.#open.table.ids.find(jobId);
    if (place >= 0) this.#offer(place);
  }

  /** Leases a job to the best idle agent, or puts it into the index until one comes. */
  #offer(place: number): void {
    if (this.#claimAtOnce(place)) return;
    this.#open.show(place);
    const untilMs = this.#open.table.avoidUntilMs(place);
    if (untilMs <= this.#deps.clock.nowMs()) return;
    this.#delayed.set(this.#open.table.ids.idOf(place), untilMs);
  }

  #claimAtOnce(place: number): boolean {
    if (this.isPaused) return false;
    const nowMs = this.#deps.clock.nowMs();
    const { table } = this.#open;
    const job = {
      signature: table.signatureOf(place),
      asset: table.assetOf(place),
      hourlyOffer: table.hourlyOfferOf(place),
    };
    const match = (capacity: Capacity) => this.#open.match(place, capacity, nowMs);
    const affine = this.#affine.get(table.ids.idOf(place));
    const known = affine === undefined ? null : this.#deps.familiar.of(affine);
    const startedMs = performance.now();
    const found =
      (known === null ? null : this.#idle.bestFamiliar(job, known, match)) ??
      this.#idle.bestFor(job, match);
    this.#deps.onSearch?.((performance.now() - startedMs) / 1_000);
    if (found === null) return false;
    void this.#claim(found.stay, place, found.candidate);
    this.#idle.update(found.stay);
    return true;
  }

  /** Leases what is open to an agent, as much as fits. */
  #feed(stay: IdleStay): void {
    while (this.#idle.has(stay)) {
      const found = this.#bestFor(stay.capacity);
      if (found === null) return;
      void this.#claim(stay, found.place, found.candidate);
    }
  }

  /** The best open job for what is free. */
  #bestFor(capacity: Capacity) {
    if (this.isPaused) return null;
    const startedMs = performance.now();
    const found = this.#open.bestFor(capacity, this.#deps.clock.nowMs());
    this.#deps.onSearch?.((performance.now() - startedMs) / 1_000);
    return found;
  }

  #withdraw(place: number): void {
    this.#open.hide(place);
    this.#delayed.delete(this.#open.table.ids.idOf(place));
  }

  async #claim(stay: IdleStay, place: number, candidate: Candidate): Promise<void> {
    const { jobId } = candidate;
    this.#withdraw(place);
    stay.take(jobId, this.#open.table.signatureOf(place).needs, candidate.devices);
    this.#idle.noteLeased(stay);
    const outcome = await this.#deps
      .lease(stay.agent, candidate)
      .catch((error: unknown) => this.#afterError(error));
    const isFree = outcome === 'job_gone' || outcome === 'not_stored';
    if (isFree) stay.giveBack(jobId);
    else if (outcome === 'agent_refused') this.#idle.delete(stay);
    else stay.agent.offered(outcome);
    this.settle(jobId, outcome);
    stay.settled(jobId);
    // Nothing is known to be wrong with the agent: it has its capacity back.
    if (!isFree) return;
    this.#feed(stay);
    this.#idle.update(stay);
  }

  /** A store that takes nothing now says so of nobody's claim: all wait for it, and stay idle. */
  #afterError(error: unknown): 'agent_refused' | 'not_stored' {
    if (!isMarketError(error, 'STORAGE_FULL') && !isMarketError(error, 'STORE_UNAVAILABLE')) {
      return 'agent_refused';
    }
    const { retryAfterSec } = error.context;
    this.#storeBack ??= setTimeout(
      () => {
        this.#storeBack = null;
        this.#feedAll();
      },
      (typeof retryAfterSec === 'number' ? retryAfterSec : 1) * 1_000,
    ).unref();
    return 'not_stored';
  }
}
