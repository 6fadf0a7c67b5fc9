import {
  airdropFactory,
  appendTransactionMessageInstructions,
  createKeyPairSignerFromPrivateKeyBytes,
  createSolanaRpc,
  createSolanaRpcSubscriptions,
  createTransactionMessage,
  devnet,
  generateKeyPairSigner,
  getSignatureFromTransaction,
  type KeyPairSigner,
  lamports,
  pipe,
  sendAndConfirmTransactionFactory,
  setTransactionMessageFeePayerSigner,
  setTransactionMessageLifetimeUsingBlockhash,
  signTransactionMessageWithSigners,
} from '@solana/kit';
import { getTransferSolInstruction } from '@solana-program/system';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLocalnet } from './testing/open-localnet.ts';

async function openClients() {
  const localnet = await openLocalnet({ slotMs: 100 });
  const rpc = createSolanaRpc(devnet(localnet.rpcUrl));
  const rpcSubscriptions = createSolanaRpcSubscriptions(devnet(localnet.wsUrl));
  return { localnet, rpc, rpcSubscriptions };
}

let clients: Awaited<ReturnType<typeof openClients>>;
let alice: KeyPairSigner;

beforeAll(async () => {
  clients = await openClients();
  alice = await generateKeyPairSigner();
  await airdropFactory(clients)({
    commitment: 'confirmed',
    lamports: lamports(2_000_000_000n),
    recipientAddress: alice.address,
  });
});

afterAll(() => clients.localnet.stop());

async function signTransfers(version: 0 | 1, amounts: readonly bigint[]) {
  const { value: blockhash } = await clients.rpc.getLatestBlockhash().send();
  const recipients = await Promise.all(
    amounts.map((_, index) =>
      createKeyPairSignerFromPrivateKeyBytes(new Uint8Array(32).fill(index + 1)),
    ),
  );
  const instructions = amounts.map((amount, index) =>
    getTransferSolInstruction({
      source: alice,
      destination: (recipients[index] ?? alice).address,
      amount,
    }),
  );
  const transaction = await pipe(
    createTransactionMessage({ version }),
    (message) => setTransactionMessageFeePayerSigner(alice, message),
    (message) => setTransactionMessageLifetimeUsingBlockhash(blockhash, message),
    (message) => appendTransactionMessageInstructions(instructions, message),
    (message) =>
      version === 1
        ? { ...message, config: { loadedAccountsDataSizeLimit: 65_536, computeUnitLimit: 20_000 } }
        : message,
    (message) => signTransactionMessageWithSigners(message),
  );
  return { transaction, recipients };
}

describe('@solana/kit 8, unmodified', () => {
  it('sends and confirms a v0 transfer', async () => {
    const { transaction, recipients } = await signTransfers(0, [1_000_000n]);
    const send = sendAndConfirmTransactionFactory(clients);
    await send(transaction as Parameters<typeof send>[0], { commitment: 'confirmed' });
    const address = (recipients[0] ?? alice).address;
    const balance = await clients.rpc.getBalance(address, { commitment: 'confirmed' }).send();
    expect(balance.value).toBe(1_000_000n);
  });

  it('lands a v1 transaction larger than 1232 bytes, and shows it only to those who ask', async () => {
    const amounts = Array.from({ length: 40 }, (_, index) => 1_000_000n + BigInt(index));
    const { transaction } = await signTransfers(1, amounts);
    const send = sendAndConfirmTransactionFactory(clients);
    await send(transaction as Parameters<typeof send>[0], { commitment: 'confirmed' });
    const signature = getSignatureFromTransaction(transaction);
    const read = (maxSupportedTransactionVersion: 0 | 1) =>
      clients.rpc
        .getTransaction(signature, {
          commitment: 'confirmed',
          encoding: 'json',
          maxSupportedTransactionVersion: maxSupportedTransactionVersion as 0,
        })
        .send();
    await expect(read(0)).rejects.toThrow();
    const record = await read(1);
    expect(record?.version).toBe(1);
    expect(record?.meta?.fee).toBe(5000n);
    expect(record?.transaction.message.instructions).toHaveLength(40);
  });

  it('follows slots', async () => {
    const abort = new AbortController();
    const slots = await clients.rpcSubscriptions
      .slotNotifications()
      .subscribe({ abortSignal: abort.signal });
    const seen: bigint[] = [];
    for await (const { slot } of slots) {
      seen.push(slot);
      if (seen.length === 3) break;
    }
    abort.abort();
    expect(seen).toEqual([0n, 1n, 2n].map((step) => (seen[0] ?? 0n) + step));
  });

  it('follows an account at confirmed', async () => {
    const watched = await generateKeyPairSigner();
    const abort = new AbortController();
    const notifications = await clients.rpcSubscriptions
      .accountNotifications(watched.address, { commitment: 'confirmed' })
      .subscribe({ abortSignal: abort.signal });
    clients.localnet.airdrop(watched.address, 3_000_000n);
    for await (const { value } of notifications) {
      expect(value.lamports).toBe(3_000_000n);
      break;
    }
    abort.abort();
  });

  it('reads the largest u64 exactly', async () => {
    const { value } = await clients.rpc
      .getAccountInfo(alice.address, { encoding: 'base64' })
      .send();
    expect(value?.lamports).toBeGreaterThan(0n);
    const text = await fetch(clients.localnet.rpcUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'getAccountInfo',
        params: [alice.address, { encoding: 'base64' }],
      }),
    }).then((response) => response.text());
    expect(text).toContain('"rentEpoch":18446744073709551615');
  });
});
