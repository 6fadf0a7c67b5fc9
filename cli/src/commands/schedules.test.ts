import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  openFundedAccount,
  startTestMarketplace,
  type TestMarketplace,
} from '@node3/marketplace/testing/test-marketplace';
import { systemIds } from '@node3/shared/ids';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exitCodes } from '../exit-codes.ts';
import { runCli } from '../run-cli.ts';
import { TestHost } from '../testing/test-host.ts';

let folder: string;
let market: TestMarketplace;
let apiKey: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'node3-schedules-'));
  market = await startTestMarketplace();
  ({ apiKey } = await openFundedAccount(market));
  await writeFile(join(folder, 'train.json'), JSON.stringify(template));
});
afterAll(async () => {
  await market.stop();
  await rm(folder, { recursive: true });
});

const template = {
  name: 'train',
  spec: {
    name: 'train {{model}}',
    workload: { kind: 'container', command: ['{{model}}'], env: { TOKEN: '{{token}}' } },
    limits: { runSec: '{{seconds}}' },
    price: { kind: 'fixed', reward: { amount: '0.001', asset: 'SOL' } },
  },
  parameters: [
    { name: 'model', type: 'string', description: 'which one' },
    { name: 'seconds', type: 'integer', default: 60 },
    { name: 'token', type: 'secret' },
  ],
};

async function cli(...argv: string[]) {
  const env = { NODE3_URL: market.url, NODE3_API_KEY: apiKey, token: 'hunter2-canary' };
  const host = new TestHost({
    argv: ['--config', join(folder, 'config.json'), ...argv],
    env,
    ids: systemIds,
    cwd: folder,
  });
  const code = await runCli(host);
  return { code, out: host.out, err: host.err };
}

async function createTemplate() {
  const { out, err } = await cli('template', 'create', 'train.json');
  const id = /tpl_\w+/.exec(out)?.[0];
  if (id === undefined) throw new Error(err);
  return id;
}

describe('node3 template', () => {
  it('keeps a file, shows it, and runs it with typed values and a secret', async () => {
    const id = await createTemplate();
    const shown = await cli('template', 'show', id);
    expect(shown.out).toContain('model    string, required; which one');
    expect(shown.out).toContain('seconds  integer, default 60');
    const run = ['-p', 'model=llama', '-p', 'seconds=90', '-p', 'token'];
    const preview = await cli('template', 'run', id, ...run, '--preview');
    expect(JSON.parse(preview.out)).toMatchObject({
      name: 'train llama',
      limits: { runSec: 90 },
      workload: { env: { TOKEN: '[secret]' } },
    });
    const posted = await cli('template', 'run', id, ...run, '--detach');
    expect(posted).toMatchObject({ code: 0 });
    const job = await cli('--json', 'job', 'get', posted.out.trim());
    expect(JSON.parse(job.out)).toMatchObject({ name: 'train llama' });
    expect(preview.out + posted.out + job.out).not.toContain('hunter2');
    const second = await cli('template', 'create', 'train.json', '--version-of', id);
    expect(second.out).toContain('version 2');
    expect((await cli('template', 'list')).out).toContain(id);
    expect((await cli('template', 'archive', id)).out).toContain('archived');
    expect((await cli('template', 'list')).out).not.toContain(id);
  });

  it.each([
    [['-p', 'size=1'], 'no parameter "size"'],
    [['-p', 'seconds=soon'], 'is no number'],
    [['-p', 'model'], 'has no value'],
  ])('refuses %j before it asks', async (options, why) => {
    const id = await createTemplate();
    const { code, err } = await cli('template', 'run', id, ...options);
    expect(code).toBe(2);
    expect(err).toContain(why);
  });
});

