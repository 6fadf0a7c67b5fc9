import { migratePostgres } from '../store/postgres/manage-postgres.ts';
import { templateVariable } from './engine-under-test.ts';
import { startTestPostgres } from './test-postgres.ts';

/** Around the test project `postgres`: one server for all of its files. */
export async function setup(): Promise<() => Promise<void>> {
  const server = await startTestPostgres();
  const template = await server.createDatabase();
  await migratePostgres(template);
  process.env[templateVariable] = template;
  return () => server.stop();
}
