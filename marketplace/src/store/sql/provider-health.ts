import type { ProviderStatus } from '@node3/shared/provider';
import { builtInProvider, type ProviderHealthRow, type ProviderStore } from '../provider-store.ts';
import type { Database } from './database.ts';
import { appendEventsIn } from './events.ts';

interface HealthRecord {
  provider_id: string;
  number: bigint;
  status: ProviderStatus;
  reason: string;
  at_ms: bigint;
}

interface StatusRecord {
  provider_id: string;
  status: ProviderStatus | null;
  status_reason: string | null;
  status_at_ms: bigint | null;
  status_changes: bigint;
}

/** The one conditional write that decides who notes a change. */
const moveStatus = `
  UPDATE providers SET status = @status, status_reason = @reason, status_at_ms = @nowMs,
    status_changes = status_changes + 1
  WHERE provider_id = @providerId AND coalesce(status, '') <> @status
  RETURNING status_changes`;
const insertHealth = `
  INSERT INTO provider_health (provider_id, number, status, reason, at_ms) VALUES (?, ?, ?, ?, ?)`;
const selectHealth = `
  SELECT * FROM provider_health WHERE provider_id = ? AND number < ? ORDER BY number DESC LIMIT ?`;
const selectProviders = 'SELECT * FROM providers';
/** The newest one of a provider says how it stands, however old it is. */
const selectOld = `
  SELECT provider_id, number FROM provider_health
  WHERE at_ms < ? AND number < (SELECT status_changes FROM providers
    WHERE providers.provider_id = provider_health.provider_id)
  ORDER BY at_ms LIMIT ?`;
const deleteHealth = 'DELETE FROM provider_health WHERE provider_id = ? AND number = ?';
const selectRecord = `
  SELECT count(*) AS agents, CAST(coalesce(sum(jobs_succeeded), 0) AS BIGINT) AS succeeded,
    CAST(coalesce(sum(jobs_failed), 0) AS BIGINT) AS failed,
    CAST(coalesce(sum(timed_runs), 0) AS BIGINT) AS timed_runs,
    CAST(coalesce(sum(timed_run_ms), 0) AS BIGINT) AS timed_run_ms
  FROM agents WHERE provider_id`;

const recordOf = `${selectRecord} = ?`;
const recordOfNone = `${selectRecord} IS NULL`;
type Counts = Record<string, bigint>;

type HealthStore = Pick<
  ProviderStore,
  | 'noteProviderHealth'
  | 'providerHealth'
  | 'providerStatuses'
  | 'pruneProviderHealth'
  | 'providerRecord'
>;

export function createProviderHealth(database: Database): HealthStore {
  return {
    noteProviderHealth({ event, ...change }) {
      return database.write(function* (tx) {
        const moved = yield* tx.get<{ status_changes: bigint }>(moveStatus, change);
        if (moved === undefined) return false;
        const { providerId, status, reason, nowMs } = change;
        const number = Number(moved.status_changes);
        yield* tx.post(insertHealth, providerId, number, status, reason, nowMs);
        yield* appendEventsIn(tx, [event]);
        return true;
      });
    },
    providerHealth(providerId, beforeNumber, limit) {
      const before = beforeNumber ?? Number.MAX_SAFE_INTEGER;
      return database.read(function* (tx) {
        return (yield* tx.all<HealthRecord>(selectHealth, providerId, before, limit)).map(toHealth);
      });
    },
    providerStatuses() {
      return database.read(function* (tx) {
        const records = yield* tx.all<StatusRecord>(selectProviders);
        return records.flatMap(toStatus);
      });
    },
    pruneProviderHealth(beforeMs, limit) {
      return database.write(function* (tx) {
        type Old = Pick<HealthRecord, 'provider_id' | 'number'>;
        const old = yield* tx.all<Old>(selectOld, beforeMs, limit);
        for (const one of old) yield* tx.post(deleteHealth, one.provider_id, Number(one.number));
        return old.length;
      });
    },
    providerRecord(providerId) {
      return database.read(function* (tx) {
        const found =
          providerId === builtInProvider
            ? yield* tx.get<Counts>(recordOfNone)
            : yield* tx.get<Counts>(recordOf, providerId);
        return {
          agents: Number(found?.['agents']),
          jobsSucceeded: Number(found?.['succeeded']),
          jobsFailed: Number(found?.['failed']),
          timedRuns: Number(found?.['timed_runs']),
          timedRunMs: Number(found?.['timed_run_ms']),
        };
      });
    },
  };
}

function toHealth(record: HealthRecord): ProviderHealthRow {
  return {
    providerId: record.provider_id,
    number: Number(record.number),
    status: record.status,
    reason: record.reason,
    atMs: Number(record.at_ms),
  };
}

function toStatus(record: StatusRecord): ProviderHealthRow[] {
  const { provider_id: providerId, status, status_reason: reason } = record;
  if (status === null || reason === null) return [];
  const number = Number(record.status_changes);
  return [{ providerId, number, status, reason, atMs: Number(record.status_at_ms) }];
}
