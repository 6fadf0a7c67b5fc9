import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { silentLogger } from '@node3/shared/logger';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
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

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'node3-records-'));
  file = path.join(folder, 'warm.jsonl');
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

const open = () => new WarmRecords(file, silentLogger);
const recordOf = (id: string) => ({ ...record, facts: { ...facts, executionId: id, boxId: id } });

it('are there for the next process as soon as they are written', async () => {
  const warn = vi.spyOn(silentLogger, 'warn');
  const records = open();
  records.save({ ...record, isTold: false });
  expect(open().get('exe_1')).toEqual({ ...record, isTold: false });
  records.save(record);
  records.save(recordOf('exe_2'));
  records.remove('exe_2');
  records.remove('exe_3');
  expect(open().get('exe_1')).toEqual(record);
  expect(open().ownerOf('warm-1')).toBe('exe_1');
  expect(open().get('exe_2')).toBeNull();
  expect(warn).not.toHaveBeenCalled();
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

it('grow no file without end', async () => {
  const records = open();
  for (let i = 0; i < 1_000; i += 1) {
    records.save(recordOf(`exe_${i}`));
    if (i !== 7) records.remove(`exe_${i}`);
  }
  expect((await readFile(file, 'utf8')).split('\n').length).toBeLessThan(1_010);
  expect(open().get('exe_7')).not.toBeNull();
});

it('change nothing where they can not be written, and are whole again afterwards', async () => {
  const records = open();
  records.save(record);
  await rm(folder, { recursive: true });
  expect(() => records.save(recordOf('exe_2'))).toThrow('ENOENT');
  expect(records.get('exe_2')).toBeNull();
  records.remove('exe_1');
  expect(records.get('exe_1')).toBeNull();
  await mkdir(folder);
  records.save(recordOf('exe_3'));
  expect(await readFile(file, 'utf8')).toBe(`${JSON.stringify(['exe_3', recordOf('exe_3')])}\n`);
});

it('are not used where a line is damaged or was cut off, which keeps no agent from starting', async () => {
  const warn = vi.spyOn(silentLogger, 'warn');
  const whole = JSON.stringify(['exe_1', record]);
  const other = JSON.stringify(['exe_2', record]);
  const damaged = [whole.slice(0, 20), '{}', 'null', '["exe_1",{"facts":null}]', other];
  for (const line of damaged) {
    await writeFile(file, `${line}\n${JSON.stringify(['exe_9', recordOf('exe_9')])}\n`);
    expect(open().get('exe_1')).toBeNull();
    expect(open().get('exe_9')).not.toBeNull();
  }
  expect(warn).toHaveBeenCalledTimes(2 * damaged.length);
  await writeFile(file, whole);
  const records = open();
  expect(records.get('exe_1')).toBeNull();
  records.save(recordOf('exe_2'));
  expect(open().get('exe_2')).not.toBeNull();
});
