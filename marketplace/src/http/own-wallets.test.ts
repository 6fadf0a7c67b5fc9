import { createAccount } from '@node3/shared/routes/accounts';
import { registerAgent } from '@node3/shared/routes/agents';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { assertWalletsApart } from '../services/own-wallets.ts';
import {
  openFundedAccount,
  registerTestAgent,
  startTestMarketplace,
  type TestMarketplace,
  testWallet,
} from '../testing/test-marketplace.ts';

const treasury = testWallet();
const feePayer = testWallet();
let market: TestMarketplace;

beforeEach(async () => {
  market = await startTestMarketplace({ ownWallets: [treasury.address, feePayer.address] });
});
afterEach(() => market.stop());

describe('a wallet of the marketplace', () => {
  it.each([
    ['treasury', treasury],
    ['fee payer', feePayer],
  ])('registers no agent and opens no account, as the %s', async (_name, wallet) => {
    const proof = await wallet.prove(market.anonymous, 'agent.register');
    const body = { ...proof, name: 'copied wallet', version: '0.0.0' };
    await expect(market.anonymous.call(registerAgent, { body })).rejects.toMatchObject({
      code: 'WALLET_RESERVED',
      message: expect.stringContaining('belongs to the marketplace itself'),
    });
    const account = await wallet.prove(market.anonymous, 'account.create');
    await expect(market.anonymous.call(createAccount, { body: account })).rejects.toMatchObject({
      code: 'WALLET_RESERVED',
    });
    expect(await market.store.agents()).toEqual([]);
    expect(await market.store.accountOfWallet(wallet.address)).toBeNull();
  });

  it('[7.28] is not exchanged for one that an agent or a requester has', async () => {
    const agent = await registerTestAgent(market);
    await expect(
      assertWalletsApart(market.store, new Set([agent.wallet.address])),
    ).rejects.toMatchObject({
      code: 'SERVICE_MISCONFIGURED',
      message: expect.stringContaining(`is also that of the agent ${agent.agentId}`),
    });
    const { accountId } = await openFundedAccount(market);
    const account = await market.store.account(accountId);
    await expect(
      assertWalletsApart(market.store, new Set([account?.wallet ?? ''])),
    ).rejects.toThrow(`is also that of the account ${accountId}`);
    await assertWalletsApart(market.store, new Set([testWallet().address]));
  });
});
