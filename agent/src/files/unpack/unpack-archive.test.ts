import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type TarEntry, tarOf } from '../../testing/tar-archive.ts';
import { unpackArchive } from './unpack-archive.ts';

let place: string;
beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'node3-unpack-'));
});
afterEach(() => rm(place, { recursive: true }));

interface ZipEntry {
  name: string;
  content?: Buffer;
  /** Unix mode with its type. */
  mode?: number;
  /** What it says about its size; the truth where left out. */
  said?: number;
  flags?: number;
}

/** A zip file written by hand, since no program writes hostile ones. */
function zipOf(entries: readonly ZipEntry[]): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content = Buffer.alloc(0), mode = 0o100644, said, flags = 0x800 } of entries) {
    const packed = deflateRawSync(content);
    const title = Buffer.from(name);
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(flags, 2);
    shared.writeUInt16LE(8, 4);
    shared.writeUInt32LE(crc32(content), 10);
    shared.writeUInt32LE(packed.length, 14);
    shared.writeUInt32LE(said ?? content.length, 18);
    shared.writeUInt16LE(title.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), shared, title, packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE((mode << 16) >>> 0, 6);
    rest.writeUInt32LE(offset, 10);
    const made = Buffer.from([0x1e, 0x03]);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02', 'latin1'), made, shared, rest, title]));
    files.push(local);
    offset += local.length;
  }
  const index = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(index.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...files, index, Buffer.from('PK\x05\x06', 'latin1'), end]);
}

const usual = { bytesMax: 10_000_000 };

async function unpack(bytes: Buffer, limits: Parameters<typeof unpackArchive>[2] = usual) {
  const archive = join(place, 'archive');
  await writeFile(archive, bytes);
  await unpackArchive(archive, join(place, 'out'), limits);
}

const found = async () =>
  (await readdir(join(place, 'out'), { recursive: true })).toSorted((a, b) => (a < b ? -1 : 1));

