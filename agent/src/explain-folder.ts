import { ConfigError } from '@node3/shared/env';
import { MarketError } from '@node3/shared/error';

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'this user may not use it',
  EEXIST: 'it is no folder',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'it is within a file',
  EPERM: 'this user may not use it',
  EROFS: 'the disk is read-only',
  SQLITE_CANTOPEN: 'its journal can not be opened',
  SQLITE_FULL: 'the disk is full',
  SQLITE_READONLY: 'its journal can not be written',
};

/** @returns a system's error in words for whoever starts an agent; anything else as it is. */
export function explainFolder(error: unknown, dataDir: string): unknown {
  const { code = '', path, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  const reason = reasons[code];
  if (reason === undefined || syscall === 'listen') return error;
  const place = path === undefined ? '' : ` (${path})`;
  return new ConfigError(
    'AGENT_DATA_DIR',
    `is ${dataDir}, which can not be used: ${reason}: ${code}${place}`,
    'Mend that, or set it to another folder.',
  );
}

/** The same for whoever had the agent write something, as an answer. */
export function explainUnwritten(error: unknown, dataDir: string): unknown {
  const explained = explainFolder(error, dataDir);
  if (explained === error || !(explained instanceof ConfigError)) return error;
  return new MarketError('STORE_UNAVAILABLE', { detail: explained.message }, { cause: error });
}
