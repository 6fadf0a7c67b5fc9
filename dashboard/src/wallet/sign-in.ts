import type { Client } from '@node3/shared/client';
import type { ReplyOf } from '@node3/shared/contract';
import { createSignIn, openSession } from '@node3/shared/routes/sessions';
import { composeSignIn } from '@node3/shared/sign-in-message';
import { encodeBase58 } from './base58.ts';
import { type AnyWallet, featureOf } from './solana-wallet.ts';
import { toWalletError, WalletError } from './wallet-error.ts';

export type OpenedSession = ReplyOf<typeof openSession>;

/**
 * Has a wallet sign what the marketplace asks for, and opens a session with it: the cookie is set when
 * this resolves. `client` shows no key. Throws WalletError or MarketError: CHALLENGE_INVALID where the
 * wallet took too long, SIGNATURE_INVALID where it signed something else.
 */
export async function signInWithWallet(client: Client, wallet: AnyWallet): Promise<OpenedSession> {
  const request = await client.call(createSignIn, {});
  const { signedMessage, signature } = await signRequest(wallet, request);
  const message = new TextDecoder().decode(signedMessage);
  return client.call(openSession, { body: { message, signature: encodeBase58(signature) } });
}

async function signRequest(wallet: AnyWallet, request: ReplyOf<typeof createSignIn>) {
  try {
    const [signed] = (await featureOf(wallet, 'solana:signIn')?.signIn(request)) ?? [
      await signAsText(wallet, request),
    ];
    if (signed === undefined) throw new WalletError('noAccount', wallet.name);
    return signed;
  } catch (error) {
    throw toWalletError(error);
  }
}

/** Older wallets sign texts but know no sign-in: they are given the same text to sign. */
async function signAsText(wallet: AnyWallet, request: ReplyOf<typeof createSignIn>) {
  const signing = featureOf(wallet, 'solana:signMessage');
  const connecting = featureOf(wallet, 'standard:connect');
  if (signing === null || connecting === null) throw new WalletError('unable', wallet.name);
  const [account] = (await connecting.connect()).accounts;
  if (account === undefined) throw new WalletError('noAccount', wallet.name);
  const message = new TextEncoder().encode(composeSignIn(request, account.address));
  const [signed] = await signing.signMessage({ account, message });
  return signed;
}
