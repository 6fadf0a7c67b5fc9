import {
  createAssociatedTokenAccountIdempotent,
  getAccount,
  getMint,
  getOrCreateAssociatedTokenAccount,
  transferChecked,
} from '@solana/spl-token';
import { type Connection, Keypair, LAMPORTS_PER_SOL, PublicKey } from '@solana/web3.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Localnet } from './localnet.ts';
import { openLocalnet } from './testing/open-localnet.ts';
import { connect, disconnect } from './testing/web3-client.ts';

let localnet: Localnet;
let connection: Connection;
let usdc: PublicKey;
const alice = Keypair.generate();
const bob = Keypair.generate();

beforeAll(async () => {
  localnet = await openLocalnet({ slotMs: 250 });
  connection = connect(localnet);
  usdc = new PublicKey(localnet.usdcMint);
  localnet.airdrop(alice.publicKey.toBase58(), BigInt(LAMPORTS_PER_SOL));
  localnet.mintUsdc(alice.publicKey.toBase58(), 25_000_000n);
  localnet.advanceSlots(2);
});

afterAll(async () => {
  disconnect(connection);
  await localnet.stop();
});

describe('@solana/spl-token, unmodified', () => {
  it("finds devnet's USDC mint, minted by the faucet", async () => {
    expect(localnet.usdcMint).toBe('4zMMC9srt5Ri5X14GAgXhaHii3GnPAEERYPJgZJDncDU');
    const mint = await getMint(connection, usdc);
    expect(mint).toMatchObject({ decimals: 6, isInitialized: true });
    expect(mint.freezeAuthority?.toBase58()).toBe(localnet.faucetAddress);
    expect(mint.mintAuthority?.toBase58()).toBe(localnet.faucetAddress);
    expect(mint.supply).toBe(25_000_000n);
  });

  it('creates an associated account and transfers into it', async () => {
    const from = await getOrCreateAssociatedTokenAccount(connection, alice, usdc, alice.publicKey);
    expect(from.amount).toBe(25_000_000n);
    const to = await createAssociatedTokenAccountIdempotent(connection, alice, usdc, bob.publicKey);
    const signature = await transferChecked(
      connection,
      alice,
      from.address,
      usdc,
      to,
      alice,
      1_500_000n,
      6,
    );
    expect((await getAccount(connection, to)).amount).toBe(1_500_000n);
    const record = await connection.getParsedTransaction(signature);
    expect(record?.meta?.postTokenBalances).toContainEqual(
      expect.objectContaining({
        mint: localnet.usdcMint,
        owner: bob.publicKey.toBase58(),
        uiTokenAmount: { amount: '1500000', decimals: 6, uiAmount: 1.5, uiAmountString: '1.5' },
      }),
    );
    const [transferred] = record?.transaction.message.instructions ?? [];
    expect(transferred).toMatchObject({
      program: 'spl-token',
      parsed: { type: 'transferChecked' },
    });
  });

  it('lists token accounts of an owner', async () => {
    const { value } = await connection.getParsedTokenAccountsByOwner(bob.publicKey, { mint: usdc });
    expect(value[0]?.account.data.parsed.info.tokenAmount.uiAmountString).toBe('1.5');
    const address = value[0]?.pubkey ?? PublicKey.default;
    expect((await connection.getTokenAccountBalance(address)).value.amount).toBe('1500000');
    expect((await connection.getTokenSupply(usdc)).value.uiAmount).toBe(25);
  });

  it('refuses more than there is', async () => {
    const from = await getOrCreateAssociatedTokenAccount(connection, alice, usdc, alice.publicKey);
    const to = await getOrCreateAssociatedTokenAccount(connection, alice, usdc, bob.publicKey);
    await expect(
      transferChecked(connection, alice, from.address, usdc, to.address, alice, 10n ** 12n, 6),
    ).rejects.toThrow('custom program error: 0x1');
  });
});
