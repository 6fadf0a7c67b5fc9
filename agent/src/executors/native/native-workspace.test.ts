import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createWorkspace, nativePaths, nativeWorkspaceRoot } from './native-workspace.ts';

describe('nativeWorkspaceRoot', () => {
  it('lies where the user of the jobs may pass', () => {
    expect(nativeWorkspaceRoot('/root/data', 'owner', null)).toBe('/root/data/native');
    const nobody = { uid: 65_534, gid: 65_534 };
    expect(nativeWorkspaceRoot('/root/data', 'owner', nobody)).toBe('/var/tmp/node3-native-owner');
  });
});

describe('createWorkspace', () => {
  it('uses no directory that somebody else put there', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'node3-workspace-'));
    await symlink(tmpdir(), path.join(folder, 'link'));
    const paths = nativePaths(path.join(folder, 'link'), 'exe_1');
    const spec = {
      executionId: 'exe_1',
      jobId: 'job_1',
      attempt: 1,
      agentId: 'agt_1',
      command: ['true'],
      env: {},
      workdir: '/',
      user: null,
      hasStdin: false,
      runMs: 1_000,
      diskBytes: 1_000,
      logBytesMax: 1_000,
    };
    const files = { input: [], code: [] };
    await expect(createWorkspace(paths, spec, files, null)).rejects.toThrow('does not belong');
    await rm(folder, { recursive: true });
  });
});
