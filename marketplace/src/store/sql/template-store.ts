import { MarketError } from '@node3/shared/error';
import type { GallerySort, TemplateVisibility } from '@node3/shared/routes/templates';
import type { TemplateParameter } from '@node3/shared/template';
import type { TemplateRow, TemplateStore, TemplateVersionRow } from '../template-store.ts';
import { fromJson, toNumberOrNull } from './codec.ts';
import type { Database } from './database.ts';
import { appendEventsIn } from './events.ts';
import type { Tx, Work } from './work.ts';

interface TemplateRecord {
  template_id: string;
  account_id: string;
  name: string;
  description: string | null;
  version: bigint;
  created_at_ms: bigint;
  archived_at_ms: bigint | null;
  visibility: TemplateVisibility;
  tags: string;
  uses: bigint;
  hidden_at_ms: bigint | null;
}

interface VersionRecord {
  template_id: string;
  version: bigint;
  spec: string;
  parameters: string;
  created_at_ms: bigint;
}

const countTemplates = 'SELECT count(*) AS count FROM templates WHERE account_id = ?';
const insertTemplate = `
  INSERT INTO templates (template_id, account_id, name, description, version, created_at_ms,
    archived_at_ms)
  VALUES (@templateId, @accountId, @name, @description, @version, @createdAtMs, @archivedAtMs)`;
const insertVersion = `
  INSERT INTO template_versions (template_id, version, spec, parameters, created_at_ms)
  VALUES (@templateId, @version, @spec, @parameters, @createdAtMs)`;
const selectTemplate = 'SELECT * FROM templates WHERE template_id = ?';
const selectVersion = 'SELECT * FROM template_versions WHERE template_id = ? AND version = ?';
const listOf = (which: string) => `
  SELECT * FROM templates WHERE account_id = ? AND template_id < ? ${which}
  ORDER BY template_id DESC LIMIT ?`;
const listAll = listOf('');
const listOpen = listOf('AND archived_at_ms IS NULL');
const setVersion = 'UPDATE templates SET version = ? WHERE template_id = ?';
const setArchived = 'UPDATE templates SET archived_at_ms = ? WHERE template_id = ?';
const setShown = `
  UPDATE templates SET visibility = @visibility, tags = @tags, hidden_at_ms = @hiddenAtMs
  WHERE template_id = @templateId`;
const galleryBy = (place: string, order: string) => `
  SELECT templates.*, accounts.name AS owner
  FROM templates JOIN accounts ON accounts.account_id = templates.account_id
  WHERE templates.visibility = 'public' AND templates.hidden_at_ms IS NULL
    AND templates.archived_at_ms IS NULL AND ${place}
    AND (lower(templates.name) LIKE @q ESCAPE '!'
      OR lower(coalesce(templates.description, '')) LIKE @q ESCAPE '!')
    AND templates.tags LIKE @tag ESCAPE '!'
  ORDER BY ${order} LIMIT @limit`;
const galleries: Record<GallerySort, string> = {
  newest: galleryBy('templates.template_id < @before', 'templates.template_id DESC'),
  uses: galleryBy(
    '(templates.uses, templates.template_id) < (@uses, @before)',
    'templates.uses DESC, templates.template_id DESC',
  ),
};
const countUse = 'UPDATE templates SET uses = uses + 1 WHERE template_id = ?';
/** Sorts after every id. */
const afterAllIds = '~';

