import type { DefaultImages, JobSpecInput } from '@node3/shared/job-spec';
import { billedUnits, meteredCost, priceMax } from '@node3/shared/metering';
import { add, type BaseUnits, fromMoney } from '@node3/shared/money';
import { needsOf } from '../domain/matching.ts';
import { feeOn } from '../domain/settlement.ts';
import { completeSpec } from './complete-spec.ts';
import { type ExplainNeedsDeps, explainNeeds } from './explain-needs.ts';
import { priceJob } from './price-job.ts';

interface Deps extends ExplainNeedsDeps {
  defaultImages: DefaultImages;
  feeBasisPoints: number;
}

export interface ProviderQuote {
  agentId: string;
  agentName: string;
  /** The most the job costs there, with the fee. */
  total: BaseUnits;
  /** Whether it could start the job at this moment. */
  now: boolean;
}

/**
 * What a metered job would cost at most at each agent online that can run it, cheapest first, ten of
 * them; and what is held for it, whoever runs it.
 */
export function quoteProviders(
  deps: Deps,
  input: JobSpecInput,
): { held: BaseUnits; providers: ProviderQuote[] } {
  const spec = completeSpec({ ...input, placement: { strategy: 'cheapest' } }, deps.defaultImages);
  const { price: held } = priceJob(spec, deps.feeBasisPoints);
  const cap = fromMoney(priceMax(spec.price));
  const { counted, candidates } = explainNeeds(deps, needsOf(spec, null));
  if (counted !== 'online') return { held, providers: [] };
  const units = billedUnits(spec.resources.gpus);
  const providers = candidates.map(({ agentId, agentName, askPerGpuHour, now }) => {
    // Who takes anything gets what is bid.
    const rate = askPerGpuHour === null ? null : fromMoney(askPerGpuHour);
    const runMs = spec.limits.runSec * 1_000;
    const cost = rate === null ? cap : meteredCost({ rate, units, cap }, runMs);
    return { agentId, agentName, total: add(cost, feeOn(cost, deps.feeBasisPoints)), now };
  });
  return {
    held,
    providers: providers.toSorted((a, b) => (a.total < b.total ? -1 : a.total > b.total ? 1 : 0)),
  };
}
