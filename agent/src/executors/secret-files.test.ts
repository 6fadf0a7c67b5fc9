import { mkdtemp, readdir, readFile, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findSecretPlace, SecretFiles, writeSecrets } from './secret-files.ts';

let folder: string;
let root: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'node3-secret-files-'));
  root = join(folder, 'root');
});
afterEach(() => rm(folder, { recursive: true }));

const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

describe('secrets as files', () => {
  it('[6.30] are readable below a folder that only the agent passes through', async () => {
    const files = new SecretFiles({ root, kind: 'memory' });
    const directory = await files.write('exe_1', { TOKEN: 'hunter22' }, null);
    expect(await readFile(join(directory, 'TOKEN'), 'utf8')).toBe('hunter22');
    expect(await modeOf(join(directory, 'TOKEN'))).toBe('444');
    expect(await modeOf(directory)).toBe('555');
    expect(await modeOf(join(directory, '..'))).toBe('700');
    await files.remove('exe_1');
    expect(await readdir(folder)).toEqual([]);
  });

  it.skipIf(process.getuid?.() !== 0)('of a native job are for its own user alone', async () => {
    const files = new SecretFiles({ root, kind: 'memory' });
    const directory = await files.write(
      'exe_1',
      { TOKEN: 'hunter22' },
      { uid: 65_534, gid: 65_534 },
    );
    const path = join(directory, 'TOKEN');
    expect([await modeOf(path), (await stat(path)).uid]).toEqual(['400', 65_534]);
    expect((await stat(join(directory, '..'))).uid).toBe(65_534);
  });

  it('of executions that are over go at the next start, after a kill too', async () => {
    const killed = new SecretFiles({ root, kind: 'memory' });
    await killed.write('exe_1', { TOKEN: 'hunter22' }, null);
    await killed.write('exe_2', { TOKEN: 'hunter33' }, null);
    const next = new SecretFiles({ root, kind: 'memory' });
    await next.sweep((executionId) => executionId === 'exe_2');
    expect(await readdir(root)).toEqual(['exe_2']);
  });

  it('of many executions come and go at once, and take nobody’s folder along', async () => {
    const files = new SecretFiles({ root, kind: 'memory' });
    const live = async (executionId: string) => {
      for (let round = 0; round < 30; round += 1) {
        const directory = await files.write(executionId, { TOKEN: executionId }, null);
        expect(await readFile(join(directory, 'TOKEN'), 'utf8')).toBe(executionId);
        await files.remove(executionId);
      }
    };
    await Promise.all(['exe_1', 'exe_2', 'exe_3'].map(live));
    expect(await readdir(folder)).toEqual([]);
  });

  it('are not written into a folder that somebody else could exchange', async () => {
    await symlink(folder, root);
    const files = new SecretFiles({ root, kind: 'memory' });
    await expect(files.write('exe_1', { TOKEN: 'hunter22' }, null)).rejects.toThrow('not belong');
  });

  it('are refused where there is no place for them', async () => {
    const request = { executionId: 'exe_1', secretFiles: { TOKEN: 'hunter22' } };
    await expect(writeSecrets(null, request as never, null)).rejects.toThrow('no place in memory');
    expect(await writeSecrets(null, { executionId: 'exe_1' } as never, null)).toBeNull();
    const place = findSecretPlace('me', folder, 'allowed');
    expect(place).not.toBeNull();
  });
});
