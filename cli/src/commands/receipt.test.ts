import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signReceipt } from '@node3/shared/receipt-signature';
import type { Receipt, SignedReceipt } from '@node3/shared/routes/receipts';
import { walletKeyFromSecret } from '@node3/shared/wallet-key';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../run-cli.ts';
import { FakeMarketplace, testKey } from '../testing/fake-marketplace.ts';
import { TestHost } from '../testing/test-host.ts';
import { testJobId } from '../testing/test-job.ts';

let market: FakeMarketplace;
let folder: string;
let signed: SignedReceipt;

function newKey() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const seed = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32);
  const publicBytes = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  return walletKeyFromSecret(Uint8Array.from([...seed, ...publicBytes]));
}

const sol = (amount: string) => ({ amount, asset: 'SOL' as const });
const at = '2026-11-21T12:00:00.000Z';
const receipt: Receipt = {
  version: 1,
  cluster: 'devnet',
  jobId: testJobId,
  specHash: '0'.repeat(64),
  quoteId: null,
  state: 'succeeded',
  reason: 'exited',
  fault: 'none',
  settledAs: 'success',
  rule: { when: 'exit code 0', provider: 'the price', requester: 'the same' },
  exitCode: 0,
  createdAt: at,
  finishedAt: at,
  provider: null,
  price: {
    kind: 'fixed',
    most: sol('0.001'),
    bidPerGpuHour: null,
    ratePerGpuHour: null,
    gpusBilled: 1,
    runLimitSec: 300,
    formula: 'the reward = 0.001 SOL',
  },
  phases: [{ phase: 'running', ms: 3_200, billed: true }],
  billedMs: 3_200,
  quoted: sol('0.00105'),
  held: sol('0.00105'),
  charged: sol('0.00105'),
  refund: sol('0'),
  providerShare: sol('0.001'),
  fee: sol('0.00005'),
  feeBasisPoints: 500,
  paidFromFees: sol('0'),
  networkFee: sol('0'),
  payout: null,
  transfers: [],
  complete: true,
  issuedAt: at,
};

beforeEach(async () => {
  market = new FakeMarketplace();
  await market.start();
  folder = await mkdtemp(join(tmpdir(), 'node3-receipt-'));
  signed = await signReceipt(newKey(), receipt);
  market.receipt = signed;
  market.receiptKey = signed.key;
});
afterEach(async () => {
  await market.stop();
  await rm(folder, { recursive: true });
});

function hostFor(...argv: string[]): TestHost {
  const env = { NODE3_API_KEY: testKey, NODE3_URL: market.url };
  return new TestHost({
    argv: ['--config', join(folder, 'config.json'), ...argv],
    env,
    cwd: folder,
  });
}

async function verify(value: unknown, ...options: string[]) {
  await writeFile(join(folder, 'receipt.json'), JSON.stringify(value));
  const host = hostFor('receipt', 'verify', 'receipt.json', ...options);
  return { code: await runCli(host), host };
}

describe('node3 receipt', () => {
  it('shows the receipt of a job once its signature is checked', async () => {
    const host = hostFor('receipt', testJobId);
    expect(await runCli(host)).toBe(0);
    expect(host.out).toContain('the reward = 0.001 SOL');
    expect(host.out).toContain('3.2 s, billed');
    expect(host.out).toContain(`${signed.key}, genuine`);
  });

  it('does not take one that another key signed than the published one', async () => {
    market.receiptKey = newKey().address;
    const host = hostFor('receipt', testJobId);
    expect(await runCli(host)).toBe(1);
    expect(host.out).toBe('');
    expect(host.err).toContain(`signed by ${signed.key}`);
  });

  it('verifies a file without the marketplace', async () => {
    await market.stop();
    market = new FakeMarketplace();
    const known = await verify(signed, '--key', signed.key);
    expect([known.code, known.host.out]).toEqual([0, expect.stringContaining(', genuine')]);
    expect((await verify(signed, '--key', newKey().address)).code).toBe(1);
    const changed = { ...signed, receipt: { ...receipt, charged: sol('0.001') } };
    const refused = await verify(changed);
    expect(refused.code).toBe(1);
    expect(refused.host.err).toContain('was changed');
    expect((await verify({ receipt })).code).toBe(2);
    await market.start();
  });

  it('calls nothing genuine that anybody could have signed', async () => {
    const { code, host } = await verify(await signReceipt(newKey(), receipt));
    expect(code).toBe(0);
    expect(host.out).not.toContain('genuine');
    expect(host.out).toContain('whoever that is');
    expect(host.err).toContain('Compare the key');
  });
});
