import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { chooseOutputs } from './choose-outputs.ts';
import { listFiles } from './list-files.ts';

it('finds plain files only, through no link, and says what it leaves out', async () => {
  const root = await mkdtemp(join(tmpdir(), 'node3-list-'));
  await mkdir(join(root, 'out', 'b', 'c'), { recursive: true });
  await mkdir(join(root, 'secret'));
  await writeFile(join(root, 'secret', 'key'), 'secret');
  await writeFile(join(root, 'out', 'b', 'c', 'file'), '123');
  await writeFile(join(root, 'out', 'a'), '');
  await symlink('../secret/key', join(root, 'out', 'link'));
  await symlink('../secret', join(root, 'out', 'folder'));
  const pipe = 'mkfifo "$0"';
  execFileSync('sh', ['-c', pipe, join(root, 'out', 'pipe')]);
  await mkdir(join(root, 'out', Array(16).fill('d').join('/')), { recursive: true });
  const skipped: string[] = [];
  const found = await listFiles(join(root, 'out'), (name) => skipped.push(name));
  expect(found.map(({ name, bytes }) => [name, bytes])).toEqual([
    ['a', 0],
    ['b/c/file', 3],
  ]);
  expect(skipped.toSorted()).toEqual([Array(16).fill('d').join('/'), 'folder', 'link', 'pipe']);
  await rm(root, { recursive: true });
});

const file = (name: string, bytes = 1) => ({ name, path: `/${name}`, bytes });

it('keeps what is asked for, and knows what is missing', () => {
  const found = [file('a/b'), file('ab'), file('output.json'), file('bad\nname')];
  const names = (wanted: Parameters<typeof chooseOutputs>[1]) =>
    chooseOutputs(found, wanted).files.map(({ name }) => name);
  expect(names(null)).toEqual(['a/b', 'ab']);
  expect(names([{ path: 'a' }, { path: 'output.json' }])).toEqual(['a/b', 'output.json']);
  expect(names([])).toEqual([]);
  const wanted = [{ path: 'a' }, { path: 'x' }, { path: 'y', required: false }];
  expect(chooseOutputs(found, wanted).missing).toEqual(['x']);
  expect(chooseOutputs(found, null).skipped).toEqual([
    { name: 'bad\nname', why: 'has characters that are not shown' },
  ]);
});

it('keeps nothing of too much', () => {
  const many = Array.from({ length: 1_001 }, (_, index) => file(`${index}`));
  expect(chooseOutputs(many, null).excess).toContain('1001 files');
  expect(chooseOutputs([file('a', 2 ** 40)], null).excess).toContain('a has more than');
  const large = Array.from({ length: 3 }, (_, index) => file(`${index}`, 30 * 2 ** 30));
  expect(chooseOutputs(large, null).excess).toContain('at most');
});
