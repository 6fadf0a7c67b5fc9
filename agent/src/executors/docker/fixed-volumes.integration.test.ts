import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '@node3/shared/clock';
import { silentLogger } from '@node3/shared/logger';
import { mustSkip } from '@node3/shared/testing/resources';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampleRequest } from '../../testing/sample-request.ts';
import { containerName } from './container-config.ts';
import { DockerExecutor } from './docker-executor.ts';
import { findTestEngine } from './docker-test-engine.ts';
import { FixedVolumes } from './fixed-volumes.ts';

const { docker, skip, prepareImage } = await findTestEngine();
const folder = await mkdtemp(path.join(tmpdir(), 'node3-fixed-'));
const found = await FixedVolumes.find(folder);
const missing = found === null ? 'no file can be mounted as a disk here' : null;
const skipped = skip || mustSkip({ resource: 'mount', missing });
const agentId = `agt_fixed_${process.pid}`;
const never = new AbortController().signal;

describe.skipIf(skipped)('an output volume of fixed size', () => {
  let image = '';
  const make = () =>
    new DockerExecutor({
      docker,
      agentId,
      clock: systemClock,
      log: silentLogger,
      volumeFolder: folder,
    });
  const executor = make();
  beforeAll(async () => {
    image = await prepareImage();
  });
  afterAll(async () => {
    for (const { executionId } of await executor.list()) await executor.remove(executionId);
    await executor.close();
    expect(await readdir(folder)).toEqual([]);
    await rm(folder, { recursive: true });
  });

  async function start(code: string): Promise<string> {
    const workload = { kind: 'script' as const, language: 'python' as const, code, image, env: {} };
    const request = sampleRequest({ agentId, workload });
    await executor.start(request);
    return request.executionId;
  }

  it('threats 10, 11: holds so many bytes and files, however fast a job writes and hides them', async () => {
    const id = await start(`
import errno, os
hidden = open(os.environ['OUTPUT_DIR'] + '/hidden', 'wb', buffering=0)
os.unlink(hidden.name)
written = 0
try:
    while written < 1 << 30:
        written += hidden.write(bytes(1 << 20))
except OSError as error:
    print(errno.errorcode[error.errno], written >> 20, flush=True)
hidden.close()
made = 0
try:
    while made < 200000:
        open(os.environ['OUTPUT_DIR'] + '/%d' % made, 'w').close()
        made += 1
except OSError as error:
    print(errno.errorcode[error.errno], flush=True)`);
    const lines: string[] = [];
    const sink = ({ text }: { text: string }) => void lines.push(text);
    const ended = executor.wait(id, never);
    await executor.logs(id, {}, sink, never);
    await ended;
    const [bytes = '', files] = lines;
    expect(bytes).toMatch(/^ENOSPC (?:1[6-9]|2\d)$/);
    expect(files).toBe('ENOSPC');
    await executor.remove(id);
  });

  it('is read after the job’s end, and by another process of the agent', async () => {
    const id = await start(`
import os
print(os.listdir('/output'))
open('/output/file', 'w').write('kept')
print([line for line in open('/proc/mounts') if ' /output ' in line][0].strip())`);
    const lines: string[] = [];
    await executor.logs(id, {}, ({ text }) => void lines.push(text), never);
    expect(lines[0]).toBe('[]');
    expect(lines[1]).toMatch(/ ext4 \S*nosuid,nodev/);
    const later = make();
    await later.adopt(id);
    await later.wait(id, never);
    const place =
      (await later.outputFolder(id, () => Promise.reject(new Error('not needed')))) ?? '';
    expect(await readdir(place)).toEqual(['file']);
    // As after a restart of the machine.
    execFileSync('umount', [place]);
    const again = await later.outputFolder(id, () => Promise.reject(new Error('not needed')));
    expect(await readdir(again ?? '')).toEqual(['file']);
    await later.remove(id);
    await later.close();
    expect(await readdir(folder)).toEqual([]);
  });

  it('is found by its labels when a crash left nothing else', async () => {
    const id = await start('print(1)');
    await executor.wait(id, never);
    await executor.close();
    await docker.getContainer(containerName(id)).remove({ force: true });
    const later = make();
    expect(await later.list()).toContainEqual(expect.objectContaining({ executionId: id }));
    await later.remove(id);
    await later.close();
    const loops = execFileSync('losetup', ['--list', '--output', 'BACK-FILE'], {
      encoding: 'utf8',
    });
    expect(loops).not.toContain(id);
  });
});
