import { Readable } from 'node:stream';
import tar from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { readSingleFile } from './collect-output.ts';

function archive(
  header: Partial<tar.Header> & { name: string },
  content = '',
): NodeJS.ReadableStream {
  const pack = tar.pack();
  pack.entry(header, content);
  pack.finalize();
  return Readable.from(pack);
}

describe('readSingleFile', () => {
  it('reads a regular file', async () => {
    const file = await readSingleFile(archive({ name: 'output.json' }, '{"a":1}'), 100);
    expect(file?.toString()).toBe('{"a":1}');
  });

  it('refuses a file over the limit', async () => {
    expect(await readSingleFile(archive({ name: 'output.json' }, 'x'.repeat(101)), 100)).toBeNull();
  });

  it.each(['symlink', 'link', 'directory', 'fifo', 'block-device'] as const)(
    'refuses a %s',
    async (type) => {
      const entry = archive({ name: 'output.json', type, linkname: '/etc/passwd' });
      expect(await readSingleFile(entry, 100)).toBeNull();
    },
  );

  it('throws on an archive that breaks off', async () => {
    const broken = Readable.from([Buffer.alloc(700, 1)]);
    await expect(readSingleFile(broken, 100)).rejects.toThrow();
  });
});