describe('node3 schedule', () => {
  it('makes, shows, pauses, resumes and removes', async () => {
    const when = ['--cron', '30 2 * * *', '--timezone', 'Europe/Berlin'];
    const made = await cli('schedule', 'create', 'nightly', ...when, '--', 'python', 'train.py');
    expect(made.err).toBe('');
    const id = /sch_\w+/.exec(made.out)?.[0] ?? '';
    const shown = await cli('schedule', 'show', id);
    expect(shown.out).toContain('30 2 * * * in Europe/Berlin');
    expect(shown.out).toMatch(/^ {2}\d{4}-\d\d-\d\d 02:30:00 UTC\+0[12]:00$/m);
    const json = JSON.parse((await cli('--json', 'schedule', 'show', id)).out) as object;
    expect(json).toMatchObject({
      name: 'nightly',
      target: { kind: 'job', spec: { workload: { command: ['python', 'train.py'] } } },
    });
    const until = ['--until', '2099-01-01T00:00:00Z'];
    const changed = await cli('schedule', 'change', id, '--cron', '0 4 * * *', ...until);
    expect(changed.out).toMatch(
      /name +nightly\n.*cron +0 4 \* \* \* in Europe\/Berlin\n.*until +2099/s,
    );
    const open = await cli('schedule', 'change', id, '--name', 'early', '--until', 'none');
    expect(open.out).toMatch(/name +early\n.*cron +0 4 /s);
    expect(open.out).not.toContain('until');
    expect((await cli('schedule', 'change', id)).code).toBe(exitCodes.usage.code);
    expect((await cli('schedule', 'pause', id)).out).toContain('Paused by its owner.');
    expect((await cli('schedule', 'list')).out).toContain(`${id}\tpaused`);
    expect((await cli('schedule', 'resume', id)).out).toMatch(/state +active/);
    expect((await cli('schedule', 'delete', id)).out).toContain('deleted');
    expect((await cli('schedule', 'show', id)).code).toBe(exitCodes.notFound.code);
  });

  it('takes a template with parameters', async () => {
    const id = await createTemplate();
    const from = ['--template', id, '-p', 'model=llama', '-p', 'token'];
    const made = await cli('--json', 'schedule', 'create', 'n', '--cron', '@daily', ...from);
    expect(JSON.parse(made.out)).toMatchObject({
      target: { kind: 'template', parameters: { model: 'llama', token: '[secret]' } },
    });
    const both = await cli('schedule', 'create', 'n', '--cron', '@daily', ...from, '--gpu', 'any');
    expect(both).toMatchObject({ code: 2 });
    expect(both.err).toContain('--gpu belongs to a command');
  });

  it('previews ten times', async () => {
    const { out } = await cli('schedule', 'preview', '0 9 * * MON', '--timezone', 'UTC');
    expect(out.trim().split('\n')).toHaveLength(10);
    expect(out).toContain(' 09:00:00 UTC');
    const wrong = await cli('schedule', 'preview', '0 9 * *');
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain('must have five fields');
  });
});

describe('the gallery of templates', () => {
  it('lists built-in examples, which run, and shared templates, which can be copied', async () => {
    const listed = await cli('template', 'list', '--public', '--tag', 'python');
    expect(listed.out).toMatch(/tpl_0{25}1\tHello\tbuilt-in\t-\texample,python\n/);
    const hello = `tpl_${'1'.padStart(26, '0')}`;
    const posted = await cli('run', '--template', hello, '-p', 'who=Ada', '--detach');
    const job = await cli('--json', 'job', 'get', posted.out.trim());
    expect(JSON.parse(job.out)).toMatchObject({ name: 'hello Ada', image: 'p' });
    const both = await cli('run', '--template', hello, 'x.py');
    expect(both).toMatchObject({ code: exitCodes.runError.code });
    for (const beside of [['--explain'], ['--copies', '2'], ['--gpu', 'any'], ['--reward', '1']]) {
      const refused = await cli('run', '--template', hello, '-p', 'who=Ada', ...beside);
      expect(refused).toMatchObject({ code: exitCodes.runError.code, out: '' });
      expect(refused.err).toContain(beside[0]);
    }
    const alone = await cli('run', '-p', 'who=Ada', '--', 'true');
    expect(alone.err).toContain('-p belongs to a template');
    const copied = await cli('template', 'copy', hello);
    const [own = ''] = /tpl_\w+/.exec(copied.out) ?? [];
    expect((await cli('template', 'share', own, '--tag', 'mine')).out).toBe(`${own}  public\n`);
    expect((await cli('template', 'list', '--public', '--tag', 'mine')).out).toContain(own);
    expect((await cli('template', 'share', own, '--private')).out).toBe(`${own}  private\n`);
    expect((await cli('template', 'list', '--public', '--tag', 'mine')).out).toBe('');
  });
});

describe('node3 snippet', () => {
  it('keeps a script, replaces it, finds it, runs it and removes it', async () => {
    await writeFile(join(folder, 'hello.py'), 'print(1)\n');
    const saved = await cli('snippet', 'save', 'hello.py', '--timeout', '90s', '--gpu', '1');
    expect(saved.out).toMatch(/^snp_\w+ {2}hello.py, version 1\n$/);
    await writeFile(join(folder, 'hello.py'), 'print(2)\n');
    const again = await cli('snippet', 'save', 'hello.py', '--description', 'greets');
    expect(again.out).toContain('hello.py, version 2');
    expect((await cli('snippet', 'show', 'hello.py')).out).toBe('print(2)\n');
    const listed = await cli('snippet', 'list', '--search', 'GREET');
    expect(listed.out).toMatch(/hello.py\tpython\t9\t2\t/);
    const posted = await cli('snippet', 'run', 'hello.py', '-e', 'A=b', '--detach');
    expect(posted).toMatchObject({ code: 0, err: '' });
    const job = await cli('--json', 'job', 'get', posted.out.trim());
    expect(JSON.parse(job.out)).toMatchObject({
      name: 'hello.py',
      spec: { workload: { code: 'print(2)\n', env: { A: '[hidden]' } } },
    });
    expect((await cli('snippet', 'rm', 'hello.py')).out).toMatch(/removed/);
    const gone = await cli('snippet', 'run', 'hello.py');
    expect(gone).toMatchObject({ code: exitCodes.notFound.code });
    expect(gone.err).toContain('You have no snippet "hello.py".');
  });
});

