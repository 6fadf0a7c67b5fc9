import { MarketError } from '@node3/shared/error';
import type { Language } from '@node3/shared/job-spec';
import type { SnippetListing, SnippetRow, SnippetStore } from '../snippet-store.ts';
import { fromJson } from './codec.ts';
import type { Database } from './database.ts';
import { appendEventsIn } from './events.ts';
import type { Tx, Work } from './work.ts';

interface ListingRecord {
  snippet_id: string;
  account_id: string;
  name: string;
  description: string | null;
  language: Language;
  code_bytes: bigint;
  version: bigint;
  created_at_ms: bigint;
  updated_at_ms: bigint;
}

interface SnippetRecord extends ListingRecord {
  code: string;
  defaults: string;
}

const countSnippets = 'SELECT count(*) AS count FROM snippets WHERE account_id = ?';
const selectNamed = 'SELECT snippet_id FROM snippets WHERE account_id = ? AND name = ?';
const insertSnippet = `
  INSERT INTO snippets (snippet_id, account_id, name, description, language, code, code_bytes,
    defaults, version, created_at_ms, updated_at_ms)
  VALUES (@snippetId, @accountId, @name, @description, @language, @code, @codeBytes,
    @defaults, @version, @createdAtMs, @updatedAtMs)`;
const updateSnippet = `
  UPDATE snippets SET name = @name, description = @description, language = @language, code = @code,
    code_bytes = @codeBytes, defaults = @defaults, version = @version, updated_at_ms = @updatedAtMs
  WHERE snippet_id = @snippetId`;
const selectSnippet = 'SELECT * FROM snippets WHERE snippet_id = ?';
const selectListings = `
  SELECT snippet_id, account_id, name, description, language, code_bytes, version, created_at_ms,
    updated_at_ms
  FROM snippets WHERE account_id = ?`;
const deleteOne = 'DELETE FROM snippets WHERE snippet_id = ?';

export function createSnippetStore(database: Database): SnippetStore {
  return {
    createSnippet(snippet, max, events) {
      return database.write(function* (tx) {
        const found = yield* tx.get<{ count: bigint }>(countSnippets, snippet.accountId);
        const count = Number(found?.count);
        if (count >= max) throw new MarketError('LIMIT_REACHED', { snippets: count, max });
        yield* requireFreeName(tx, snippet);
        yield* tx.post(insertSnippet, { ...snippet, defaults: JSON.stringify(snippet.defaults) });
        yield* appendEventsIn(tx, events);
      });
    },
    snippet(snippetId) {
      return database.read((tx) => snippetIn(tx, snippetId));
    },
    snippetsOfAccount(accountId) {
      return database.read(function* (tx) {
        return (yield* tx.all<ListingRecord>(selectListings, accountId)).map(toListing);
      });
    },
    changeSnippet(snippetId, change) {
      return database.write(function* (tx) {
        const found = yield* snippetIn(tx, snippetId);
        if (found === null) throw new MarketError('SNIPPET_NOT_FOUND', { snippetId });
        const { snippet, events } = change(found);
        if (snippet.name !== found.name) yield* requireFreeName(tx, snippet);
        yield* tx.post(updateSnippet, { ...snippet, defaults: JSON.stringify(snippet.defaults) });
        yield* appendEventsIn(tx, events);
        return snippet;
      });
    },
    deleteSnippet(snippetId, events) {
      return database.write(function* (tx) {
        const found = yield* snippetIn(tx, snippetId);
        if (found === null) return;
        yield* tx.post(deleteOne, snippetId);
        yield* appendEventsIn(tx, events(found));
      });
    },
  };
}

function* requireFreeName(tx: Tx, { accountId, name }: SnippetRow): Work<void> {
  const other = yield* tx.get<{ snippet_id: string }>(selectNamed, accountId, name);
  if (other === undefined) return;
  throw new MarketError('SNIPPET_NAME_TAKEN', { snippetId: other.snippet_id });
}

function* snippetIn(tx: Tx, snippetId: string): Work<SnippetRow | null> {
  const found = yield* tx.get<SnippetRecord>(selectSnippet, snippetId);
  if (found === undefined) return null;
  const defaults = fromJson(found.defaults) as SnippetRow['defaults'];
  return { ...toListing(found), code: found.code, defaults };
}

function toListing(record: ListingRecord): SnippetListing {
  return {
    snippetId: record.snippet_id,
    accountId: record.account_id,
    name: record.name,
    description: record.description,
    language: record.language,
    codeBytes: Number(record.code_bytes),
    version: Number(record.version),
    createdAtMs: Number(record.created_at_ms),
    updatedAtMs: Number(record.updated_at_ms),
  };
}
