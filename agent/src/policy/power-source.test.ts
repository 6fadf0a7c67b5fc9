import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readLinux, readPmset } from './power-source.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'node3-power-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function supply(name: string, files: Record<string, string>): Promise<void> {
  await mkdir(join(folder, name), { recursive: true });
  for (const [file, text] of Object.entries(files)) {
    await writeFile(join(folder, name, file), `${text}\n`);
  }
}

it('reads from the kernel whether a battery empties', async () => {
  expect(await readLinux(join(folder, 'none'))).toBeNull();
  await supply('mouse', { type: 'Battery', scope: 'Device', status: 'Discharging' });
  await supply('AC', { type: 'Mains', online: '0' });
  expect(await readLinux(folder)).toBeNull();
  await supply('BAT0', { type: 'Battery', status: 'Discharging' });
  expect(await readLinux(folder)).toBe(true);
  await supply('AC', { type: 'Mains', online: '1' });
  expect(await readLinux(folder)).toBe(false);
});

it('reads it from pmset', () => {
  expect(readPmset("Now drawing from 'Battery Power'\n -InternalBattery-0")).toBe(true);
  expect(readPmset("Now drawing from 'AC Power'\n")).toBe(false);
  expect(readPmset('')).toBeNull();
});
