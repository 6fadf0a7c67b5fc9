import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Client } from 'pg';
import type { DatabaseAddress } from '../store/database-address.ts';
import { assureDatabase } from './empty-database.ts';

/**
 * Where a test's marketplace keeps its data: a file in its folder, or in the test project `postgres`,
 * which runs the same tests once more, a database of the server that it started.
 */
export interface DatabaseUnderTest {
  address: DatabaseAddress;
  remove(): Promise<void>;
}

/** Names an empty database with the newest schema, to be copied. Set by `postgres-project.ts`. */
export const templateVariable = 'NODE3_TEST_POSTGRES';

/** The databases of folders that a test opens again. */
const byFolder = new Map<string, DatabaseUnderTest>();

export async function databaseUnderTest(folder: string): Promise<DatabaseUnderTest> {
  let found = byFolder.get(folder);
  if (found === undefined) {
    const template = isPostgres() ? process.env[templateVariable] : undefined;
    found = template === undefined ? inFile(folder) : await copyOf(template, folder);
    byFolder.set(folder, found);
  }
  return found;
}

/** Only tests of that project, whatever else runs in the same process. */
function isPostgres(): boolean {
  return process.env['NODE3_TEST_ENGINE'] === 'postgres';
}

function inFile(folder: string): DatabaseUnderTest {
  const path = join(folder, 'market.db');
  assureDatabase(path);
  return {
    address: { engine: 'sqlite', path },
    async remove() {
      byFolder.delete(folder);
    },
  };
}

async function copyOf(template: string, folder: string): Promise<DatabaseUnderTest> {
  const name = `market_${randomUUID().replaceAll('-', '')}`;
  const templateName = new URL(template).pathname.slice(1);
  await administer(template, `CREATE DATABASE ${name} TEMPLATE ${templateName}`);
  const url = new URL(template);
  url.pathname = `/${name}`;
  return {
    address: { engine: 'postgres', url: url.href },
    async remove() {
      byFolder.delete(folder);
      await administer(template, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

async function administer(template: string, sql: string): Promise<void> {
  const url = new URL(template);
  url.pathname = '/postgres';
  const client = new Client({ connectionString: url.href });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
