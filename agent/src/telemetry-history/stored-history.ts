import { historyWindows } from '@node3/shared/device-metrics';
import { isNotFound } from '@node3/shared/file-error';
import { limits } from '@node3/shared/limits';
import { nullable, strictObject } from '@node3/shared/schema';
import { type Static, Type } from 'typebox';
import { Check } from 'typebox/value';
import { readPrivateFile } from '../secrets.ts';

const { '24h': day, '30d': month } = historyWindows;
const pointsMax = Math.max(day.seconds / day.stepSec, month.seconds / month.stepSec);

/** The file of the past: for each device, metric and window the points up to `atMs`. */
export const StoredHistory = strictObject({
  version: Type.Literal(1),
  atMs: Type.Number({ minimum: 0 }),
  metrics: Type.Array(Type.String(), { maxItems: 32 }),
  devices: Type.Array(
    strictObject({
      deviceId: Type.String({ maxLength: 128 }),
      points: Type.Array(
        Type.Array(Type.Array(nullable(Type.Number()), { maxItems: pointsMax }), { maxItems: 8 }),
        { maxItems: 32 },
      ),
    }),
    { maxItems: limits.devicesPerAgent },
  ),
});
export type StoredHistory = Static<typeof StoredHistory>;

/** @returns null where there is none. @throws for a file that is something else. */
export async function readStoredHistory(path: string): Promise<StoredHistory | null> {
  const text = await readPrivateFile(path).catch((error: unknown) => {
    if (isNotFound(error)) return null;
    throw error;
  });
  if (text === null) return null;
  const stored: unknown = JSON.parse(text);
  if (!Check(StoredHistory, stored)) throw new Error(`${path} is no history of telemetry`);
  return stored;
}
