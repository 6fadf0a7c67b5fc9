import { type Priority, priorities } from '@node3/shared/job-spec';
import { type Asset, assets, type BaseUnits } from '@node3/shared/money';
import { JobIds } from './job-ids.ts';
import type { OpenJob } from './open-job.ts';
import { type Signature, Signatures } from './signatures.ts';

/** Flags of a job: two bits of priority, one each of the others. */
const priorityBits = 3;
const usdcFlag = 4;
const meteredFlag = 8;
const avoidsFlag = 16;

/**
 * The facts about every open job, in columns: an object each would take a multiple of the memory,
 * and the garbage collector's time. Jobs are known by their place in the columns.
 */
export class OpenJobTable {
  readonly ids = new JobIds();
  readonly signatures = new Signatures();
  #signature = new Int32Array(64);
  #account = new Int32Array(64);
  #flags = new Uint8Array(64);
  #rank = new Float64Array(64);
  #hourlyOffer = new BigInt64Array(64);
  #reward = new BigInt64Array(64);
  readonly #accounts = new Map<string, number>();
  readonly #accountIds: string[] = [];
  /** Only jobs that came back from an agent a moment ago are in here. */
  readonly #avoids = new Map<number, { agentIds: readonly string[]; untilMs: number }>();

  get bytes(): number {
    const perJob = 4 + 4 + 1 + 8 + 8 + 8;
    return this.ids.bytes + perJob * this.#rank.length;
  }

  add(job: OpenJob): number {
    return this.addWith(job, this.signatures.take(job.needs));
  }

  addWith(job: Omit<OpenJob, 'needs'>, signature: Signature): number {
    const place = this.ids.add(job.jobId);
    if (place >= this.#rank.length) this.#grow();
    this.#signature[place] = signature.id;
    this.#account[place] = this.#accountNumber(job.accountId);
    this.#rank[place] = job.rankMs;
    this.#hourlyOffer[place] = job.hourlyOffer;
    this.#reward[place] = job.reward ?? 0n;
    let flags = priorities.indexOf(job.priority);
    if (job.asset === 'USDC') flags |= usdcFlag;
    if (job.reward === null) flags |= meteredFlag;
    this.#flags[place] = flags;
    if (job.avoidedAgentIds.length > 0 && job.avoidUntilMs > 0) {
      this.#avoids.set(place, { agentIds: job.avoidedAgentIds, untilMs: job.avoidUntilMs });
      this.#flags[place] = flags | avoidsFlag;
    }
    return place;
  }

  remove(place: number): void {
    this.signatures.drop(this.signatureOf(place));
    this.#avoids.delete(place);
    this.ids.delete(place);
  }

  signatureOf(place: number): Signature {
    return this.signatures.get(this.#signature[place] as number);
  }

  signatureIdOf(place: number): number {
    return this.#signature[place] as number;
  }

  /** A number of the account, for quick comparisons: see `accountNumber`. */
  accountNumberOf(place: number): number {
    return this.#account[place] as number;
  }

  accountOf(place: number): string {
    return this.#accountIds[this.#account[place] as number] as string;
  }

  /** -1 for an account that never had an open job. */
  accountNumber(accountId: string): number {
    return this.#accounts.get(accountId) ?? -1;
  }

  rankOf(place: number): number {
    return this.#rank[place] as number;
  }

  hourlyOfferOf(place: number): BaseUnits {
    return this.#hourlyOffer[place] as BaseUnits;
  }

  /** null for a metered job. */
  rewardOf(place: number): BaseUnits | null {
    return this.isMetered(place) ? null : (this.#reward[place] as BaseUnits);
  }

  isMetered(place: number): boolean {
    return (this.#flagsOf(place) & meteredFlag) !== 0;
  }

  assetOf(place: number): Asset {
    return assets[(this.#flagsOf(place) & usdcFlag) === 0 ? 0 : 1];
  }

  priorityOf(place: number): Priority {
    return priorities[this.#flagsOf(place) & priorityBits] as Priority;
  }

  /** Whether the job had better not go to this agent now, because it failed it or just had it. */
  avoids(place: number, agentId: string, nowMs: number): boolean {
    if ((this.#flagsOf(place) & avoidsFlag) === 0) return false;
    const avoided = this.#avoids.get(place);
    return avoided !== undefined && avoided.untilMs > nowMs && avoided.agentIds.includes(agentId);
  }

  /** When the job may go to any agent again; 0 when it may now. */
  avoidUntilMs(place: number): number {
    return this.#avoids.get(place)?.untilMs ?? 0;
  }

  #flagsOf(place: number): number {
    return this.#flags[place] as number;
  }

  #accountNumber(accountId: string): number {
    const known = this.#accounts.get(accountId);
    if (known !== undefined) return known;
    this.#accounts.set(accountId, this.#accountIds.length);
    return this.#accountIds.push(accountId) - 1;
  }

  #grow(): void {
    const length = Math.ceil(1.5 * this.#rank.length);
    this.#signature = widened(this.#signature, new Int32Array(length));
    this.#account = widened(this.#account, new Int32Array(length));
    this.#flags = widened(this.#flags, new Uint8Array(length));
    this.#rank = widened(this.#rank, new Float64Array(length));
    this.#hourlyOffer = widened(this.#hourlyOffer, new BigInt64Array(length));
    this.#reward = widened(this.#reward, new BigInt64Array(length));
  }
}

function widened<T extends { set(values: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
}
