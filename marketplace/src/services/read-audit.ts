import { AuditChain } from '@node3/shared/audit-chain';
import type { QueryOf } from '@node3/shared/contract';
import { MarketError } from '@node3/shared/error';
import { limits } from '@node3/shared/limits';
import type { AuditEntry, AuditProof, listAuditLog } from '@node3/shared/routes/audit';
import type { AuditFilter, AuditStore } from '../store/audit-store.ts';

export type AuditQuery = QueryOf<typeof listAuditLog>;

interface Deps {
  store: AuditStore;
}

/** One page; REQUEST_INVALID for a time that is none. */
export async function readAuditPage({ store }: Deps, query: AuditQuery) {
  const limit = query.limit ?? limits.listPageDefault;
  const order = query.order ?? 'newest';
  const cursor = query.cursor ?? null;
  const filter = filterOf(query);
  const [data, { removed }] = await Promise.all([
    store.auditEntries({ filter, order, cursor, limit }),
    store.auditEnds(),
  ]);
  const nextCursor = data.length === limit ? (data.at(-1)?.entry ?? null) : null;
  return { data, nextCursor, after: { entry: removed.entry, hash: hex(removed.hash) } };
}

/** Everything that a query finds, oldest first, page by page. */
export async function* walkAudit(
  { store }: Deps,
  query: AuditQuery,
  signal: AbortSignal = new AbortController().signal,
): AsyncGenerator<AuditEntry[]> {
  const filter = filterOf(query);
  let cursor = query.cursor ?? null;
  while (!signal.aborted) {
    const limit = limits.auditEntriesPerPage;
    const page = await store.auditEntries({ filter, order: 'oldest', cursor, limit });
    const last = page.at(-1);
    if (last === undefined) return;
    cursor = last.entry;
    yield page;
  }
}

/** A few name the cause as well as all would. */
const problemsMax = 100;

/**
 * Recomputes the log from the first entry that is kept. What was removed for its age is vouched for
 * by the hash of its last entry; a lost end shows against the head, which is kept apart.
 */
export async function verifyAudit(deps: Deps): Promise<AuditProof> {
  const { head, removed } = await deps.store.auditEnds();
  const chain = new AuditChain(removed);
  const problems: string[] = [];
  const note = (problem: string) => {
    if (problems.length < problemsMax) problems.push(problem);
  };
  for await (const page of walkAudit(deps, {})) {
    for (const entry of page) {
      // What was appended meanwhile is for the next one.
      if (entry.entry <= head.entry) for (const problem of chain.add(entry)) note(problem);
      else if (chain.place.entry < head.entry) break;
    }
  }
  const { entry, hash } = chain.place;
  if (entry < head.entry) {
    note(`The log ends with entry ${entry}, and the newest was ${head.entry}: its end is missing.`);
  } else if (!Buffer.from(hash).equals(Buffer.from(head.hash))) {
    note(`Entry ${entry} is not the newest entry that was written.`);
  }
  return {
    verified: problems.length === 0,
    problems,
    entries: chain.entries,
    from: removed.entry + 1,
    head: { entry: head.entry, hash: hex(head.hash) },
  };
}

function filterOf(query: AuditQuery): AuditFilter {
  return {
    action: query.action ?? null,
    actor: query.actor ?? null,
    accountId: query.accountId ?? null,
    keyId: query.keyId ?? null,
    target: query.target ?? null,
    requestId: query.requestId ?? null,
    fromMs: timeOf(query.from, 'from'),
    untilMs: timeOf(query.until, 'until'),
  };
}

function timeOf(text: string | undefined, field: string): number | null {
  if (text === undefined) return null;
  const ms = Date.parse(text);
  if (Number.isFinite(ms)) return ms;
  const errors = [{ pointer: `/${field}`, detail: 'must be a time such as 2026-11-26T08:00:00Z' }];
  throw new MarketError('REQUEST_INVALID', { detail: `${field} is not a time.`, errors });
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
