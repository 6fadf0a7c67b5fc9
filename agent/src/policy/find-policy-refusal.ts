import { isDeepStrictEqual } from 'node:util';
import type { Asks, Offer } from '@node3/shared/device';
import { areHostsWithin } from '@node3/shared/egress-hosts';
import type { JobSpec } from '@node3/shared/job-spec';
import { hourlyOffer, priceMax } from '@node3/shared/metering';
import { fromMoney, type Money } from '@node3/shared/money';
import type { ProviderPolicy } from '@node3/shared/provider-policy';
import type { PolicyVerdict } from './decide-policy.ts';
import { findImageRefusal } from './image-rules.ts';

/** The policy at the moment of an offer. */
export interface PolicyTerms {
  policy: ProviderPolicy;
  verdict: PolicyVerdict;
  /** Catalogue id of each device, or null for what is not in it. */
  modelIds: ReadonlyMap<string, string | null>;
}

export interface PolicyQuestion {
  spec: JobSpec;
  deviceIds: readonly string[];
  /** Whose job it is; null where the marketplace does not say. */
  requesterId: string | null;
  /** What a metered job pays per GPU hour; null where the marketplace does not say, or has no such rate. */
  rate: Money | null;
}

/** @returns the sentence that says why the provider does not want this job; null for a wanted one. */
export function findPolicyRefusal(terms: PolicyTerms, question: PolicyQuestion): string | null {
  const { policy, verdict } = terms;
  const { deviceIds, requesterId, spec } = question;
  if (verdict.closed !== null) return verdict.closed.text;
  const withheld = deviceIds.find((deviceId) => verdict.withheld.has(deviceId));
  if (withheld !== undefined) return verdict.withheld.get(withheld)?.text ?? null;
  if (requesterId !== null && policy.requestersBlocked.includes(requesterId)) {
    return `The policy of this machine blocks the requester ${requesterId}.`;
  }
  const image = findImageRefusal(spec.workload.image, policy);
  if (image !== null) return image;
  if (!areHostsWithin(spec.network?.hosts ?? [], policy.egressHosts)) {
    return 'The job wants to reach hosts that this machine does not allow.';
  }
  return findPriceRefusal(terms, question);
}

/** Work without a GPU has no ask. */
function findPriceRefusal({ policy, modelIds }: PolicyTerms, question: PolicyQuestion) {
  const { deviceIds, rate, spec } = question;
  const { asset } = priceMax(spec.price);
  if (rate !== null && rate.asset !== asset) {
    return `The job is priced in ${asset} and would be paid in ${rate.asset}.`;
  }
  // A bid is the most that a metered job pays: what is paid is the rate.
  const paid = rate === null ? hourlyOffer(spec) : fromMoney(rate);
  for (const deviceId of deviceIds) {
    const ask = askOf(policy.asks, modelIds.get(deviceId) ?? null)[asset];
    if (ask !== null && paid < fromMoney(ask)) {
      return `The job pays less per GPU hour than the ${ask.amount} ${asset} that this machine asks.`;
    }
  }
  return null;
}

/** What is asked for a class of devices: its own ask, else that of `*`. */
export function askOf(asks: ProviderPolicy['asks'], modelId: string | null): Asks {
  const isListed = modelId !== null && Object.hasOwn(asks, modelId);
  return (isListed ? asks[modelId] : asks['*']) ?? { SOL: null, USDC: null };
}

/**
 * The asks as a marketplace is told them: one for all where the devices that are sold ask the same,
 * else by class as well.
 */
export function offeredAsks(
  asks: ProviderPolicy['asks'],
  modelIds: readonly (string | null)[],
): Pick<Offer, 'asks' | 'classAsks'> {
  const [first = null, ...others] = modelIds;
  const one = askOf(asks, first);
  if (others.every((modelId) => isDeepStrictEqual(askOf(asks, modelId), one))) return { asks: one };
  const listed = modelIds.filter((modelId) => modelId !== null && Object.hasOwn(asks, modelId));
  return {
    asks: askOf(asks, null),
    classAsks: Object.fromEntries(
      listed.map((modelId) => [modelId, askOf(asks, modelId)] as const),
    ),
  };
}
