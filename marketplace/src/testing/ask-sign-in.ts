import type { RouteContract } from '@node3/shared/contract';
import * as logins from '@node3/shared/routes/device-logins';
import * as sessions from '@node3/shared/routes/sessions';
import { composeSignIn, type SignInFacts } from '@node3/shared/sign-in-message';
import { Check } from 'typebox/value';
import { postSession, signText } from './sign-in.ts';
import { openFundedAccount, type TestMarketplace } from './test-marketplace.ts';

type Ask = (contract: RouteContract, apiKey: string | null, args?: object) => Promise<unknown>;

interface Asking extends Awaited<ReturnType<typeof openFundedAccount>> {
  ask: Ask;
  /** Endpoints that were compared already. */
  checked: Set<string>;
  url: string;
}

/** Asks every endpoint for sessions and for logins on other devices once. */
export async function askSignIn(
  ask: Ask,
  checked: Set<string>,
  market: TestMarketplace,
): Promise<void> {
  const account = await openFundedAccount(market);
  const asking = { ...account, ask, checked, url: market.url };
  const { apiKey } = account;
  const params = { sessionId: await open(asking) };
  await ask(sessions.listSessions, apiKey);
  await ask(sessions.endSession, apiKey, { params });
  await open(asking);
  await ask(sessions.endSessions, apiKey);
  await askDeviceLogin(asking);
}

async function open({ ask, checked, wallet, url }: Asking): Promise<string> {
  const facts = (await ask(sessions.createSignIn, null)) as SignInFacts;
  const message = composeSignIn(facts, wallet.address);
  const answer = await postSession(
    { url },
    { message, signature: await signText(wallet, message) },
  );
  const body: unknown = await answer.json();
  const { openSession } = sessions;
  if (!Check(openSession.schema.response[201], body)) throw new Error(JSON.stringify(body));
  checked.add(`${openSession.method} ${openSession.url}`);
  return body.session.sessionId;
}

async function askDeviceLogin({ ask, apiKey }: Asking): Promise<void> {
  const client = { client_id: 'a test' };
  const started = await ask(logins.startDeviceLogin, null, { body: client });
  const { user_code: userCode, device_code } = started as {
    user_code: string;
    device_code: string;
  };
  const params = { userCode };
  await ask(logins.getDeviceLogin, apiKey, { params });
  await ask(logins.decideDeviceLogin, apiKey, { params, body: { decision: 'approve' } });
  const body = { grant_type: logins.deviceGrant, device_code, ...client };
  await ask(logins.takeDeviceToken, null, { body });
}
