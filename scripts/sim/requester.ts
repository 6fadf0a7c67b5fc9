import type { SeededRandom } from '@node3/marketplace/testing/seeded-random';
import { newOwner, type Owner } from '@node3/marketplace/testing/sim/owner';
import type { SimMarket } from '@node3/marketplace/testing/sim/sim-market';
import type { VirtualTime } from '@node3/marketplace/testing/sim/virtual-time';
import { isMarketError } from '@node3/shared/error';
import type { Dependency } from '@node3/shared/job-lifecycle';
import { type JobSpecInput, placementStrategies } from '@node3/shared/job-spec';
import { isDefinite } from './agent-work.ts';

export interface RequesterDeps {
  time: VirtualTime;
  market: SimMarket;
  random: SeededRandom;
  accountId: string;
  gpusMax: number;
  cancelShare: number;
  findings: Set<string>;
}

/** Posts jobs with keys until it gets an answer, repeats itself, and changes its mind. */
export class Requester {
  /** Jobs whose fate it does not know yet: neither posted for sure nor refused. */
  open = 0;
  readonly jobIds: string[] = [];
  readonly #owner: Owner;
  readonly #deps: RequesterDeps;

  constructor(deps: RequesterDeps, name: string) {
    this.#deps = deps;
    this.#owner = newOwner(name);
  }

  /** Posts one job, or several at once, some time from now. */
  plan(key: string, inMs: number): void {
    const { time, random } = this.#deps;
    this.open += 1;
    const count = random.chance(0.15) ? random.integer(2, 4) : 1;
    time.after(inMs, () => void this.#post(key, count), this.#owner);
  }

  async #post(key: string, count: number): Promise<void> {
    const { random, gpusMax } = this.#deps;
    const specs = Array.from({ length: count }, () => specOf(random, gpusMax, this.jobIds));
    const [spec] = specs;
    const posted =
      count === 1 && spec !== undefined
        ? await this.#untilAnswered('post', async () => [await this.#send(key, spec)])
        : await this.#untilAnswered('postMany', () => this.#sendAll(key, specs));
    this.open -= 1;
    if (posted === null) return;
    this.jobIds.push(...posted);
    if (count === 1 && spec !== undefined && random.chance(0.2)) void this.#repeat(key, spec);
    for (const jobId of posted) void this.#thinkAgain(key, jobId);
  }

  /** Cancels a job, or runs one again that has ended by then. */
  async #thinkAgain(key: string, jobId: string): Promise<void> {
    const { random, cancelShare, market, accountId } = this.#deps;
    if (random.chance(0.1)) {
      await this.#pause(random.integer(10_000, 90_000));
      const ask = { accountId, key: `${key}-again-${jobId}`, jobId };
      await this.#untilAnswered('rerun', () => market.call(this.#owner, 'rerun', ask, 10_000));
    }
    if (!random.chance(cancelShare)) return;
    await this.#pause(random.integer(0, random.pick([60_000, 200_000])));
    const ask = { accountId, jobId };
    await this.#untilAnswered('cancel', () => market.call(this.#owner, 'cancel', ask, 10_000));
  }

  async #sendAll(key: string, specs: JobSpecInput[]): Promise<string[]> {
    const { market, accountId } = this.#deps;
    const ask = { accountId, key, specs };
    const { rows } = await market.call(this.#owner, 'postMany', ask, 10_000);
    return rows.flatMap((row) => ('jobId' in row ? [row.jobId] : []));
  }

  async #send(key: string, spec: JobSpecInput): Promise<string> {
    const { market, accountId } = this.#deps;
    const answer = await market.call(this.#owner, 'post', { accountId, key, spec }, 10_000);
    return answer.jobId;
  }

  /** The same key again: with the same job it is that job, with another one it is refused. */
  async #repeat(key: string, spec: JobSpecInput): Promise<void> {
    const { random, findings } = this.#deps;
    await this.#pause(random.integer(0, 90_000));
    if (random.chance(0.5)) {
      await this.#untilAnswered('post', () => this.#send(key, spec));
      return;
    }
    const other = { ...spec, name: 'another job' };
    const jobId = await this.#untilAnswered('post', () => this.#send(key, other));
    if (jobId !== null) findings.add(`key ${key} was taken for two different jobs`);
  }

  /** null when the answer is no. */
  async #untilAnswered<T>(what: string, ask: () => Promise<T>): Promise<T | null> {
    for (let failures = 1; ; failures += 1) {
      try {
        return await ask();
      } catch (error) {
        if (isDefinite(error)) return null;
        if (!isMarketError(error)) throw new Error(`${what} broke`, { cause: error });
        await this.#pause(Math.min(30_000, 1_000 * 2 ** failures));
      }
    }
  }

  #pause(ms: number): Promise<void> {
    return this.#deps.time.sleep(ms, this.#owner);
  }
}

function specOf(random: SeededRandom, gpusMax: number, earlier: readonly string[]): JobSpecInput {
  // Some outlast the chaos: what was asked of them then has to come about in the calm.
  const isLong = random.chance(0.2);
  const runSec = isLong ? 400 : random.pick([20, 60, 120]);
  const gpus = random.chance(0.4) ? random.integer(0, gpusMax) : 0;
  const runMs = isLong
    ? random.integer(150_000, 390_000)
    : random.integer(1, random.pick([500, 5_000, 30_000, 90_000]));
  return {
    workload: { kind: 'container', command: ['true'] },
    price: {
      kind: 'fixed',
      reward: { amount: `0.${random.integer(100_000, 999_999)}`, asset: 'USDC' },
    },
    priority: random.pick(['low', 'normal', 'normal', 'high', 'urgent']),
    labels: {
      'sim/run-ms': String(runMs),
      'sim/pull-ms': String(random.pick([10, 1_000, 10_000])),
      'sim/exit-code': String(random.pick([0, 0, 0, 0, 1])),
    },
    limits: { runSec, pullSec: 60, queueSec: random.pick([60, 600, 600]) },
    retry: { attemptsMax: random.pick([1, 3, 5]) },
    placement: {
      strategy: random.pick(placementStrategies),
      interruptible: random.chance(0.3),
    },
    ...(earlier.length > 0 && random.chance(0.25) ? { after: [neededOf(random, earlier)] } : {}),
    ...(random.chance(0.1) ? { cache: { maxAgeSec: 600, anyTag: true } } : {}),
    ...(gpus > 0 ? { resources: { gpus: { count: gpus } } } : {}),
  };
}

function neededOf(random: SeededRandom, earlier: readonly string[]): Dependency {
  return { jobId: random.pick(earlier), condition: random.pick(['succeeded', 'ended'] as const) };
}
