import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Localnet, startLocalnet } from '@node3/localnet/localnet';
import { type Marketplace, startMarketplace } from '@node3/marketplace/app';
import { readConfig } from '@node3/marketplace/env';
import { systemClock } from '@node3/shared/clock';
import { systemIds } from '@node3/shared/ids';
import { silentLogger } from '@node3/shared/logger';
import {
  Connection,
  Keypair,
  PublicKey,
  SystemProgram,
  Transaction,
  TransactionInstruction,
} from '@solana/web3.js';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runCli } from '../run-cli.ts';
import { TestHost } from '../testing/test-host.ts';

const adminApiKey = 'operator-key-for-tests-only';
let folder: string;
let localnet: Localnet;
let market: Marketplace;
let keypair: Keypair;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'node3-money-'));
  localnet = await startLocalnet({
    httpPort: 0,
    slotMs: 50,
    dataDir: null,
    log: silentLogger,
    clock: systemClock,
  });
  const env = {
    ENVIRONMENT: 'development',
    ADMIN_API_KEY: adminApiKey,
    MARKETPLACE_DATA_DIR: join(folder, 'market'),
    PORT: '0',
    GRPC_PORT: 'off',
    SOLANA_RPC_URL: localnet.rpcUrl,
    LOG_LEVEL: 'fatal',
  };
  market = await startMarketplace(readConfig(env));
  const walletPath = join(folder, 'wallet.json');
  keypair = Keypair.generate();
  await writeFile(walletPath, JSON.stringify([...keypair.secretKey]), { mode: 0o600 });
  localnet.airdrop(keypair.publicKey.toBase58(), 5_000_000_000n);
  expect(await runCli(hostFor('account', 'create', '--wallet', walletPath))).toBe(0);
}, 60_000);

afterAll(async () => {
  await market.stop();
  await localnet.stop();
  await rm(folder, { recursive: true });
});

function hostFor(...argv: string[]): TestHost {
  const env = { NODE3_URL: market.url, ADMIN_API_KEY: adminApiKey };
  const all = ['--config', join(folder, 'config.json'), ...argv];
  return new TestHost({ argv: all, env, ids: systemIds });
}

async function send(...instructions: TransactionInstruction[]): Promise<void> {
  const connection = new Connection(localnet.rpcUrl, 'confirmed');
  const { blockhash, lastValidBlockHeight } = await connection.getLatestBlockhash();
  const feePayer = keypair.publicKey;
  const transaction = new Transaction({ feePayer, blockhash, lastValidBlockHeight });
  transaction.add(...instructions).sign(keypair);
  await connection.sendRawTransaction(transaction.serialize());
}

/** Does with a payment link what docs.solanapay.com tells wallets to do. */
async function payLink(link: string): Promise<void> {
  const url = new URL(link);
  const [recipient = ''] = url.pathname.split('?');
  const memo = new TransactionInstruction({
    programId: new PublicKey('MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr'),
    keys: [],
    data: Buffer.from(url.searchParams.get('memo') ?? ''),
  });
  const transfer = SystemProgram.transfer({
    fromPubkey: keypair.publicKey,
    toPubkey: new PublicKey(recipient),
    lamports: Number(url.searchParams.get('amount')) * 1e9,
  });
  const pubkey = new PublicKey(url.searchParams.get('reference') ?? '');
  transfer.keys.push({ pubkey, isSigner: false, isWritable: false });
  await send(memo, transfer);
}

const linkIn = (host: TestHost) => /solana:\S+/.exec(host.out)?.[0] ?? '';

