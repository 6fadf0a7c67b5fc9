import { MarketError } from '@node3/shared/error';
import type { JobSpec, JobSpecInput, Price } from '@node3/shared/job-spec';
import {
  type Asset,
  assets,
  fromMoney,
  type Money,
  parseAmount,
  toMoney,
} from '@node3/shared/money';
import { qualifyingDevices } from '../../../domain/fit-gpus.ts';
import { bidForUnpriced, capForRun, type SuitableOffer } from '../../../domain/unpriced-job.ts';
import { completeSpec } from '../../../services/complete-spec.ts';
import { type PostJobDeps, prepareJob } from '../../../services/post-job.ts';
import type { HttpDeps } from '../../http-deps.ts';

/**
 * A Bacalhau document names no price. Its Meta may: `node3/reward` for the whole run, or `node3/bid` for an
 * hour on one GPU and `node3/cap` for the run, such as `0.8 USDC`. Without them the run is metered at what
 * such machines are let for, in an asset that the account has enough of.
 */
export const priceKeys = ['node3/reward', 'node3/bid', 'node3/cap'] as const;
export type PriceWords = Partial<Record<(typeof priceKeys)[number], string>>;

type Deps = PostJobDeps & Pick<HttpDeps, 'store' | 'presence' | 'simulated'>;

/** Throws REQUEST_INVALID for words that are no price. */
export async function choosePrice(
  deps: Deps,
  accountId: string,
  unpriced: Omit<JobSpecInput, 'price'>,
  { words, count }: { words: PriceWords; count: number },
): Promise<Price> {
  const [reward, bid, cap] = priceKeys.map((key) => readMoney(key, words[key])) as Words;
  if (reward !== null) {
    if (bid === null && cap === null) return { kind: 'fixed', reward };
    throw invalid('node3/reward', 'goes without node3/bid and node3/cap');
  }
  if (bid !== null && cap !== null && bid.asset !== cap.asset) {
    throw invalid('node3/cap', `must be in ${bid.asset}, as node3/bid is`);
  }
  // The price says nothing about the rest of the spec, which it is made for.
  const any = { kind: 'fixed', reward: toMoney(1_000n, 'SOL') } as const;
  const spec = completeSpec({ ...unpriced, price: any }, deps.defaultImages);
  const priceIn = (asset: Asset) => metered(deps, spec, asset, { bid, cap });
  const named = bid?.asset ?? cap?.asset;
  if (named !== undefined) return priceIn(named);
  const balances = await deps.store.accountBalances(accountId);
  // USDC is what such jobs are usually paid in; SOL is taken where only that suffices.
  const payable = assets.toReversed().find((asset) => {
    const posting = { ...unpriced, price: priceIn(asset) };
    return prepareJob(deps, posting, accountId).price * BigInt(count) <= balances[asset].available;
  });
  return priceIn(payable ?? 'USDC');
}

type Words = [reward: Money | null, bid: Money | null, cap: Money | null];

function metered(
  deps: Deps,
  spec: JobSpec,
  asset: Asset,
  { bid, cap }: { bid: Money | null; cap: Money | null },
): Price {
  const { gpus } = spec.resources;
  const job = { gpus, runSec: spec.limits.runSec };
  const suitable = gpus === null ? [] : suitableOffers(deps, gpus);
  const hourly = bid === null ? bidForUnpriced(job, suitable, asset) : fromMoney(bid);
  return {
    kind: 'metered',
    bidPerGpuHour: toMoney(hourly, asset),
    cap: cap ?? toMoney(capForRun(job, hourly), asset),
  };
}

type Gpus = NonNullable<JobSpec['resources']['gpus']>;

/** Agents that are there, with the devices of each that the job could have. */
function suitableOffers({ presence, simulated }: Deps, gpus: Gpus): SuitableOffer[] {
  return presence.all().flatMap(({ agentId, offer }) => {
    if (offer === null || !presence.isOnline(agentId)) return [];
    return [{ offer, devices: qualifyingDevices(gpus, offer.devices, simulated) }];
  });
}

const moneyPattern = /^(?<amount>[0-9.]{1,24})\s*(?<asset>SOL|USDC)(?:\/h)?$/i;

function readMoney(key: keyof PriceWords, text: string | undefined): Money | null {
  if (text === undefined) return null;
  const { amount, asset } = moneyPattern.exec(text.trim())?.groups ?? {};
  const known = assets.find((one) => one === asset?.toUpperCase());
  if (amount === undefined || known === undefined) throw invalid(key, 'is no price');
  const value = parseAmount(amount, known);
  if (value === 0n) throw invalid(key, 'must be more than 0');
  return toMoney(value, known);
}

function invalid(key: string, detail: string): MarketError {
  const pointer = `/Job/Meta/${key.replaceAll('/', '~1')}`;
  return new MarketError('REQUEST_INVALID', {
    errors: [{ pointer, detail: `${detail}; write it as 0.8 USDC or 0.01 SOL` }],
  });
}
