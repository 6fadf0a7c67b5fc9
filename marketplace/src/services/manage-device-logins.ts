import { randomInt } from 'node:crypto';
import type { Clock } from '@node3/shared/clock';
import type { BodyOf } from '@node3/shared/contract';
import { MarketError } from '@node3/shared/error';
import type { ErrorCode } from '@node3/shared/error-codes';
import type { NewEvent } from '@node3/shared/events';
import type { Ids } from '@node3/shared/ids';
import type { AccountScope } from '@node3/shared/key-scopes';
import { limits } from '@node3/shared/limits';
import type {
  DeviceLogin,
  startDeviceLogin as startContract,
  takeDeviceToken as takeContract,
} from '@node3/shared/routes/device-logins';
import { toTimestamp } from '@node3/shared/schema';
import { signInLimits } from '@node3/shared/sign-in-limits';
import type { DeviceLoginRow, DeviceOutcome } from '../store/session-store.ts';
import type { Store } from '../store/store.ts';
import { createApiKey, hashText } from './api-key.ts';
import { assertWithin, type KeyCaller } from './key-caller.ts';
import { assertUncapped } from './manage-keys.ts';

interface Deps {
  store: Store;
  clock: Clock;
  ids: Ids;
}

/** RFC 8628, 6.1: no vowels, so that no words come out, and nothing that looks like another. */
const letters = 'BCDFGHJKLMNPQRSTVWXZ';

/** @param from where it is asked from; `ip` as the audit log keeps it. */
export async function startDeviceLogin(
  deps: Deps,
  { client_id: client, scope }: BodyOf<typeof startContract>,
  { origin, ip }: { origin: string; ip: string | null },
) {
  const nowMs = deps.clock.nowMs();
  const userCode = Array.from({ length: 8 }, () => letters[randomInt(letters.length)]).join('');
  const deviceCode = deps.ids.secret(limits.apiKeyBytes);
  const named = new Set((scope?.split(' ') ?? ['requester', 'provider']) as AccountScope[]);
  await deps.store.addDeviceLogin({
    deviceHash: hashText(deviceCode),
    userHash: hashText(userCode),
    client,
    scopes: [...named],
    ip,
    createdAtMs: nowMs,
    expiresAtMs: nowMs + signInLimits.deviceLoginMs,
    intervalSec: signInLimits.deviceIntervalSec,
  });
  const shown = `${userCode.slice(0, 4)}-${userCode.slice(4)}`;
  return {
    device_code: deviceCode,
    user_code: shown,
    verification_uri: `${origin}/device`,
    verification_uri_complete: `${origin}/device?user_code=${shown}`,
    expires_in: signInLimits.deviceLoginMs / 1_000,
    interval: signInLimits.deviceIntervalSec,
  };
}

/** Throws DEVICE_LOGIN_NOT_FOUND for what is unknown, over or decided: nobody learns which. */
export async function readDeviceLogin(deps: Deps, userCode: string): Promise<DeviceLogin> {
  return viewLogin(await findLogin(deps, userCode));
}

/** The login gets no more than the caller has. */
export async function decideDeviceLogin(
  deps: Deps,
  caller: KeyCaller,
  { userCode, decision }: { userCode: string; decision: 'approve' | 'deny' },
): Promise<DeviceLogin> {
  await assertUncapped(deps, caller);
  const login = await findLogin(deps, userCode);
  if (decision === 'approve') {
    await assertWithin(deps.store, caller, { scopes: login.scopes, endsAtMs: null });
  }
  const nowMs = deps.clock.nowMs();
  const decided = decision === 'approve' ? 'approved' : 'denied';
  const facts = { client: login.client, decision: decided, scopes: login.scopes.join(' ') };
  const { accountId } = caller;
  const isDone = await deps.store.decideDeviceLogin({
    userHash: login.userHash,
    decision: decided,
    accountId,
    nowMs,
    events: [loginEvent('device-login.decided', accountId, nowMs, facts)],
  });
  if (!isDone) throw new MarketError('DEVICE_LOGIN_NOT_FOUND');
  return viewLogin(login);
}

/** The key of an approved login. It is made only now, so that nobody has to keep it. */
export async function takeDeviceToken(
  deps: Deps,
  { device_code: deviceCode, client_id: client }: BodyOf<typeof takeContract>,
) {
  let apiKey = '';
  const outcome = await deps.store.takeDeviceLogin({
    deviceHash: hashText(deviceCode),
    client,
    nowMs: deps.clock.nowMs(),
    keysMax: limits.apiKeysPerOwner,
    keyFor({ scopes }, accountId) {
      const nowMs = deps.clock.nowMs();
      const owner = { kind: 'account', accountId } as const;
      const made = createApiKey(deps.ids, owner, nowMs, { name: client, scopes });
      apiKey = made.apiKey;
      const facts = { keyId: made.row.keyId, name: client, by: 'device', capped: false };
      const event = loginEvent('key.created', accountId, nowMs, {
        ...facts,
        scopes: scopes.join(' '),
      });
      return { key: made.row, event };
    },
  });
  if (outcome.state !== 'approved') throw new MarketError(refusals[outcome.state]);
  const { keyId, scopes } = outcome.key;
  return {
    access_token: apiKey,
    token_type: 'Bearer' as const,
    scope: scopes?.join(' ') ?? '',
    key_id: keyId,
  };
}

const refusals: Record<Exclude<DeviceOutcome['state'], 'approved'>, ErrorCode> = {
  unknown: 'DEVICE_CODE_INVALID',
  pending: 'DEVICE_LOGIN_PENDING',
  'too-fast': 'DEVICE_LOGIN_TOO_FAST',
  denied: 'DEVICE_LOGIN_DENIED',
  expired: 'DEVICE_LOGIN_EXPIRED',
};

async function findLogin(deps: Deps, userCode: string): Promise<DeviceLoginRow> {
  const userHash = hashText(userCode.replace('-', '').toUpperCase());
  const login = await deps.store.openDeviceLogin(userHash, deps.clock.nowMs());
  if (login === null) throw new MarketError('DEVICE_LOGIN_NOT_FOUND');
  return login;
}

function viewLogin({ client, scopes, ip, createdAtMs, expiresAtMs }: DeviceLoginRow): DeviceLogin {
  return {
    client,
    scopes,
    address: ip,
    createdAt: toTimestamp(createdAtMs),
    expiresAt: toTimestamp(expiresAtMs),
  };
}

function loginEvent(
  name: 'device-login.decided' | 'key.created',
  accountId: string,
  atMs: number,
  data: NewEvent['data'],
): NewEvent {
  const none = { jobId: null, executionId: null, reason: null };
  return { name, atMs, actor: 'requester', accountId, ...none, data };
}
