import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { X402Testbed } from '../payments/testing/x402-testbed.ts';

const root = join(import.meta.dirname, '../../..');

let bed: X402Testbed;

beforeAll(async () => {
  bed = await X402Testbed.start();
});
afterAll(() => bed.stop());

/** Runs the program in JavaScript of a guide, for a wallet with 10 USDC. */
async function runGuide(name: string) {
  const guide = await readFile(join(root, 'docs/guides', name), 'utf8');
  const program = /```js\n([\s\S]*?)```/.exec(guide)?.[1] ?? '';
  const buyer = bed.buyer();
  const WALLET = join(bed.folder, `${buyer.address}.json`);
  await writeFile(WALLET, JSON.stringify([...buyer.keypair.secretKey]), { mode: 0o600 });
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '-e', program],
    {
      cwd: join(root, 'marketplace'),
      env: {
        WALLET,
        MARKETPLACE_URL: bed.url,
        NODE3_URL: bed.url,
        SOLANA_RPC_URL: bed.localnet.rpcUrl,
      },
    },
  );
  return { stdout, buyer };
}

describe('docs/guides/pay-per-job-with-x402.md', () => {
  it('[P74] [P86] shows a program that pays for a job of more than $1, as it is printed', async () => {
    const { stdout, buyer } = await runGuide('pay-per-job-with-x402.md');
    expect(stdout).toBe(`201 queued 1.26 ${buyer.address}\n`);
    expect(await bed.usdcOf(buyer.address)).toBe(10_000_000n - 1_260_000n);
  });
});

describe('docs/guides/use-the-sdk.md', () => {
  it('shows a program that pays for a job without an account, as it is printed', async () => {
    const { stdout, buyer } = await runGuide('use-the-sdk.md');
    expect(stdout).toBe(`queued 0.21 USDC ${buyer.address}\n`);
    expect(await bed.usdcOf(buyer.address)).toBe(10_000_000n - 210_000n);
  });
});
