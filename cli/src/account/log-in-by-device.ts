import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ReplyOf } from '@node3/shared/contract';
import { isMarketError } from '@node3/shared/error';
import { accountScopes } from '@node3/shared/key-scopes';
import { deviceGrant, startDeviceLogin, takeDeviceToken } from '@node3/shared/routes/device-logins';
import { signInLimits } from '@node3/shared/sign-in-limits';
import { type Context, connect } from '../context.ts';
import { choose } from '../parse/choose.ts';

export interface DeviceLoginOptions {
  scope?: string[];
}

/**
 * A key that is approved in a browser, on this or another device (RFC 8628). Shows the address and the
 * code, and asks at the interval that the marketplace wants. Throws DEVICE_LOGIN_DENIED or
 * DEVICE_LOGIN_EXPIRED.
 */
export async function logInByDevice(
  context: Context,
  { scope = [] }: DeviceLoginOptions,
): Promise<string> {
  const scopes = scope.map((one) => choose('--scope', one, accountScopes));
  const client = connect(context, 'public');
  const client_id = clientName(hostname());
  const started = await client.call(startDeviceLogin, {
    body: { client_id, ...(scopes.length > 0 && { scope: [...new Set(scopes)].join(' ') }) },
  });
  await tell(context, started);
  let intervalSec = started.interval;
  for (;;) {
    await sleep(intervalSec * 1_000);
    try {
      const body = {
        grant_type: deviceGrant,
        device_code: started.device_code,
        client_id,
      } as const;
      return (await client.call(takeDeviceToken, { body })).access_token;
    } catch (error) {
      if (isMarketError(error, 'DEVICE_LOGIN_TOO_FAST')) {
        intervalSec += signInLimits.deviceIntervalSec;
      } else if (!isMarketError(error, 'DEVICE_LOGIN_PENDING')) throw error;
    }
  }
}

async function tell({ terminal }: Context, login: ReplyOf<typeof startDeviceLogin>): Promise<void> {
  await terminal.talk(`Open ${login.verification_uri} where you are signed in, and type:`);
  await terminal.talk(`  ${login.user_code}`);
  await terminal.talk(`Or open ${login.verification_uri_complete}`);
  await terminal.talk(`Waiting for ${Math.round(login.expires_in / 60)} minutes at most.`);
}

/** Only what a marketplace takes as a name, and shows. */
function clientName(host: string): string {
  const plain = host.replaceAll(/[^ -~]/g, '');
  return `node3 on ${plain}`.slice(0, signInLimits.deviceClientChars);
}
