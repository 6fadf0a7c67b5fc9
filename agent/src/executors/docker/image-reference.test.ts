import { describe, expect, it } from 'vitest';
import { readImageReference, refusePrivateRegistry, resolveHost } from './image-reference.ts';

const digest = `sha256:${'a'.repeat(64)}`;

describe('readImageReference', () => {
  it.each([
    ['busybox', 'busybox:latest', null],
    ['node3/base:local', 'node3/base:local', null],
    ['ghcr.io/owner/name__x', 'ghcr.io/owner/name__x:latest', 'ghcr.io'],
    ['localhost:5000/x', 'localhost:5000/x:latest', 'localhost'],
    [`a/b:1.2@${digest}`, `a/b:1.2@${digest}`, null],
    [`b@${digest}`, `b@${digest}`, null],
    ['docker.io/library/x:1', 'docker.io/library/x:1', null],
    // Would be the beginning of an image id if it had no tag.
    ['029e', '029e:latest', null],
  ])('reads %s', (text, name, registryHost) => {
    expect(readImageReference(text)).toMatchObject({ name, registryHost });
  });

  it.each([
    ['busybox', 'library/busybox'],
    ['docker.io/busybox', 'library/busybox'],
    ['index.docker.io/owner/name', 'owner/name'],
    ['ghcr.io/name', 'name'],
  ])('knows where the registry keeps %s', (text, path) => {
    expect(readImageReference(text).path).toBe(path);
  });

  it.each([
    'a/../../info',
    'a/..//evil.example/x',
    'a//b',
    'a/./b',
    digest,
    'sha256:abc',
    'a:b:c',
    'a@sha256:abc',
    'a/b:',
    'a:latest/../../info',
    'host:99999999/x/..',
    'name/Upper/x',
    'a\n',
    '',
  ])('refuses %j', (text) => {
    expect(() => readImageReference(text)).toThrow('not valid');
  });
});

describe('refusePrivateRegistry', () => {
  const check = async (image: string, addresses: string[]) =>
    refusePrivateRegistry(readImageReference(image), async () => addresses);

  it.each([
    ['localhost/x', []],
    ['127.0.0.1:8080/x', []],
    ['169.254.169.254/latest/meta-data', []],
    ['8.8.8.8/x', []],
    ['router:80/x', []],
    ['printer.lan/x', []],
    ['rebound.example/x', ['93.184.216.34', '192.168.1.1']],
    ['six.example/x', ['fd00::1']],
    ['mapped.example/x', ['::ffff:10.0.0.1']],
    ['loop.example/x', ['::1']],
  ] as [string, string[]][])('refuses %s', async (image, addresses) => {
    await expect(check(image, addresses)).rejects.toMatchObject({ reason: 'image_not_found' });
  });

  it('refuses a name that only the engine may know, and blames nobody', async () => {
    const refused = check('unknown.example/x', []);
    await expect(refused).rejects.toMatchObject({ reason: 'image_pull_failed' });
  });

  it.each([
    ['busybox', []],
    ['ghcr.io/x/y', ['140.82.121.33', '2606:50c0:8000::154']],
  ] as [string, string[]][])('lets %s pass', async (image, addresses) => {
    await expect(check(image, addresses)).resolves.toBeUndefined();
  });
});

describe('resolveHost', () => {
  const unknown = () => Promise.reject(new Error('ENOTFOUND'));

  it('asks the system about a name that DNS alone does not know', async () => {
    expect(await resolveHost('a.b', [unknown, async () => ['10.0.0.1']])).toEqual(['10.0.0.1']);
    expect(await resolveHost('a.b', [async () => ['1.1.1.1'], unknown])).toEqual(['1.1.1.1']);
    expect(await resolveHost('a.b', [unknown, async () => []])).toEqual([]);
  });
});
