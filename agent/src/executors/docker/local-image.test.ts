import { platform } from 'node:process';
import type { Readable } from 'node:stream';
import { silentLogger } from '@node3/shared/logger';
import type Docker from 'dockerode';
import { expect, it } from 'vitest';
import { ensureLocalImage } from './local-image.ts';

/** An engine that has images by their names and content labels, and keeps none of their bytes. */
function fakeEngine() {
  const labels = new Map<string, string>();
  const docker = {
    getImage: (name: string) => ({
      async inspect() {
        const key = labels.get(name);
        if (key === undefined) throw Object.assign(new Error('no image'), { statusCode: 404 });
        return { Config: { Labels: { 'node3.content': key } } };
      },
    }),
    async importImage(file: Readable, { repo, changes }: { repo: string; changes: string[] }) {
      file.resume();
      labels.set(repo, changes.join().match(/node3\.content=(\w+)/)?.[1] ?? '');
    },
    modem: { followProgress: (_answer: unknown, done: (error: null) => void) => done(null) },
  };
  return { labels, docker: docker as unknown as Docker };
}

it.runIf(platform === 'linux')(
  'is made under another name only where it is not there',
  async () => {
    const { docker, labels } = fakeEngine();
    const deps = { docker, log: silentLogger };
    expect(await ensureLocalImage(deps, 'node3/trial:1')).toMatchObject({ image: 'node3/trial:1' });
    expect([...labels.keys()]).toEqual(['node3/trial:1']);
    expect(await ensureLocalImage(deps)).toMatchObject({ image: 'node3/base:local' });
    expect(await ensureLocalImage(deps, 'node3/trial:2')).toMatchObject({
      image: 'node3/base:local',
    });
    expect([...labels.keys()]).toEqual(['node3/trial:1', 'node3/base:local']);
  },
  60_000,
);
