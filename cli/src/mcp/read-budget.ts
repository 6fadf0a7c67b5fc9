import type { BudgetOptions } from '@node3/client';
import { type Asset, assets } from '@node3/shared/money';
import { usageError } from '../command-error.ts';
import { parseMoney } from '../parse/money.ts';

/** What may be spent where nobody says how much: enough to try things out. */
const totalUsual = ['1 USDC', '0.01 SOL'];

/** Limits of a server for its life. An asset that no limit names can't be spent at all. */
export function readBudget(options: {
  maxSpend?: string[];
  maxPerJob?: string[];
}): Required<BudgetOptions> {
  const total = readCaps('--max-spend', options.maxSpend ?? totalUsual);
  const perJob =
    options.maxPerJob === undefined ? {} : readCaps('--max-per-job', options.maxPerJob);
  const [stray] = assets.filter((asset) => asset in perJob && !(asset in total));
  if (stray === undefined) return { total, perJob: { ...total, ...perJob } };
  const problem = `--max-per-job has ${stray}, of which nothing may be spent.`;
  throw usageError(problem, `Give --max-spend in ${stray} too.`);
}

function readCaps(option: string, texts: readonly string[]): Partial<Record<Asset, string>> {
  const caps: Partial<Record<Asset, string>> = {};
  for (const text of texts) {
    const { amount, asset } = parseMoney(option, text, 'USDC');
    if (caps[asset] !== undefined) throw usageError(`${option} has ${asset} twice.`, 'Give one.');
    caps[asset] = amount;
  }
  return caps;
}
