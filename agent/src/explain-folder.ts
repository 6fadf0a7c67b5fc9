import { ConfigError } from '@node3/shared/env';

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
