import { chown, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../run-cli.ts';
import { FakeMarketplace, testKey } from '../testing/fake-marketplace.ts';
import { MemoryKeyring } from '../testing/memory-keyring.ts';
import { TestHost, type TestHostOptions } from '../testing/test-host.ts';

let market: FakeMarketplace;
let folder: string;
let config: string;

beforeEach(async () => {
  market = new FakeMarketplace();
  await market.start();
  folder = await mkdtemp(join(tmpdir(), 'node3-settings-'));
  config = join(folder, 'config.json');
});
afterEach(async () => {
  await market.stop();
  await rm(folder, { recursive: true });
});

async function cli(argv: string[], options: Partial<TestHostOptions> = {}) {
  const host = new TestHost({ argv: ['--config', config, ...argv], cwd: folder, ...options });
  return { code: await runCli(host), host };
}

/** Each setting with its value and origin. */
async function shown(argv: string[] = [], env: Record<string, string> = {}) {
  const { code, host } = await cli([...argv, '--json', 'config', 'show'], { env });
  expect(code).toBe(0);
  const { data } = JSON.parse(host.out) as {
    data: { name: string; value: string | null; origin: string; source: string | null }[];
  };
  return Object.fromEntries(
    data.map(({ name, value, origin, source }) => [name, [value, origin, source]]),
  );
}

const project = (text: string) => writeFile(join(folder, 'node3.toml'), text);

describe('node3 config', () => {
  it.skipIf(process.geteuid?.() !== 0)(
    'takes no project file that a stranger left in a folder that is not theirs',
    async () => {
      await project('image = "mine/miner"\n');
      const stranger = 12_345;
      await chown(join(folder, 'node3.toml'), stranger, stranger);
      const refused = await cli(['config', 'show']);
      expect(refused.code).toBe(2);
      expect(refused.host.err).toContain('belongs to another user (uid 12345)');
      // In a project of theirs it is what whoever works in it expects.
      await chown(folder, stranger, stranger);
      expect((await shown())['image']?.[0]).toBe('mine/miner');
    },
  );

  it('says of every value where it comes from, and the nearest one wins', async () => {
    expect((await shown())['gpu']).toEqual([null, 'default', null]);
    expect((await cli(['config', 'set', 'gpu', 'any'])).code).toBe(0);
    expect((await shown())['gpu']).toEqual(['any', 'profile', config]);
    await project('gpu = "24GB.."\ntimeout = 300\n');
    const inside = join(folder, 'src', 'deep');
    await mkdir(inside, { recursive: true });
    const deep = await cli(['config', 'get', 'gpu'], { cwd: inside });
    expect([deep.code, deep.host.out]).toEqual([0, '24GB..\n']);
    const all = await shown(['--url', market.url], { NODE3_GPU: 'h100', NODE3_API_KEY: testKey });
    expect(all).toMatchObject({
      url: [market.url, 'flag', '--url'],
      gpu: ['h100', 'environment', 'NODE3_GPU'],
      timeout: ['300', 'project', join(folder, 'node3.toml')],
      'api-key': ['kept, never shown', 'environment', 'NODE3_API_KEY'],
      profile: ['default', 'default', null],
    });
    const set = await cli(['config', 'set', 'gpu', '2']);
    expect(set.host.err).toContain('node3.toml says 24GB.., and goes before it.');
    expect((await cli(['config', 'unset', 'gpu'])).code).toBe(0);
    await project('');
    expect((await cli(['config', 'get', 'gpu'])).code).toBe(1);
    await cli(['config', 'set', 'wallet', 'w.json'], { cwd: inside });
    expect((await shown())['wallet']).toEqual([join(inside, 'w.json'), 'profile', config]);
    expect((await stat(config)).mode & 0o777).toBe(0o600);
    expect((await cli(['config', 'path'])).host.out).toBe(`${config}\n`);
  });

  it('[10.10] keeps no value that can not be used, and no key', async () => {
    for (const [name, value] of [
      ['timeout', 'soon'],
      ['url', 'ftp://x'],
      ['max-cost', '-1'],
      ['format', 'xml'],
      ['colour', 'red'],
    ] as const) {
      expect((await cli(['config', 'set', name, value])).code).toBe(2);
    }
    const key = await cli(['config', 'set', 'api-key', testKey]);
    expect([key.code, key.host.err.includes(testKey)]).toEqual([2, false]);
    expect(key.host.err).toContain('node3 login --with-token FILE');
    await expect(stat(config)).rejects.toThrow();
  });

  it('refuses a project file with a key, somebody’s own settings or nonsense in it', async () => {
    const refusals = {
      'api_key = "n3_abc"': 'looks like a key',
      'wallet = "/home/ana/w.json"': 'for each person to say',
      'gpus = 2': 'is no setting',
      'gpu = [1]': 'neither a text nor a number',
      'timeout = "never"': 'is not a time',
      'gpu = "': 'line 1',
    };
    for (const [text, words] of Object.entries(refusals)) {
      await project(`${text}\n`);
      const { code, host } = await cli(['config', 'show']);
      expect([code, host.err.includes(words)], host.err).toEqual([2, true]);
      expect(host.err).not.toContain('n3_abc');
    }
  });

  it('gives a job what is set where nothing was typed, and says so', async () => {
    await project('gpu = "24GB.."\nimage = "python:3.13"\nmax-cost = "0.5SOL"\n');
    const env = { NODE3_API_KEY: testKey, NODE3_URL: market.url };
    const one = await cli(['run', '--explain', '--', 'true'], { env });
    expect(one.code).toBe(0);
    expect(one.host.err).toContain('node3.toml: gpu 24GB.., image python:3.13, max-cost 0.5SOL');
    expect(market.seen.at(-1)?.body).toMatchObject({
      resources: { gpus: { count: 1, memoryBytesMin: 24_000_000_000 } },
      workload: { image: 'python:3.13' },
    });
    const other = ['run', '--explain', '--gpu', 'none', '--isolation', 'native', '--', 'true'];
    expect((await cli(other, { env })).code).toBe(0);
    expect(market.seen.at(-1)?.body).not.toHaveProperty('resources');
    await project('max-cost = "0.0000001SOL"\n');
    expect((await cli(['run', '-d', '--', 'true'], { env })).code).toBe(7);
    await cli(['config', 'set', 'max-cost', '0.0000001SOL']);
    await project('max-cost = "0.5SOL"\n');
    expect((await cli(['run', '-d', '--', 'true'], { env })).code).toBe(7);
    expect(market.requests('POST', '/jobs')).toHaveLength(0);
  });
});

describe('a marketplace that only the project names', () => {
  it('gets no key of the environment or of standard input until the person names it', async () => {
    await project(`url = "${market.url}"\n`);
    const env = { NODE3_API_KEY: testKey };
    const who = await cli(['whoami'], { env });
    expect([who.code, market.seen.length]).toEqual([4, 0]);
    expect(who.host.err).toContain(`If you mean it: node3 login --url ${market.url}`);
    const login = ['login', '--with-token', '-'];
    expect((await cli(login, { stdin: testKey })).code).toBe(2);
    expect((await cli(['init', '--yes'], { env })).code).toBe(2);
    expect(market.seen).toHaveLength(0);
    expect((await cli(['--url', market.url, ...login], { stdin: testKey })).code).toBe(0);
    expect((await cli(['whoami'], { env })).code).toBe(0);
  });
});

describe('profiles', () => {
  const login = ['login', '--with-token', '-'];

  it('have a marketplace and a key each, and give neither to another', async () => {
    const work = ['--profile', 'work', '--url', market.url];
    expect((await cli(['--profile', 'work', 'whoami'])).code).toBe(2);
    expect((await cli([...work, ...login], { stdin: testKey })).code).toBe(0);
    expect((await cli(['whoami'])).code).not.toBe(0);
    const seen = market.seen.length;
    expect((await cli(['whoami'], { env: { NODE3_PROFILE: 'work' } })).code).toBe(0);
    expect((await cli(['--profile', 'work', 'config', 'set', 'gpu', '2'])).code).toBe(0);
    expect((await cli(['config', 'use', 'work'])).code).toBe(0);
    expect((await shown())['gpu']).toEqual(['2', 'profile', `profile work in ${config}`]);
    // The key is for its own marketplace, and a project does not move it elsewhere.
    await project('url = "http://127.0.0.1:9"\n');
    expect((await cli(['whoami'])).code).toBe(4);
    // Who names a profile now means its marketplace, whatever the project says.
    expect((await cli(['--profile', 'work', 'whoami'])).code).toBe(0);
    expect(market.seen.length).toBe(seen + 4);
    const list = await cli(['config', 'use', '-o', 'tsv']);
    expect(list.host.out).toContain(`work\t${market.url}\tfile\tin use`);
    expect((await cli(['config', 'use', 'default'])).code).toBe(0);
    expect((await cli(['config', 'use', 'home'])).code).toBe(2);
  });

  it('are not moved to another marketplace with their key', async () => {
    const work = ['--profile', 'work'];
    await cli([...work, '--url', market.url, ...login], { stdin: testKey });
    const set = await cli([...work, 'config', 'set', 'url', 'http://127.0.0.1:9']);
    expect([set.code, set.host.err.includes('its key is for there')]).toEqual([2, true]);
  });
});

describe('a keyring', () => {
  const login = ['login', '--with-token', '-'];

  it('[10.10] has the key instead of the file, and each command says which', async () => {
    const keyring = new MemoryKeyring();
    const url = ['--url', market.url];
    const first = await cli([...url, ...login], { stdin: testKey, keyring });
    expect(first.host.err).toContain('The key is kept in the keyring of the test.');
    expect(await readFile(config, 'utf8')).not.toContain(testKey);
    expect([...keyring.entries.values()]).toEqual([testKey]);
    const who = await cli(['whoami'], { keyring });
    expect([who.code, who.host.out.includes('the keyring of the test')]).toEqual([0, true]);
    await cli(login, { stdin: testKey, keyring });
    expect(keyring.entries.size).toBe(1);

    keyring.locked = true;
    const locked = await cli(['whoami'], { keyring });
    expect([locked.code, locked.host.err.includes('Unlock it')]).toEqual([4, true]);
    const shown = await cli(['config', 'show'], { keyring });
    expect(shown.host.out).toMatch(/^api-key\tkept, but locked\tprofile\tthe keyring/m);
    expect((await cli(['logout', '--revoke'], { keyring })).code).toBe(4);
    const forced = { env: { NODE3_KEY_STORE: 'keyring' }, stdin: testKey, keyring };
    expect((await cli(login, forced)).code).toBe(1);
    const file = await cli(login, { env: { NODE3_KEY_STORE: 'file' }, stdin: testKey, keyring });
    expect(file.host.err).toContain(`The key is kept in ${config}, readable by you only.`);
    expect([keyring.entries.size, (await cli(['whoami'], { keyring })).code]).toEqual([0, 0]);
  });

  it('forgets it at logout', async () => {
    const keyring = new MemoryKeyring();
    await cli(['--url', market.url, ...login], { stdin: testKey, keyring });
    expect((await cli(['logout'], { keyring })).code).toBe(0);
    expect([keyring.entries.size, (await cli(['whoami'], { keyring })).code]).toEqual([0, 4]);
  });
});
