import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  createWorkspace,
  deleteWorkspace,
  nativePaths,
  nativeWorkspaceRoot,
} from './native-workspace.ts';

describe('nativeWorkspaceRoot', () => {
  it('lies where the user of the jobs may pass', () => {
    expect(nativeWorkspaceRoot('/srv/agent', 'owner', null)).toBe('/srv/agent/native');
    const nobody = { uid: 65_534, gid: 65_534 };
    expect(nativeWorkspaceRoot('/srv/agent', 'owner', nobody)).toBe('/var/tmp/node3-native-owner');
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
      jail: [],
      calls: 'open' as const,
      cgroup: null,
    };
    const files = { input: [], code: [] };
    await expect(createWorkspace(paths, spec, files, null)).rejects.toThrow('does not belong');
    await rm(folder, { recursive: true });
  });
});

describe('deleteWorkspace', () => {
  it('removes folders that are nested deeper than a path may be long', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'node3-workspace-'));
    const paths = nativePaths(folder, 'exe_1');
    await mkdir(paths.root, { recursive: true });
    const nest =
      'for (let i = 0; i < 30; i += 1) { fs.mkdirSync(process.argv[1]); process.chdir(process.argv[1]); }';
    const made = spawnSync(process.execPath, ['-e', nest, 'd'.repeat(200)], { cwd: paths.root });
    expect(made.status).toBe(0);
    await deleteWorkspace(paths);
    expect(existsSync(paths.root)).toBe(false);
    await rm(folder, { recursive: true });
  });
});