export function createTemplateStore(database: Database): TemplateStore {
  return {
    createTemplate(template, content, max, events) {
      return database.write(function* (tx) {
        const count = Number(
          (yield* tx.get<{ count: bigint }>(countTemplates, template.accountId))?.count,
        );
        if (count >= max) throw new MarketError('LIMIT_REACHED', { templates: count, max });
        yield* tx.post(insertTemplate, template);
        yield* insertVersionIn(tx, { ...content, ...template, createdAtMs: content.createdAtMs });
        yield* appendEventsIn(tx, events);
      });
    },
    addTemplateVersion(templateId, content, max, events) {
      return database.write(function* (tx) {
        const template = yield* templateIn(tx, templateId);
        if (template === null) throw new MarketError('TEMPLATE_NOT_FOUND', { templateId });
        if (template.archivedAtMs !== null) {
          throw new MarketError('TEMPLATE_ARCHIVED', { templateId });
        }
        const version = template.version + 1;
        if (version > max) throw new MarketError('LIMIT_REACHED', { versions: max, max });
        yield* insertVersionIn(tx, { ...content, templateId, version });
        yield* tx.post(setVersion, version, templateId);
        yield* appendEventsIn(tx, events({ ...template, version }));
        return { ...template, version };
      });
    },
    template(templateId) {
      return database.read((tx) => templateIn(tx, templateId));
    },
    async templateVersion(templateId, version) {
      const found = await database.read((tx) =>
        tx.get<VersionRecord>(selectVersion, templateId, version),
      );
      return found === undefined ? null : toVersion(found);
    },
    async listTemplates({ accountId, archived, beforeTemplateId, limit }) {
      const sql = archived === 'with' ? listAll : listOpen;
      return database.read(function* (tx) {
        return (yield* tx.all<TemplateRecord>(
          sql,
          accountId,
          beforeTemplateId ?? afterAllIds,
          limit,
        )).map(toTemplate);
      });
    },
    changeTemplate(templateId, change) {
      return database.write(function* (tx) {
        const found = yield* templateIn(tx, templateId);
        if (found === null) throw new MarketError('TEMPLATE_NOT_FOUND', { templateId });
        const { template, events } = change(found);
        const { visibility, tags, hiddenAtMs } = template;
        const shown = { templateId, visibility, tags: JSON.stringify(tags), hiddenAtMs };
        yield* tx.post(setShown, shown);
        yield* appendEventsIn(tx, events);
        return template;
      });
    },
    listGallery({ q, tag, after, sort, limit }) {
      const named = {
        q: within((q ?? '').toLowerCase()),
        tag: within(tag === null ? '' : JSON.stringify(tag)),
        before: after?.templateId ?? afterAllIds,
        limit,
        ...(sort === 'uses' && { uses: after?.uses ?? Number.MAX_SAFE_INTEGER }),
      };
      return database.read(function* (tx) {
        type Row = TemplateRecord & { owner: string | null };
        const found = yield* tx.all<Row>(galleries[sort], named);
        return found.map((row) => ({ ...toTemplate(row), owner: row.owner }));
      });
    },
    archiveTemplate(templateId, nowMs, events) {
      return database.write(function* (tx) {
        const template = yield* templateIn(tx, templateId);
        if (template === null || template.archivedAtMs !== null) return template;
        yield* tx.post(setArchived, nowMs, templateId);
        yield* appendEventsIn(tx, events);
        return { ...template, archivedAtMs: nowMs };
      });
    },
  };
}

/** Counts a job that was posted from it. */
export function countTemplateUseIn(tx: Tx, templateId: string): Work<void> {
  return tx.post(countUse, templateId);
}

/** A pattern for texts with this one in them. */
function within(text: string): string {
  return `%${text.replaceAll(/[!%_]/g, '!$&')}%`;
}

function* insertVersionIn(tx: Tx, row: TemplateVersionRow): Work<void> {
  yield* tx.post(insertVersion, {
    templateId: row.templateId,
    version: row.version,
    spec: JSON.stringify(row.spec),
    parameters: JSON.stringify(row.parameters),
    createdAtMs: row.createdAtMs,
  });
}

function* templateIn(tx: Tx, templateId: string): Work<TemplateRow | null> {
  const found = yield* tx.get<TemplateRecord>(selectTemplate, templateId);
  return found === undefined ? null : toTemplate(found);
}

function toTemplate(record: TemplateRecord): TemplateRow {
  return {
    templateId: record.template_id,
    accountId: record.account_id,
    name: record.name,
    description: record.description,
    version: Number(record.version),
    createdAtMs: Number(record.created_at_ms),
    archivedAtMs: toNumberOrNull(record.archived_at_ms),
    visibility: record.visibility,
    tags: fromJson(record.tags) as string[],
    uses: Number(record.uses),
    hiddenAtMs: toNumberOrNull(record.hidden_at_ms),
  };
}

function toVersion(record: VersionRecord): TemplateVersionRow {
  return {
    templateId: record.template_id,
    version: Number(record.version),
    spec: fromJson(record.spec) as Record<string, unknown>,
    parameters: fromJson(record.parameters) as TemplateParameter[],
    createdAtMs: Number(record.created_at_ms),
  };
}
