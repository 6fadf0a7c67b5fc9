import { silentLogger } from '@node3/shared/logger';
import { describe, expect, it } from 'vitest';
import { agentLimits } from '../agent-limits.ts';
import { MarketplaceLink } from '../marketplace-link/marketplace-link.ts';
import { ManualHostClock } from '../testing/manual-host-clock.ts';
import { bodyText, requestUrl } from '../testing/request-text.ts';
import { BalanceWatch } from './balance.ts';

const never = new AbortController().signal;
const account = (amount: string) => ({
  account: { data: { parsed: { info: { tokenAmount: { amount } } } } },
});

/** A cluster and a marketplace that answer with the values given; null is no answer. */
function setUp(values: { lamports: unknown; accounts: unknown[] | null }) {
  const clock = new ManualHostClock();
  const mints: unknown[] = [];
  const send: typeof fetch = async (input, init) => {
    if (requestUrl(input).endsWith('/api/v1/deposits/address')) {
      return Response.json({ cluster: 'localnet', wallet: 'w', usdcMint: 'mint-1' });
    }
    const { method, params } = JSON.parse(bodyText(init)) as {
      method: string;
      params: unknown[];
    };
    if (method === 'getTokenAccountsByOwner') mints.push(params[1]);
    const value = method === 'getBalance' ? values.lamports : values.accounts;
    if (value === null) throw new Error('no answer');
    return Response.json({ jsonrpc: '2.0', id: 1, result: { context: { slot: 1 }, value } });
  };
  const link = new MarketplaceLink('http://market', { clock, fetch: send });
  const rpc = { url: 'http://rpc', fetch: send };
  const watch = new BalanceWatch({ rpc, link, clock, log: silentLogger, address: 'me' });
  return { clock, mints, values, watch };
}

describe('BalanceWatch', () => {
  it('is unknown before the first reading', () => {
    expect(setUp({ lamports: 1, accounts: [] }).watch.balances()).toEqual({
      SOL: null,
      USDC: null,
    });
  });

  it('adds up all accounts of the marketplace own USDC, exactly', async () => {
    const accounts = [account('1500000'), account('9007199254740993')];
    const { mints, watch } = setUp({ lamports: 1_500_000_001, accounts });
    await watch.refresh(never);
    expect(watch.balances()).toEqual({
      SOL: { amount: '1.500000001', asset: 'SOL' },
      USDC: { amount: '9007199256.240993', asset: 'USDC' },
    });
    expect(mints).toEqual([{ mint: 'mint-1' }]);
  });

  it('tells nothing for zero and unknown for no answer', async () => {
    const { watch } = setUp({ lamports: null, accounts: [] });
    await watch.refresh(never);
    expect(watch.balances()).toEqual({ SOL: null, USDC: { amount: '0', asset: 'USDC' } });
  });

  it('refuses a number that JSON can not carry exactly', async () => {
    const { watch } = setUp({ lamports: 2 ** 60, accounts: [] });
    await watch.refresh(never);
    expect(watch.balances().SOL).toBeNull();
  });

  it('keeps a reading through a short outage and forgets it when it is old', async () => {
    const { clock, values, watch } = setUp({ lamports: 5, accounts: [] });
    await watch.refresh(never);
    values.lamports = null;
    await watch.refresh(never);
    expect(watch.balances().SOL?.amount).toBe('0.000000005');
    clock.advance(agentLimits.balanceAgeMsMax + 1);
    expect(watch.balances().SOL).toBeNull();
  });
});
