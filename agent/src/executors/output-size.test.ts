import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chdir, cwd } from 'node:process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { measureDirectory } from './output-size.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'node3-output-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('measureDirectory', () => {
  it('counts what lies there and follows no link', async () => {
    mkdirSync(join(root, 'a'));
    writeFileSync(join(root, 'a/file'), Buffer.alloc(100_000, 1));
    symlinkSync('/usr', join(root, 'link'));
    const bytes = await measureDirectory(root, 1e9);
    expect(bytes).toBeGreaterThanOrEqual(100_000);
    expect(bytes).toBeLessThan(150_000);
  });

  it('stops as soon as the limit is passed', async () => {
    writeFileSync(join(root, 'file'), Buffer.alloc(100_000, 1));
    expect(await measureDirectory(root, 10)).toBeGreaterThan(10);
  });

  it('takes a tree too deep to be named as over every limit', async () => {
    const before = cwd();
    chdir(root);
    try {
      for (let level = 0; level < 20; level += 1) {
        mkdirSync('d'.repeat(250));
        chdir('d'.repeat(250));
      }
    } finally {
      chdir(before);
    }
    expect(await measureDirectory(root, 1e9)).toBe(Number.POSITIVE_INFINITY);
  });
});
