import type { Clock } from '@node3/shared/clock';
import { MarketError } from '@node3/shared/error';
import type { EventName, NewEvent } from '@node3/shared/events';
import { assertUnchanged } from '@node3/shared/http/entity-tag';
import type { Ids } from '@node3/shared/ids';
import { limits } from '@node3/shared/limits';
import type { SnippetDetail, SnippetInput, SnippetSummary } from '@node3/shared/routes/snippets';
import { toTimestamp } from '@node3/shared/schema';
import { pageOfSnippets, type SnippetQuery } from '../domain/snippet-page.ts';
import type { SnippetListing, SnippetRow, SnippetStore } from '../store/snippet-store.ts';

export interface SnippetDeps {
  store: SnippetStore;
  clock: Clock;
  ids: Ids;
}

export async function createSnippet(
  deps: SnippetDeps,
  accountId: string,
  input: SnippetInput,
): Promise<SnippetDetail> {
  const nowMs = deps.clock.nowMs();
  const snippet: SnippetRow = {
    snippetId: deps.ids.next('snippet'),
    accountId,
    version: 1,
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    ...contentOf(input),
  };
  const events = [eventOf('snippet.created', snippet, nowMs)];
  await deps.store.createSnippet(snippet, limits.snippetsPerAccount, events);
  return viewSnippet(snippet);
}

export async function replaceSnippet(
  deps: SnippetDeps,
  accountId: string,
  { snippetId, ifMatch }: { snippetId: string; ifMatch: string | null },
  input: SnippetInput,
): Promise<SnippetDetail> {
  await findOwnSnippet(deps, accountId, snippetId);
  const nowMs = deps.clock.nowMs();
  const changed = await deps.store.changeSnippet(snippetId, (row) => {
    assertUnchanged(ifMatch, [snippetId, row.version]);
    const snippet = {
      ...row,
      ...contentOf(input),
      version: row.version + 1,
      updatedAtMs: nowMs,
    };
    return { snippet, events: [eventOf('snippet.changed', snippet, nowMs)] };
  });
  return viewSnippet(changed);
}

export async function deleteSnippet(
  deps: SnippetDeps,
  accountId: string,
  snippetId: string,
): Promise<{ snippetId: string }> {
  await findOwnSnippet(deps, accountId, snippetId);
  const nowMs = deps.clock.nowMs();
  await deps.store.deleteSnippet(snippetId, (row) => [eventOf('snippet.deleted', row, nowMs)]);
  return { snippetId };
}

export async function listSnippets(
  deps: Pick<SnippetDeps, 'store'>,
  accountId: string,
  query: SnippetQuery,
): Promise<{ data: SnippetSummary[]; nextCursor: string | null }> {
  const rows = await deps.store.snippetsOfAccount(accountId);
  const { page, nextCursor } = pageOfSnippets(rows, query, query.limit ?? limits.listPageDefault);
  return { data: page.map(viewListing), nextCursor };
}

/** Finds a snippet of this account. Somebody else's does not exist for it. */
export async function findOwnSnippet(
  deps: Pick<SnippetDeps, 'store'>,
  accountId: string,
  snippetId: string,
): Promise<SnippetRow> {
  const snippet = await deps.store.snippet(snippetId);
  if (snippet?.accountId === accountId) return snippet;
  throw new MarketError('SNIPPET_NOT_FOUND', { snippetId });
}

export function viewSnippet(row: SnippetRow): SnippetDetail {
  return { ...viewListing(row), code: row.code, ...row.defaults };
}

function contentOf(input: SnippetInput) {
  const { name, description = null, language, code, image = null, gpus = null } = input;
  const defaults = { image, gpus, runSec: input.runSec ?? null };
  return { name, description, language, code, codeBytes: Buffer.byteLength(code), defaults };
}

function viewListing(row: SnippetListing): SnippetSummary {
  const { snippetId, name, description, language, codeBytes, version } = row;
  return {
    snippetId,
    name,
    description,
    language,
    codeBytes,
    version,
    createdAt: toTimestamp(row.createdAtMs),
    updatedAt: toTimestamp(row.updatedAtMs),
  };
}

function eventOf(name: EventName, snippet: SnippetRow, atMs: number): NewEvent {
  const { snippetId, accountId, version } = snippet;
  return {
    name,
    atMs,
    actor: 'requester',
    accountId,
    jobId: null,
    executionId: null,
    reason: null,
    data: { snippetId, name: snippet.name, version },
  };
}
