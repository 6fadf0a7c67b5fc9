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

describe('docs/guides/pay-per-job-with-x402.md', () => {
  it('[P74] [P86] shows a program that pays for a job of more than $1, as it is printed', async () => {
    const guide = await readFile(join(root, 'docs/guides/pay-per-job-with-x402.md'), 'utf8');
    const program = /```js\n([\s\S]*?)```/.exec(guide)?.[1] ?? '';
    const buyer = bed.buyer();
    const WALLET = join(bed.folder, 'buyer.json');
    await writeFile(WALLET, JSON.stringify([...buyer.keypair.secretKey]), { mode: 0o600 });
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '-e', program],
      {
        cwd: join(root, 'marketplace'),
        env: { WALLET, MARKETPLACE_URL: bed.url, SOLANA_RPC_URL: bed.localnet.rpcUrl },
      },
    );
    expect(stdout).toBe(`201 queued 1.26 ${buyer.address}\n`);
    expect(await bed.usdcOf(buyer.address)).toBe(10_000_000n - 1_260_000n);
  });
});
