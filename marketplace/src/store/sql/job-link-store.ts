import { MarketError } from '@node3/shared/error';
import type { LinkPart } from '@node3/shared/routes/job-links';
import type { JobLinkRow, JobLinkStore } from '../job-link-store.ts';
import { fromJson, toNumberOrNull } from './codec.ts';
import type { Database } from './database.ts';
import { appendEventsIn } from './events.ts';
import type { Tx, Work } from './work.ts';

interface LinkRecord {
  link_id: string;
  account_id: string;
  job_id: string;
  shows: string;
  artifact_id: string | null;
  created_at_ms: bigint;
  expires_at_ms: bigint;
  uses_max: bigint | null;
  uses: bigint;
  last_used_at_ms: bigint | null;
  revoked_at_ms: bigint | null;
}

const isOpen = `
  revoked_at_ms IS NULL AND expires_at_ms > @nowMs AND (uses_max IS NULL OR uses < uses_max)`;
const countLinks = 'SELECT count(*) AS count FROM job_links WHERE job_id = ?';
const forgetEnded = `DELETE FROM job_links WHERE job_id = @jobId AND NOT (${isOpen})`;
const insertLink = `
  INSERT INTO job_links (link_id, account_id, job_id, shows, artifact_id, created_at_ms,
    expires_at_ms, uses_max, uses, last_used_at_ms, revoked_at_ms)
  VALUES (@linkId, @accountId, @jobId, @shows, @artifactId, @createdAtMs,
    @expiresAtMs, @usesMax, @uses, @lastUsedAtMs, @revokedAtMs)`;
const selectLink = 'SELECT * FROM job_links WHERE link_id = ?';
const selectOfJob = 'SELECT * FROM job_links WHERE job_id = ? ORDER BY link_id DESC';
const countUse = `
  UPDATE job_links SET uses = uses + 1, last_used_at_ms = @nowMs
  WHERE link_id = @linkId AND ${isOpen}`;
const setRevoked = 'UPDATE job_links SET revoked_at_ms = ? WHERE link_id = ?';
const revokeAll = `
  UPDATE job_links SET revoked_at_ms = ? WHERE account_id = ? AND revoked_at_ms IS NULL`;

export function createJobLinkStore(database: Database): JobLinkStore {
  return {
    createJobLink(link, max, events) {
      return database.write(function* (tx) {
        const { jobId } = link;
        if ((yield* countIn(tx, jobId)) >= max) {
          yield* tx.post(forgetEnded, { jobId, nowMs: link.createdAtMs });
          const links = yield* countIn(tx, jobId);
          if (links >= max) throw new MarketError('LIMIT_REACHED', { links, max });
        }
        yield* tx.post(insertLink, { ...link, shows: JSON.stringify(link.shows) });
        yield* appendEventsIn(tx, events);
      });
    },
    jobLink: (linkId) => database.read((tx) => linkIn(tx, linkId)),
    linksOfJob(jobId) {
      return database.read(function* (tx) {
        return (yield* tx.all<LinkRecord>(selectOfJob, jobId)).map(toLink);
      });
    },
    useJobLink(linkId, nowMs) {
      return database.write(function* (tx) {
        const counted = yield* tx.run(countUse, { linkId, nowMs });
        return counted === 0 ? null : yield* linkIn(tx, linkId);
      });
    },
    revokeJobLink(linkId, nowMs, events) {
      return database.write(function* (tx) {
        const link = yield* linkIn(tx, linkId);
        if (link === null || link.revokedAtMs !== null) return link;
        yield* tx.post(setRevoked, nowMs, linkId);
        yield* appendEventsIn(tx, events);
        return { ...link, revokedAtMs: nowMs };
      });
    },
  };
}

/** Every link to a job of the account. */
export function revokeLinksIn(tx: Tx, accountId: string, nowMs: number): Work<void> {
  return tx.post(revokeAll, nowMs, accountId);
}

function* countIn(tx: Tx, jobId: string): Work<number> {
  return Number((yield* tx.get<{ count: bigint }>(countLinks, jobId))?.count);
}

function* linkIn(tx: Tx, linkId: string): Work<JobLinkRow | null> {
  const found = yield* tx.get<LinkRecord>(selectLink, linkId);
  return found === undefined ? null : toLink(found);
}

function toLink(record: LinkRecord): JobLinkRow {
  return {
    linkId: record.link_id,
    accountId: record.account_id,
    jobId: record.job_id,
    shows: fromJson(record.shows) as LinkPart[],
    artifactId: record.artifact_id,
    createdAtMs: Number(record.created_at_ms),
    expiresAtMs: Number(record.expires_at_ms),
    usesMax: toNumberOrNull(record.uses_max),
    uses: Number(record.uses),
    lastUsedAtMs: toNumberOrNull(record.last_used_at_ms),
    revokedAtMs: toNumberOrNull(record.revoked_at_ms),
  };
}
