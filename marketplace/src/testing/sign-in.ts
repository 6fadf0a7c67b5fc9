import { createClient } from '@node3/shared/client';
import type { ReplyOf } from '@node3/shared/contract';
import { createSignIn, type openSession } from '@node3/shared/routes/sessions';
import { csrfHeader } from '@node3/shared/sign-in-limits';
import { composeSignIn } from '@node3/shared/sign-in-message';
import type { WalletKey } from '@node3/shared/wallet-key';
import bs58 from 'bs58';

type Signer = Pick<WalletKey, 'address' | 'sign'>;

/** What a wallet gives back for a new sign-in. */
export async function signedSignIn({ url }: { url: string }, wallet: Signer) {
  const facts = await createClient({ baseUrl: url }).call(createSignIn, {});
  const message = composeSignIn(facts, wallet.address);
  return { message, signature: await signText(wallet, message) };
}

export async function signText(wallet: Signer, message: string): Promise<string> {
  return bs58.encode(await wallet.sign(new TextEncoder().encode(message)));
}

/** As a page of ours sends it. */
export async function postSession(
  { url }: { url: string },
  body: { message: string; signature: string },
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${url}/api/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', [csrfHeader]: '1', origin: url, ...headers },
    body: JSON.stringify(body),
  });
}

/** Signs in as a page of ours does. */
export async function signInTo(market: { url: string }, wallet: Signer) {
  const answer = await postSession(market, await signedSignIn(market, wallet));
  if (answer.status !== 201) throw new Error(await answer.text());
  const { session, account } = (await answer.json()) as ReplyOf<typeof openSession>;
  const cookie = answer.headers.get('set-cookie') ?? '';
  const token = /^[^=]+=([^;]+)/.exec(cookie)?.[1] ?? '';
  return { cookie, token, account, sessionId: session.sessionId };
}

/** How a key is shown, or what the cookie of a session holds. */
export function credentialHeaders(credential: string | null, url: string): Record<string, string> {
  if (credential === null) return {};
  if (!credential.startsWith('n3_ses_')) return { authorization: `Bearer ${credential}` };
  return { cookie: `node3_session=${credential}`, origin: url, [csrfHeader]: '1' };
}
