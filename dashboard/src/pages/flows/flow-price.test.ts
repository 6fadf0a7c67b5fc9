import type { FlowGraph } from '@node3/shared/flow-graph';
import { expect, it } from 'vitest';
import { holdsMoney, priceOfFlow } from './flow-price.ts';

function graphOf(prices: unknown[]): FlowGraph {
  const jobs = prices.map((price, index) => ({
    id: `job-${index}`,
    type: 'job' as const,
    config: { spec: { price } },
  }));
  return { start: 'in', nodes: [{ id: 'in', type: 'input' }, ...jobs], edges: [] };
}

it('adds up what the jobs of a flow may cost, each asset apart and exactly', () => {
  const reward = (amount: string, asset: string) => ({ kind: 'fixed', reward: { amount, asset } });
  const metered = {
    kind: 'metered',
    bidPerGpuHour: { amount: '9', asset: 'USDC' },
    cap: { amount: '0.2', asset: 'USDC' },
  };
  const prices = [reward('0.1', 'USDC'), metered, reward('0.000000001', 'SOL')];
  expect(priceOfFlow(graphOf(prices))).toEqual({
    jobs: 3,
    most: [
      { amount: '0.000000001', asset: 'SOL' },
      { amount: '0.3', asset: 'USDC' },
    ],
    unknown: 0,
  });
  const odd = [reward('{{input.reward}}', 'SOL'), undefined, reward('1', 'EUR'), 'free', null];
  expect(priceOfFlow(graphOf([...odd, reward('0.0000001', 'USDC')]))).toEqual({
    jobs: 6,
    most: [],
    unknown: 6,
  });
  expect(priceOfFlow(graphOf([]))).toEqual({ jobs: 0, most: [], unknown: 0 });
});

it('holds money for as long as a job may still be charged', () => {
  const costOf = (held: string) => ({ held: { amount: held, asset: 'SOL' as const } });
  expect(holdsMoney([costOf('0'), costOf('0.000000001')])).toBe(true);
  expect(holdsMoney([costOf('0')])).toBe(false);
  expect(holdsMoney([])).toBe(false);
});
