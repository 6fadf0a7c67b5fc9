import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../run-cli.ts';
import { FakeMarketplace, testKey } from '../testing/fake-marketplace.ts';
import { TestHost, type TestHostOptions } from '../testing/test-host.ts';
import { testJobId } from '../testing/test-job.ts';

let market: FakeMarketplace;
let folder: string;

beforeAll(async () => {
  market = new FakeMarketplace();
  await market.start();
  folder = await mkdtemp(join(tmpdir(), 'node3-import-'));
  await writeFile(join(folder, 'nosana.yaml'), nosana);
  await writeFile(join(folder, 'exposed.json'), JSON.stringify(exposed));
  await writeFile(join(folder, 'wrong.yaml'), 'a: [');
});
beforeEach(() => {
  market.seen.length = 0;
});
afterAll(async () => {
  await market.stop();
  await rm(folder, { recursive: true });
});

const nosana = `
version: "0.1"
type: container
color: red
ops:
  - { type: container/run, id: first, args: { image: "alpine:3" } }
  - { type: container/run, id: second, args: { image: "alpine:3" } }
`;
const exposed = {
  version: '0.1',
  type: 'container',
  ops: [{ type: 'container/run', id: 'web', args: { image: 'nginx', expose: 80 } }],
};

async function run(argv: string[], options: Partial<TestHostOptions> = {}) {
  const host = new TestHost({
    argv: ['--config', join(folder, 'config.json'), '--url', market.url, 'job', 'import', ...argv],
    env: { API_KEY: testKey },
    cwd: folder,
    ...options,
  });
  return { code: await runCli(host), out: host.out, err: host.err };
}

const posts = () => market.seen.filter(({ url }) => !url.includes('dryRun'));

describe('node3 job import', () => {
  it('says what is left out and what it costs, and posts all with one key', async () => {
    const { code, out, err } = await run(['nosana.yaml', '--reward', '0.5', '--gpu', 'a100:2']);
    expect(code).toBe(0);
    expect(err).toContain('warning   /color is no field that is known');
    expect(err).toContain('warning   /ops reach no host');
    expect(out).toBe(`${testJobId}  first\n${testJobId}  second\n`);
    expect(err).toContain(`2 of 2 jobs posted; node3 job list --label import=${testJobId}`);
    const [post] = posts();
    expect(post?.url).toContain('gpuCount=2&gpu=a100&reward=0.5&asset=SOL');
    expect(post?.idempotencyKey).toBeTruthy();
    expect(post?.body).toMatchObject({ version: '0.1', ops: [{ id: 'first' }, { id: 'second' }] });
  });

  it('takes a docker run as it stands in a terminal', async () => {
    const line = 'docker run --rm -e NOTE="a: b" --network none \\\n  alpine:3 echo # hello\n';
    const { code, out } = await run(['-', '--reward', '0.5'], { stdin: line });
    expect({ code, out }).toEqual({ code: 0, out: `${testJobId}  alpine\n` });
    expect(posts().map(({ body }) => body)).toEqual([line]);
    const refused = await run(['-', '--from', 'docker'], { stdin: 'docker run -v /a:/b alpine' });
    expect(refused.code).toBe(2);
    expect(refused.err).toContain('/--volume asks for a folder of your machine');
  });

  it('posts nothing in a dry run, after a no, and for more than --max-cost', async () => {
    const dry = await run(['nosana.yaml', '--dry-run', '--from', 'nosana']);
    expect(dry).toMatchObject({ code: 0 });
    expect(dry.out).toContain('second  alpine:3  0 GPUs  after first');
    expect(dry.err).toContain('2 jobs would be posted for 2 SOL at most');
    const asked = await run(['nosana.yaml'], { answers: ['n'] });
    expect(asked.code).toBe(1);
    expect(asked.err).toContain('Pay at most 2 SOL for 2 jobs?');
    const dear = await run(['nosana.yaml', '--max-cost', '1.5', '--yes']);
    expect(dear.code).toBe(7);
    expect(posts()).toEqual([]);
  });

  it('reads standard input, and answers programs in JSON', async () => {
    const { code, out } = await run(['-', '--bid', '1/h', '--cap', '2', '--json'], {
      stdin: nosana,
    });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ format: 'nosana', jobs: [{}, {}], dryRun: false });
    expect(posts()[0]?.url).toContain('bid=1&cap=2&asset=SOL');
  });

  it('says each thing that is refused with its place and its fix, and ends with 2', async () => {
    const { code, err } = await run(['exposed.json']);
    expect(code).toBe(2);
    expect(err).toContain('/ops/0/args/expose: opens a port');
    expect(err).toContain('Give the program its work as input');
    expect((await run(['wrong.yaml'])).code).toBe(2);
    expect((await run(['no-such.json'])).code).toBe(2);
    expect((await run(['nosana.yaml', '--from', 'mars'])).code).toBe(2);
    expect((await run(['nosana.yaml', '--gpu', '24GB..'])).code).toBe(2);
    expect(posts()).toEqual([]);
  });
});
