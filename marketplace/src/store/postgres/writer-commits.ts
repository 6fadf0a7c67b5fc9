import type { PostgresConnection } from './postgres-connection.ts';
import { lockWriters, plain, toStatement } from './write-transaction.ts';

const selectCommits = 'SELECT commits FROM writer_commits WHERE writer_id = ?';

/**
 * How many commits of a writer the database has. Waits for the writers' lock first: a commit whose
 * connection was lost may be under way still, and holds it until it has happened or not.
 */
export async function readCommits(
  connection: PostgresConnection,
  writerId: string,
): Promise<number> {
  const answers = await connection.send([
    plain('BEGIN'),
    plain(lockWriters),
    toStatement({ sql: selectCommits, values: [writerId], shape: 'records' }),
    plain('COMMIT'),
  ]);
  const [row] = (answers[2]?.rows ?? []) as { commits: bigint }[];
  return Number(row?.commits ?? 0n);
}
