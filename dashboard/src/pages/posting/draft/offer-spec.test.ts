import type { Money } from '@node3/shared/money';
import { expect, it } from 'vitest';
import { draftToSpec } from './draft-to-spec.ts';
import { offerSpec } from './offer-spec.ts';
import { specToDraft } from './spec-to-draft.ts';

const sol = (amount: string): Money => ({ amount, asset: 'SOL' });
const usdc = (amount: string): Money => ({ amount, asset: 'USDC' });
const agentId = `agt_${'0'.repeat(26)}`;

function accountWith(inSol: string, inUsdc: string) {
  const balances = {
    SOL: { available: sol(inSol), held: sol('0') },
    USDC: { available: usdc(inUsdc), held: usdc('0') },
  };
  return { balances };
}

const ask = { SOL: sol('0.01'), USDC: usdc('0.5') };

it('is one GPU of the class at the agent, for what is asked and a run of five minutes', () => {
  const spec = offerSpec({ agentId, ask, modelId: 'rtx-4090' }, accountWith('1', '1'));
  expect(spec).toEqual({
    resources: { gpus: { count: 1, models: ['rtx-4090'] } },
    placement: { agents: [agentId] },
    price: { kind: 'metered', bidPerGpuHour: usdc('0.5'), cap: usdc('0.041667') },
  });
  expect(draftToSpec(specToDraft(spec)).spec).toMatchObject(spec);
});

it.each([
  ['1', '0', 'SOL'],
  ['0', '0', 'USDC'],
  ['0', '1', 'USDC'],
])('is paid in what the account has: %s SOL and %s USDC', (inSol, inUsdc, asset) => {
  const { price } = offerSpec({ agentId, ask, modelId: null }, accountWith(inSol, inUsdc));
  expect(price).toMatchObject({ cap: { asset } });
});

it('names no model that nobody knows, and no price where any is taken', () => {
  const none = { SOL: null, USDC: null };
  expect(offerSpec({ agentId, ask: none, modelId: null }, accountWith('0', '1'))).toEqual({
    resources: { gpus: { count: 1 } },
    placement: { agents: [agentId] },
  });
});