describe('money by the command line', () => {
  it('[7.20] comes in by a payment link, which is paid and credited while it waits', async () => {
    const host = hostFor('deposit', '--amount', '0.5');
    const code = runCli(host);
    await vi.waitFor(() => expect(linkIn(host)).toContain('amount=0.5'), { timeout: 5_000 });
    await payLink(linkIn(host));
    expect(await code).toBe(0);
    expect(host.out).toContain('credited   0.5 SOL');
    const history = hostFor('account', 'deposits');
    expect(await runCli(history)).toBe(0);
    expect(history.out).toMatch(/^credited\t0\.5 SOL\t\d+s\treference\t\w{64,88}\n$/);
  });

  it('shows the link as a QR code on a terminal', async () => {
    const argv = [
      '--config',
      join(folder, 'config.json'),
      'deposit',
      '--asset',
      'usdc',
      '--no-wait',
    ];
    const host = new TestHost({ argv, env: { NODE3_URL: market.url }, isTty: true });
    expect(await runCli(host)).toBe(0);
    expect(host.out).toContain('▄');
    expect(linkIn(host)).toContain(`spl-token=${localnet.usdcMint}`);
    expect(host.err).toMatch(/d1:[0-9A-Z]{11}/);
  });

  it('of play comes to who begins with node3 init, who is asked nothing in a pipe', async () => {
    const init = async (argv: string[], answers?: string[]) => {
      const all = ['--config', join(folder, 'new', 'config.json'), '--url', market.url, ...argv];
      const asked = answers === undefined ? {} : { answers };
      const host = new TestHost({ argv: all, ids: systemIds, ...asked });
      return { code: await runCli(host), err: host.err };
    };
    const wallet = ['--wallet', join(folder, 'new', 'wallet.json'), '--rpc', localnet.rpcUrl];
    const piped = await init(['init', ...wallet]);
    expect(piped.code).toBe(0);
    expect(piped.err).toContain('answers: localnet, agents online: 0');
    expect(piped.err).toContain('For play money: node3 init --credits 0.1');
    expect(piped.err).not.toMatch(/\?/);
    const asked = await init(['init', ...wallet], ['y']);
    expect(asked.err).toContain('There is a key for it already.');
    expect(asked.err).toContain('Get 0.1 SOL of play money from the faucet of localnet? [Y/n]');
    expect(asked.err).toContain('Deposited 0.1 SOL.');
    expect(asked.err).toContain('Nobody could run it now.');
    const again = await init(['init', '--yes', '--no-first-job', ...wallet]);
    expect([again.code, again.err.includes('You have 0.1 SOL')]).toEqual([0, true]);
    expect(again.err).not.toMatch(/Deposited|A first job/);
    const nowhere = await init(['init', '--credits', '0.2', '--rpc', 'http://127.0.0.1:1']);
    expect([nowhere.code, nowhere.err.includes('The faucet gave nothing')]).toEqual([0, true]);
  });

  it('[7.20] goes out to the wallet of the account', async () => {
    const connection = new Connection(localnet.rpcUrl, 'confirmed');
    const before = await connection.getBalance(keypair.publicKey);
    const host = hostFor('withdraw', '0.2', '--idempotency-key', 'once');
    expect(await runCli(host)).toBe(0);
    expect(host.out).toContain('finalized');
    expect(await runCli(hostFor('--idempotency-key', 'once', 'withdraw', '0.2'))).toBe(0);
    expect(await connection.getBalance(keypair.publicKey)).toBe(before + 200_000_000);
    const history = hostFor('account', 'withdrawals');
    expect(await runCli(history)).toBe(0);
    expect(history.out).toContain('finalized\t0.2 SOL');
    const tooMuch = hostFor('withdraw', '100');
    expect(await runCli(tooMuch)).not.toBe(0);
    expect(tooMuch.err).toContain('are missing');
  });

  it('that nobody is named for is found and sent back by the operator', async () => {
    const status = hostFor('--json', 'admin', 'wallet-info');
    await runCli(status);
    const { wallet } = JSON.parse(status.out) as { wallet: string };
    await send(
      SystemProgram.transfer({
        fromPubkey: keypair.publicKey,
        toPubkey: new PublicKey(wallet),
        lamports: 100_000_000,
      }),
    );
    const list = () => hostFor('admin', 'deposits', 'list', '--state', 'suspense');
    const signature = await vi.waitFor(
      async () => {
        const host = list();
        await runCli(host);
        expect(host.out).toContain('unattributed\t0.1 SOL');
        return host.out.trim().split('\t').at(-1) ?? '';
      },
      { timeout: 5_000 },
    );
    const refused = hostFor('admin', 'deposits', 'assign', signature);
    expect(await runCli(refused)).not.toBe(0);
    expect(refused.err).toContain('--account ID or --capital');
    expect(await runCli(hostFor('admin', 'deposits', 'refund', signature))).toBe(0);
    await vi.waitFor(
      async () => {
        const host = hostFor('admin', 'deposits', 'list', '--state', 'refunding');
        await runCli(host);
        expect(host.out).toContain('refunded');
      },
      { timeout: 10_000, interval: 200 },
    );
  });
});

describe('what an operator asks for', () => {
  const ask = async (...argv: string[]) => {
    const host = hostFor(...argv);
    expect(await runCli(host), host.err).toBe(0);
    return host.out;
  };

  it('[7.23] [10.01] is the health, the numbers, the treasury and what it has paid', async () => {
    expect(await ask('admin', 'health')).toMatch(/store +ok/);
    expect(await ask('admin', 'fund-wallet')).toMatch(/credited +2 SOL\nsignature +\w{80,}/);
    const treasury = JSON.parse(await ask('admin', 'wallet-info', '--json'));
    expect(Number(treasury.operatorAvailable.SOL.amount)).toBeGreaterThan(1.9);
    expect(await ask('admin', 'wallet-info')).toContain(treasury.wallet);
    await ask('withdraw', '0.1');
    const [payout] = JSON.parse(await ask('admin', 'payment-history', '--json')).data;
    expect(payout).toMatchObject({ state: 'finalized', money: { amount: '0.1', asset: 'SOL' } });
    expect(await ask('admin', 'stats')).toMatch(/ledger +\d+ transfers, balanced/);
  });

  it('[10.03] are jobs to try everything with, paid from the treasury', async () => {
    const posted = await ask('admin', 'create-test-jobs', '--count', '3', '--reward', '0.002');
    expect(posted.trim().split('\n')).toHaveLength(3);
    expect(await ask('admin', 'stats')).toMatch(/jobs +3 queued/);
  });

  it('[7.25] is the treasury in the words of the seed, with what it holds for jobs', async () => {
    const info = JSON.parse(await ask('api', 'GET', '/api/marketplace/info', '--operator'));
    const { wallet } = JSON.parse(await ask('admin', 'wallet-info', '--json'));
    expect(info).toMatchObject({ wallet_address: wallet, rpc_url: localnet.rpcUrl });
    expect(info.escrow_balance).toBeCloseTo(0.0063, 9);
    expect(info.total_paid).toBeGreaterThan(0.09);
    expect(info.balance).toBeGreaterThan(2);
  });
});