describe('an archive', () => {
  it.each(['tar', 'tar.gz', 'zip'])('of kind %s is unpacked, with our modes', async (kind) => {
    const files = [
      { name: 'a.txt', text: 'A', mode: 0o6777 },
      { name: 'deep/er/b.txt', text: 'B' },
      { name: './c', text: '' },
    ];
    const packed =
      kind === 'zip'
        ? zipOf(
            files.map(({ name, text, mode }) => ({
              name: name.replace('./', ''),
              content: Buffer.from(text),
              mode: 0o100000 | (mode ?? 0o600),
            })),
          )
        : await tarOf([{ name: 'deep/', type: 'directory' }, ...files]);
    await unpack(kind === 'tar.gz' ? gzipSync(packed) : packed);
    expect(await found()).toEqual(['a.txt', 'c', 'deep', 'deep/er', 'deep/er/b.txt']);
    expect(await readFile(join(place, 'out/deep/er/b.txt'), 'utf8')).toBe('B');
    expect((await stat(join(place, 'out/a.txt'))).mode & 0o7777).toBe(0o644);
  });

  it.each<[string, TarEntry[], string]>([
    ['a way out', [{ name: '../evil' }], 'is . or ..'],
    ['a way out inside', [{ name: 'a/../../evil' }], 'is . or ..'],
    ['an absolute path', [{ name: '/tmp/evil' }], 'slash'],
    ['a backslash', [{ name: '..\\evil' }], 'characters'],
    ['a symbolic link', [{ name: 'l', type: 'symlink', linkname: '/etc' }], 'symlink'],
    ['a hard link', [{ name: 'l', type: 'link', linkname: '/etc/passwd' }], 'link'],
    [
      'a link and a file through it',
      [
        { name: 'l', type: 'symlink', linkname: '..' },
        { name: 'l/evil', text: 'x' },
      ],
      'symlink',
    ],
    ['a device', [{ name: 'd', type: 'character-device' }], 'character-device'],
    ['a pipe', [{ name: 'd', type: 'fifo' }], 'fifo'],
    ['a name twice', [{ name: 'a' }, { name: 'a' }], 'name of another'],
    ['a name in two cases', [{ name: 'Readme' }, { name: 'README' }], 'name of another'],
    ['a file as a folder', [{ name: 'a' }, { name: 'a/b' }], 'lies in another file'],
    ['a folder as a file', [{ name: 'a/b' }, { name: 'a' }], 'name of another'],
    ['an escape sequence', [{ name: 'a\u001b[2J' }], 'not shown'],
    ['a name that turns round', [{ name: 'a\u202etxt.exe' }], 'not shown'],
    ['a long name', [{ name: 'x'.repeat(300) }], '255 bytes'],
    ['a long path', [{ name: Array(100).fill('abcdefg').join('/') }], '512 bytes'],
    ['a deep path', [{ name: Array(40).fill('a').join('/') }], 'nested deeper'],
  ])('with %s is refused', async (_what, entries, why) => {
    await expect(unpack(await tarOf(entries))).rejects.toThrow(why);
    expect(existsSync(join(place, 'evil'))).toBe(false);
    expect(existsSync('/tmp/evil')).toBe(false);
  });

  it.each<[string, ZipEntry[], string]>([
    ['a way out', [{ name: '../evil' }], '..'],
    ['an absolute path', [{ name: '/tmp/evil' }], 'absolute path'],
    ['a drive', [{ name: 'C:/evil' }], 'absolute path'],
    ['a backslash', [{ name: '..\\evil' }], 'invalid characters'],
    ['a symbolic link', [{ name: 'l', mode: 0o120777 }], 'no plain file'],
    ['a device', [{ name: 'd', mode: 0o020666 }], 'no plain file'],
    ['a name twice', [{ name: 'a' }, { name: 'A' }], 'name of another'],
    ['a password', [{ name: 'a', flags: 0x801 }], 'encrypted'],
    ['a wrong size', [{ name: 'a', content: Buffer.alloc(9), said: 5 }], 'can not be read'],
  ])('as zip with %s is refused', async (_what, entries, why) => {
    await expect(unpack(zipOf(entries))).rejects.toThrow(why);
    expect(existsSync(join(place, 'evil'))).toBe(false);
  });

  it('[6.16] is refused when it has too much, whatever it says', async () => {
    const zeros = Buffer.alloc(8_000_000);
    const bomb = gzipSync(await tarOf([{ name: 'zeros', text: zeros.toString('latin1') }]));
    await expect(unpack(bomb, { bytesMax: 100_000_000 })).rejects.toThrow('200 times');
    await rm(join(place, 'out'), { recursive: true });
    await expect(unpack(bomb, { bytesMax: 1_000_000 })).rejects.toThrow('more than 1000000 bytes');
    await rm(join(place, 'out'), { recursive: true });
    const zip = zipOf([{ name: 'zeros', content: zeros }]);
    await expect(unpack(zip, { bytesMax: 100_000_000 })).rejects.toThrow('200 times');
    await rm(join(place, 'out'), { recursive: true });
    const lying = zipOf([{ name: 'zeros', content: zeros, said: 10 }]);
    await expect(unpack(lying)).rejects.toThrow('can not be read');
    await rm(join(place, 'out'), { recursive: true });
    const many = await tarOf(Array.from({ length: 50 }, (_, index) => ({ name: `${index}` })));
    await expect(unpack(many, { ...usual, entriesMax: 49 })).rejects.toThrow('49 entries');
  });

  it('is refused when it is cut off, or is none at all', async () => {
    const whole = gzipSync(await tarOf([{ name: 'a', text: 'x'.repeat(5_000) }]));
    await expect(unpack(whole.subarray(0, -20))).rejects.toThrow('can not be read');
    await rm(join(place, 'out'), { recursive: true });
    for (const bytes of [Buffer.alloc(0), Buffer.from('hello'), Buffer.alloc(2_000)]) {
      await expect(unpack(bytes)).rejects.toThrow('no tar, tar.gz or zip file');
      await rm(join(place, 'out'), { recursive: true });
    }
    await expect(unpack(Buffer.from('PK\x03\x04 and no more'))).rejects.toThrow('can not be read');
  });
});
