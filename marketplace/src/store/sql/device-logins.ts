import type { AccountScope } from '@node3/shared/key-scopes';
import { signInLimits } from '@node3/shared/sign-in-limits';
import type { DeviceLoginRow, DeviceOutcome, DeviceTake, SessionStore } from '../session-store.ts';
import { addApiKeyIn } from './api-key-store.ts';
import type { Database } from './database.ts';
import { appendEventsIn } from './events.ts';
import type { Tx, Work } from './work.ts';

interface LoginRecord {
  device_hash: string;
  user_hash: string;
  client: string;
  scopes: string;
  ip: string | null;
  created_at_ms: bigint;
  expires_at_ms: bigint;
  interval_sec: bigint;
  polled_at_ms: bigint;
  decision: string | null;
  account_id: string | null;
}

/** A device that comes late is told that its time is over, for as long again. */
const deleteOld = `
  DELETE FROM device_logins WHERE device_hash IN
    (SELECT device_hash FROM device_logins WHERE expires_at_ms <= ?
     ORDER BY expires_at_ms LIMIT 10)`;
const insertLogin = `
  INSERT INTO device_logins (device_hash, user_hash, client, scopes, ip, created_at_ms,
    expires_at_ms, interval_sec, polled_at_ms)
  VALUES (@deviceHash, @userHash, @client, @scopes, @ip, @createdAtMs, @expiresAtMs,
    @intervalSec, 0)`;
const selectOpen = `
  SELECT * FROM device_logins WHERE user_hash = ? AND decision IS NULL AND expires_at_ms > ?`;
const decide = `
  UPDATE device_logins SET decision = @decision, account_id = @accountId
  WHERE user_hash = @userHash AND decision IS NULL AND expires_at_ms > @nowMs`;
/** The row is held to the end of the transaction, so that two requests get one key. */
const markPolled = `
  UPDATE device_logins SET polled_at_ms = @nowMs WHERE device_hash = @deviceHash
  RETURNING *`;
const selectLogin = 'SELECT * FROM device_logins WHERE device_hash = ?';
const slowDown = 'UPDATE device_logins SET interval_sec = interval_sec + ? WHERE device_hash = ?';
const deleteLogin = 'DELETE FROM device_logins WHERE device_hash = ?';

export function createDeviceLogins(
  database: Database,
): Pick<
  SessionStore,
  'addDeviceLogin' | 'openDeviceLogin' | 'decideDeviceLogin' | 'takeDeviceLogin'
> {
  return {
    addDeviceLogin(login) {
      return database.write(function* (tx) {
        yield* tx.post(deleteOld, login.createdAtMs - signInLimits.deviceLoginMs);
        yield* tx.post(insertLogin, { ...login, scopes: login.scopes.join(' ') });
      });
    },
    async openDeviceLogin(userHash, nowMs) {
      const found = await database.read((tx) => tx.get<LoginRecord>(selectOpen, userHash, nowMs));
      return found === undefined ? null : toLogin(found);
    },
    decideDeviceLogin({ events, ...decision }) {
      return database.write(function* (tx) {
        const decided = yield* tx.run(decide, decision);
        if (decided > 0) yield* appendEventsIn(tx, events);
        return decided > 0;
      });
    },
    takeDeviceLogin(take) {
      return database.write((tx) => takeIn(tx, take));
    },
  };
}

function* takeIn(tx: Tx, take: DeviceTake): Work<DeviceOutcome> {
  const { deviceHash, nowMs } = take;
  const before = yield* tx.get<LoginRecord>(selectLogin, deviceHash);
  const found = yield* tx.get<LoginRecord>(markPolled, { deviceHash, nowMs });
  if (before === undefined || found === undefined) return { state: 'unknown' };
  if (found.client !== take.client) return { state: 'unknown' };
  if (Number(found.expires_at_ms) <= nowMs) return { state: 'expired' };
  if (nowMs < Number(before.polled_at_ms) + Number(found.interval_sec) * 1_000) {
    yield* tx.post(slowDown, signInLimits.deviceIntervalSec, deviceHash);
    return { state: 'too-fast' };
  }
  if (found.decision === null) return { state: 'pending' };
  yield* tx.post(deleteLogin, deviceHash);
  if (found.decision !== 'approved' || found.account_id === null) return { state: 'denied' };
  const { key, event } = take.keyFor(toLogin(found), found.account_id);
  yield* addApiKeyIn(tx, key, take.keysMax);
  yield* appendEventsIn(tx, [event]);
  return { state: 'approved', key };
}

function toLogin(record: LoginRecord): DeviceLoginRow {
  return {
    deviceHash: record.device_hash,
    userHash: record.user_hash,
    client: record.client,
    scopes: record.scopes.split(' ') as AccountScope[],
    ip: record.ip,
    createdAtMs: Number(record.created_at_ms),
    expiresAtMs: Number(record.expires_at_ms),
    intervalSec: Number(record.interval_sec),
  };
}
