import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { silentLogger } from '@node3/shared/logger';
import { expect, it, vi } from 'vitest';
import { WarmRecords } from './warm-records.ts';

const facts = {
  executionId: 'exe_1',
  boxId: 'warm-1',
  jobId: 'job_1',
  attempt: 1,
  runMs: 60_000,
  diskBytes: 1,
  logBytesMax: 1,
  proxyPort: null,
};
const record = { facts, startedAtMs: 1, isTold: true };

it('are read back, and a damaged file is none and keeps no agent from starting', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'node3-records-'));
  const file = path.join(folder, 'warm.json');
  const warn = vi.spyOn(silentLogger, 'warn');
  const open = () => new WarmRecords(file, silentLogger);
  await open().save(record);
  expect(open().get('exe_1')).toEqual(record);
  expect(open().ownerOf('warm-1')).toBe('exe_1');
  expect(warn).not.toHaveBeenCalled();
  const whole = JSON.stringify([['exe_1', record]]);
  const other = JSON.stringify([['exe_2', record]]);
  const damaged = ['', whole.slice(0, 20), '{}', '[null]', '[["exe_1",{"facts":null}]]', other];
  for (const text of damaged) {
    await writeFile(file, text);
    expect(open().get('exe_1')).toBeNull();
  }
  expect(warn).toHaveBeenCalledTimes(damaged.length);
  await rm(folder, { recursive: true });
});
