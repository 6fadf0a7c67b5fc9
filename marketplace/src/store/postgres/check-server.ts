import type { PostgresConnection } from './postgres-connection.ts';
import { plain } from './write-transaction.ts';

/** The oldest version that is tested; older ones lack nothing that we know of, but nobody has looked. */
const versionMin = 15;

interface Settings {
  version: bigint;
  fsync: string;
  full_page_writes: string;
  server_encoding: string;
}

const selectSettings = `
  SELECT current_setting('server_version_num')::int / 10000 AS version,
    current_setting('fsync') AS fsync, current_setting('full_page_writes') AS full_page_writes,
    current_setting('server_encoding') AS server_encoding`;

/** Throws one sentence when the server would lose what it acknowledged, or can't hold our texts. */
export async function checkServer(connection: PostgresConnection): Promise<void> {
  const [answer] = await connection.send([plain(selectSettings)]);
  const [settings] = (answer?.rows ?? []) as Settings[];
  if (settings === undefined) throw new Error('PostgreSQL did not tell its settings.');
  const { version, fsync, full_page_writes: fullPages, server_encoding: encoding } = settings;
  if (version < versionMin) {
    throw new Error(`PostgreSQL ${version} is too old; version ${versionMin} or newer is needed.`);
  }
  if (fsync !== 'on' || fullPages !== 'on') {
    throw new Error(
      `PostgreSQL runs with fsync = ${fsync} and full_page_writes = ${fullPages}: a power cut would lose what was acknowledged. Set both to on.`,
    );
  }
  if (encoding !== 'UTF8') {
    throw new Error(
      `The database has the encoding ${encoding}; create it with UTF8: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0.`,
    );
  }
}
