import { MarketError } from '@node3/shared/error';
import type { TemplateParameter } from '@node3/shared/template';
import type Database from 'better-sqlite3';
import type { TemplateRow, TemplateStore, TemplateVersionRow } from '../template-store.ts';
import { fromJson, toNumberOrNull } from './codec.ts';
import { appendEventsIn } from './old-style.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { statement } from './statement.ts';

interface TemplateRecord {
  template_id: string;
  account_id: string;
  name: string;
  description: string | null;
  version: bigint;
  created_at_ms: bigint;
  archived_at_ms: bigint | null;
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
/** Sorts after every id. */
const afterAllIds = '~';

export function createSqliteTemplateStore(sqlite: SqliteDatabase): TemplateStore {
  return {
    createTemplate(template, content, max, events) {
      return sqlite.write((db) => {
        const count = Number(
          statement<{ count: bigint }>(db, countTemplates).get(template.accountId)?.count,
        );
        if (count >= max) throw new MarketError('LIMIT_REACHED', { templates: count, max });
        statement(db, insertTemplate).run(template);
        insertVersionIn(db, { ...content, ...template, createdAtMs: content.createdAtMs });
        appendEventsIn(sqlite, db, events);
      });
    },
    addTemplateVersion(templateId, content, max, events) {
      return sqlite.write((db) => {
        const template = templateIn(db, templateId);
        if (template === null) throw new MarketError('TEMPLATE_NOT_FOUND', { templateId });
        if (template.archivedAtMs !== null) {
          throw new MarketError('TEMPLATE_ARCHIVED', { templateId });
        }
        const version = template.version + 1;
        if (version > max) throw new MarketError('LIMIT_REACHED', { versions: max, max });
        insertVersionIn(db, { ...content, templateId, version });
        statement(db, setVersion).run(version, templateId);
        appendEventsIn(sqlite, db, events({ ...template, version }));
        return { ...template, version };
      });
    },
    async template(templateId) {
      return sqlite.read((db) => templateIn(db, templateId));
    },
    async templateVersion(templateId, version) {
      const found = sqlite.read((db) =>
        statement<VersionRecord>(db, selectVersion).get(templateId, version),
      );
      return found === undefined ? null : toVersion(found);
    },
    async listTemplates({ accountId, archived, beforeTemplateId, limit }) {
      const sql = archived === 'with' ? listAll : listOpen;
      return sqlite.read((db) =>
        statement<TemplateRecord>(db, sql)
          .all(accountId, beforeTemplateId ?? afterAllIds, limit)
          .map(toTemplate),
      );
    },
    archiveTemplate(templateId, nowMs, events) {
      return sqlite.write((db) => {
        const template = templateIn(db, templateId);
        if (template === null || template.archivedAtMs !== null) return template;
        statement(db, setArchived).run(nowMs, templateId);
        appendEventsIn(sqlite, db, events);
        return { ...template, archivedAtMs: nowMs };
      });
    },
  };
}

function insertVersionIn(db: Database.Database, row: TemplateVersionRow): void {
  statement(db, insertVersion).run({
    templateId: row.templateId,
    version: row.version,
    spec: JSON.stringify(row.spec),
    parameters: JSON.stringify(row.parameters),
    createdAtMs: row.createdAtMs,
  });
}

function templateIn(db: Database.Database, templateId: string): TemplateRow | null {
  const found = statement<TemplateRecord>(db, selectTemplate).get(templateId);
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