describe('node3 flow', () => {
  it('saves a graph, runs it with a line for each step, and runs it again from one of them', async () => {
    const node = (id: string, value: unknown) => ({ id, type: 'transform', config: { value } });
    const graph = {
      start: 'first',
      nodes: [node('first', '{{input.who}}'), node('last', 'hello {{steps.first}}')],
      edges: [{ id: 'e', source: 'first', target: 'last' }],
    };
    await writeFile(join(folder, 'greet.json'), JSON.stringify(graph));
    await writeFile(join(folder, 'who.json'), '{"who": "Ada"}');
    const saved = await cli('flow', 'create', 'greet.json', '--secret', 'token');
    expect(saved.out).toMatch(/^flw_\w+ {2}greet, version 1\n$/);
    const [flowId = ''] = /flw_\w+/.exec(saved.out) ?? [];
    const more = await cli('flow', 'create', 'greet.json', '--version-of', flowId);
    expect(more.out).toContain('version 2');
    expect((await cli('flow', 'list')).out).toContain(`${flowId}\tgreet\t2\t`);
    const run = await cli('flow', 'run', flowId, '--input', 'who.json');
    expect(run).toMatchObject({ code: 0, out: '"hello Ada"\n' });
    expect(run.err).toMatch(/completed first {2}\d+ ms\ncompleted last {2}\d+ ms\n$/);
    const [runId = ''] = /run_\w+/.exec(run.err) ?? [];
    const again = await cli('--json', 'flow', 'rerun', runId, '--from', 'last');
    const [kept, made] = (JSON.parse(again.out) as { trace: { runId: string }[] }).trace;
    expect(kept?.runId).toBe(runId);
    expect(made?.runId).not.toBe(runId);
    const shown = await cli('flow', 'get', runId);
    expect(shown.out).toMatch(/completed\ncompleted first .*\ncompleted last .*\n"hello Ada"\n$/);
    const over = await cli('flow', 'cancel', runId);
    expect(over).toMatchObject({ code: exitCodes.conflict.code });
  });

  it('says why a run ended otherwise, with an exit code of its own', async () => {
    const wait = { id: 'wait', type: 'wait', config: { seconds: 600 } };
    const graph = { start: 'wait', nodes: [wait], edges: [] };
    await writeFile(join(folder, 'wait.json'), JSON.stringify(graph));
    const late = await cli('flow', 'run', 'wait.json', '--timeout', '1s');
    expect(late).toMatchObject({ code: exitCodes.runTimeout.code, out: '' });
    expect(late.err).toContain('error     wait');
    expect(late.err).toContain('RUN_TIMEOUT');
    const away = await cli('flow', 'run', 'wait.json', '--detach');
    const stopped = await cli('flow', 'cancel', away.out.trim());
    expect(stopped).toMatchObject({ code: 0, out: `${away.out.trim()}  cancelled\n` });
    await writeFile(join(folder, 'bad.json'), '{');
    expect(await cli('flow', 'run', 'bad.json')).toMatchObject({ code: exitCodes.usage.code });
  });
});

describe('node3 share', () => {
  it('prints a link, lists it and makes it void', async () => {
    await writeFile(join(folder, 'shared.py'), 'print(1)\n');
    const jobId = (await cli('run', 'shared.py', '--detach')).out.trim();
    const made = await cli('share', jobId, '--only', 'job,logs', '--expires', '2d', '--uses', '5');
    const url = made.out.trim();
    expect(await (await fetch(url)).json()).toMatchObject({ jobId, shows: ['job', 'logs'] });
    const [linkId = ''] = /lnk_\w+/.exec(url) ?? [];
    expect((await cli('share', jobId, '--list')).out).toMatch(/job,logs\t1\/5\t/);
    expect((await cli('share', jobId, '--revoke', linkId)).out).toBe(`${linkId}  revoked\n`);
    expect((await fetch(url)).status).toBe(403);
    const long = await cli('share', jobId, '--expires', '91d');
    expect(long).toMatchObject({ code: exitCodes.usage.code });
    expect(long.err).toContain('At most 90 days.');
  });
});
