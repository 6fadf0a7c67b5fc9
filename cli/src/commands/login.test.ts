import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../run-cli.ts';
import { FakeMarketplace, testKey } from '../testing/fake-marketplace.ts';
import { TestHost, type TestHostOptions } from '../testing/test-host.ts';

let market: FakeMarketplace;
let folder: string;
let config: string;

beforeEach(async () => {
  market = new FakeMarketplace();
  await market.start();
  folder = await mkdtemp(join(tmpdir(), 'node3-login-'));
  config = join(folder, 'config.json');
});
afterEach(async () => {
  await market.stop();
  await rm(folder, { recursive: true });
});

async function cli(argv: string[], options: Partial<TestHostOptions> = {}) {
  const host = new TestHost({ argv: ['--config', config, ...argv], ...options });
  return { code: await runCli(host), host };
}

describe('node3 login, whoami and logout', () => {
  it('[10.10] keep a key from standard input in a file for its owner, and forget it', async () => {
    const login = ['--url', market.url, 'login', '--with-token', '-'];
    expect((await cli(login, { stdin: `${testKey}\n` })).code).toBe(0);
    expect((await stat(config)).mode & 0o777).toBe(0o600);
    const who = await cli(['whoami']);
    expect(who.code).toBe(0);
    expect(who.host.out).toContain(`marketplace  ${market.url}`);
    expect(who.host.out).toContain(`key from     ${config}`);
    expect((await cli(['logout'])).code).toBe(0);
    expect(await readFile(config, 'utf8')).not.toContain(testKey);
    expect((await cli(['whoami'])).code).toBe(4);
    expect((await cli(['logout'])).code).toBe(4);
  });

  it('get a key by a code that is approved elsewhere, asking at the interval', async () => {
    const by = ['--url', market.url, 'login', '--device', '--scope', 'requester'];
    market.deviceAnswers.push('DEVICE_LOGIN_PENDING', null);
    const login = await cli(by);
    expect(login.code).toBe(0);
    expect(login.host.err).toContain('BDFH-JKLM');
    expect(login.host.err).toContain(`${market.url}/device`);
    expect(login.host.out + login.host.err).not.toContain(testKey);
    expect((await cli(['whoami'])).code).toBe(0);
    market.deviceAnswers.push('DEVICE_LOGIN_DENIED');
    const denied = await cli(by);
    expect(denied.code).toBe(4);
    expect(denied.host.err).toContain('denied');
    expect((await cli([...by, '--scope', 'all'])).code).toBe(2);
  });

  it('keep no key that the marketplace does not know', async () => {
    const wrong = await cli(['--url', market.url, 'login', '--with-token', '-'], {
      stdin: 'other',
    });
    expect(wrong.code).toBe(4);
    await expect(stat(config)).rejects.toThrow();
  });
});

describe('node3 api', () => {
  const env = { API_KEY: testKey };
  it('sends fields as a query or as JSON, and gives the answer as it comes', async () => {
    const list = await cli(['--url', market.url, 'api', 'get', '/api/v1/jobs', '-F', 'limit=3'], {
      env,
    });
    expect(list.code).toBe(0);
    expect(JSON.parse(list.host.out)).toMatchObject({ nextCursor: null });
    expect(market.seen.at(-1)?.url).toBe('/api/v1/jobs?limit=3');
    const argv = [
      'api',
      'POST',
      '/api/v1/jobs/cancel',
      '--input',
      '-',
      '-F',
      'cursor=x',
      '--explain',
    ];
    const post = await cli(['--url', market.url, ...argv], { env, stdin: '{"jobIds":[]}' });
    expect(post.code).toBe(0);
    expect(market.seen.at(-1)?.body).toEqual({ jobIds: [], cursor: 'x' });
  });

  it('puts all pages of a list together', async () => {
    for (const type of ['job.created', 'job.ended']) market.happen(type);
    const argv = ['--url', market.url, 'api', 'GET', '/api/v1/events', '--paginate', '-o', 'id'];
    expect((await cli(argv, { env })).host.out).toBe('1\n2\n');
  });

  it('takes the key to no other machine', async () => {
    const { code, host } = await cli(['--url', market.url, 'api', 'GET', '//127.0.0.2/x'], { env });
    expect(code).toBe(2);
    expect(host.err).toContain('one slash');
  });

  it('stays below the address of the marketplace', async () => {
    const url = ['--url', `${market.url}/api`];
    expect((await cli([...url, 'api', 'GET', '/v1/jobs'], { env })).code).toBe(0);
    expect(market.seen.at(-1)?.url).toBe('/api/v1/jobs');
    const requests = market.seen.length;
    const above = await cli([...url, 'api', 'GET', '/../other'], { env });
    expect([above.code, market.seen.length]).toEqual([2, requests]);
    expect(above.host.err).toContain('It has to stay below');
  });

  it('tells an error of the marketplace as any other', async () => {
    const job = '/api/v1/jobs/job_00000000000000000000000000';
    const { code, host } = await cli(['--url', market.url, '--json', 'api', 'GET', job], { env });
    expect(code).toBe(6);
    expect(JSON.parse(host.err)).toMatchObject({ code: 'JOB_NOT_FOUND' });
  });
});
