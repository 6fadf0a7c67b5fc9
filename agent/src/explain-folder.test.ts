import { isMarketError } from '@node3/shared/error';
import { expect, it } from 'vitest';
import { explainFolder, explainUnwritten } from './explain-folder.ts';

const full = Object.assign(new Error('ENOSPC: no space left on device, write'), {
  code: 'ENOSPC',
  syscall: 'write',
});
const sentence =
  'AGENT_DATA_DIR is /d, which can not be used: the disk is full: ENOSPC. Mend that, or set it to another folder.';

it('says to whoever starts an agent what is wrong with its folder', () => {
  expect(explainFolder(full, '/d')).toMatchObject({ message: sentence });
});

it('says so to whoever changes something as well, and calls other errors nothing of the kind', () => {
  const answer = explainUnwritten(full, '/d');
  expect(isMarketError(answer, 'STORE_UNAVAILABLE')).toBe(true);
  expect(answer).toMatchObject({ message: sentence, cause: full });
  const other = new Error('boom');
  expect(explainUnwritten(other, '/d')).toBe(other);
});
