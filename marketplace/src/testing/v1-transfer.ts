import {
  AccountRole,
  address,
  appendTransactionMessageInstructions,
  createSolanaRpc,
  createTransactionMessage,
  devnet,
  generateKeyPairSigner,
  getBase64EncodedWireTransaction,
  getSignatureFromTransaction,
  pipe,
  setTransactionMessageFeePayerSigner,
  setTransactionMessageLifetimeUsingBlockhash,
  signTransactionMessageWithSigners,
  lamports as toLamports,
} from '@solana/kit';

export interface V1Transfer {
  to: string;
  lamports: bigint;
  memo: string;
}

const systemProgram = address('11111111111111111111111111111111');
const memoProgram = address('MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr');

/** Pays with a version 1 transaction of @solana/kit, from a wallet of its own. @returns the signature. */
export async function signV1Transfer(rpcUrl: string, transfer: V1Transfer): Promise<string> {
  const rpc = createSolanaRpc(devnet(rpcUrl));
  const payer = await generateKeyPairSigner();
  await rpc.requestAirdrop(payer.address, toLamports(transfer.lamports * 2n)).send();
  const { value: blockhash } = await rpc.getLatestBlockhash({ commitment: 'processed' }).send();
  const data = new Uint8Array(12);
  const view = new DataView(data.buffer);
  view.setUint32(0, 2, true);
  view.setBigUint64(4, transfer.lamports, true);
  const pay = {
    programAddress: systemProgram,
    accounts: [
      { address: payer.address, role: AccountRole.WRITABLE_SIGNER },
      { address: address(transfer.to), role: AccountRole.WRITABLE },
    ],
    data,
  };
  const tag = { programAddress: memoProgram, data: new TextEncoder().encode(transfer.memo) };
  const transaction = await pipe(
    createTransactionMessage({ version: 1 }),
    (message) => setTransactionMessageFeePayerSigner(payer, message),
    (message) => setTransactionMessageLifetimeUsingBlockhash(blockhash, message),
    (message) => appendTransactionMessageInstructions([pay, tag], message),
    (message) => ({
      ...message,
      config: { loadedAccountsDataSizeLimit: 65_536, computeUnitLimit: 20_000 },
    }),
    (message) => signTransactionMessageWithSigners(message),
  );
  const wire = getBase64EncodedWireTransaction(transaction);
  await rpc.sendTransaction(wire, { encoding: 'base64', skipPreflight: true }).send();
  return getSignatureFromTransaction(transaction);
}
