import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Agent } from '@node3/agent/agent';
import { TestMachine } from '@node3/agent/testing/test-agent';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { runCli } from '../run-cli.ts';
import { TestHost } from '../testing/test-host.ts';

const within = { timeout: 10_000, interval: 10 };
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'node3-own-agent-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Nothing listens on port 1. */
const nobody = () => ({ AGENT_DATA_DIR: folder, AGENT_PORT: '1' });

async function run(argv: string[], env: Record<string, string> = nobody()) {
  const host = new TestHost({ argv: ['agent', ...argv], env });
  return { code: await runCli(host), out: host.out, err: host.err };
}

const readPolicyFile = async (): Promise<unknown> =>
  JSON.parse(await readFile(join(folder, 'policy.json'), 'utf8'));

describe('node3 agent policy without a running agent', () => {
  it('shows what holds, with the environment as defaults', async () => {
    const { code, out } = await run(['policy', 'show'], {
      ...nobody(),
      AGENT_ASK_USDC_PER_GPU_HOUR: '0.35',
    });
    expect(code).toBe(0);
    expect(out).toMatch(/^asks +\*=0\.35 USDC {2}\(default\)$/m);
    expect(out).toMatch(/^diskFloorBytes +1g {2}\(default\)$/m);
  });

  it.each([
    [
      'hours',
      'mon-fri 22:00-08:00, sat-sun 00:00-24:00',
      ['mon-fri 22:00-08:00', 'sat-sun 00:00-24:00'],
    ],
    ['maintenance', '2026-12-01T22:00/2026-12-02T06:00', ['2026-12-01T22:00/2026-12-02T06:00']],
    ['maintenance', 'none', []],
    ['timeZone', 'Europe/Madrid', 'Europe/Madrid'],
    ['idleMinutes', '15', 15],
    ['batteryAllowed', 'on', true],
    ['diskFloorBytes', '20g', 20 * 1024 ** 3],
    ['imagesAllowed', 'none', null],
    ['egressHosts', 'none', []],
    ['electricityUsdPerKwh', '0.18', 0.18],
    [
      'asks',
      '*=0.3 USDC, rtx-4090=0.5 USDC + 0.004 SOL',
      {
        '*': { SOL: null, USDC: { amount: '0.3', asset: 'USDC' } },
        'rtx-4090': {
          SOL: { amount: '0.004', asset: 'SOL' },
          USDC: { amount: '0.5', asset: 'USDC' },
        },
      },
    ],
  ])('sets %s to %s, which show says back', async (key, text, value) => {
    expect((await run(['policy', 'set', key, ...text.split(' ')])).code).toBe(0);
    expect(await readPolicyFile()).toEqual({ [key]: value });
    const shown = (await run(['policy', 'show'])).out
      .split('\n')
      .find((line) => line.startsWith(key));
    expect(shown?.replace(/\S+ +/, '')).toBe(text);
    await run(['policy', 'set', key, 'default']);
    expect(await readPolicyFile()).toEqual({});
  });

  it.each([
    [['speed', '1'], /no field speed[^]*hours: windows of local time/],
    [['idleMinutes', 'often'], /idleMinutes is "often"/],
    [['idleMinutes', '0'], /idleMinutes must be minutes from 1/],
    [['asks', '0.3 USDC'], /asks is "0\.3 USDC"/],
    [['timeZone', 'Mars'], /timeZone must be the name of a time zone/],
  ])('refuses %j with exit code 2', async (words, sentence) => {
    const { code, err } = await run(['policy', 'set', ...words]);
    expect(code).toBe(2);
    expect(err).toMatch(sentence);
  });

  it('edits a copy, and takes over only what is right', async () => {
    const editor = join(folder, 'editor');
    const write = async (text: string) => {
      await writeFile(editor, `#!/bin/sh\ncat > "$1" <<'END'\n${text}\nEND\n`);
      await chmod(editor, 0o755);
    };
    const env = { ...nobody(), EDITOR: editor };
    await write('{ "idleMinutes": 5 }');
    expect((await run(['policy', 'edit'], env)).code).toBe(0);
    await write('{ "idleMinutes": "soon" }');
    const wrong = await run(['policy', 'edit'], env);
    expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining('policy.json.edit') });
    expect(await readPolicyFile()).toEqual({ idleMinutes: 5 });
  });
});

it('installs no service that would not know its marketplace', async () => {
  const { code, err } = await run(['service', 'install']);
  expect(code).toBe(1);
  expect(err).toContain(`The settings of the agent are missing: ${join(folder, 'agent.env')}`);
  expect(err).toContain('node3 init --provider');
});

describe('node3 agent, with one that runs', () => {
  let machine: TestMachine;
  let agent: Agent;
  beforeEach(async () => {
    machine = new TestMachine();
    await machine.setUp();
    agent = await machine.boot();
    await agent.ready();
  });
  afterEach(() => machine.tearDown());

  const tokenFile = () => join(machine.dataDir, 'local-token');
  const ask = (...argv: string[]) =>
    run([...argv, '--agent-url', agent.url, '--token-file', tokenFile()]);

  it('[5.11] [10.12] shows what it does, pauses and resumes it', async () => {
    expect((await ask('status')).out).toMatch(/^state +idle: Ready/m);
    const told = await ask('pause');
    expect(told.out).toBe('pause\n');
    expect(told.err).toContain('takes no new jobs until: node3 agent resume');
    const paused = await run(['status', '--agent-url', agent.url, '--json']);
    expect(JSON.parse(paused.out)).toMatchObject({ state: 'paused', wallet: agent.wallet });
    expect((await ask('resume')).out).toBe('run\n');
  });

  it('finds it by its data folder, on whatever port, and never far from here', async () => {
    const find = async (env: Record<string, string>, ...argv: string[]) =>
      (await run(['pause', ...argv], env)).code;
    expect(await find({ AGENT_DATA_DIR: machine.dataDir })).toBe(0);
    expect(await find({ AGENT_DATA_DIR: machine.dataDir, AGENT_PORT: '0' })).toBe(0);
    expect(await find({ AGENT_DATA_DIR: folder }, '--token-file', tokenFile())).toBe(0);
    expect(await find({ AGENT_DATA_DIR: machine.dataDir, AGENT_PORT: '1' })).toBe(1);
    const noted = join(machine.dataDir, 'local-address');
    expect(await readFile(noted, 'utf8')).toBe(`${agent.url}\n`);
    for (const url of ['http://market.example:8080', 'http://a@127.0.0.1:1', 'no address']) {
      await writeFile(noted, url);
      const { err } = await run(['status'], { AGENT_DATA_DIR: machine.dataDir });
      expect(err).not.toContain(url);
    }
  });

  it('changes the policy of the running agent, wherever its files are', async () => {
    const hours = await ask('policy', 'set', 'batteryAllowed', 'on');
    expect(hours.out).toMatch(/^batteryAllowed +on$/m);
    expect(hours.out).toContain(join(machine.dataDir, 'policy.json'));
    await expect(readPolicyFile()).rejects.toThrow(/ENOENT/);
  });

  it('shows what each device earns, with the unknown as unknown', async () => {
    const table = await ask('earnings');
    expect(table.out).toMatch(/^energy +unknown$/m);
    expect(table.out).toMatch(/DUTY +ASK/);
    const csv = (await ask('earnings', '--csv')).out.trim().split('\n');
    expect(csv).toEqual([expect.stringMatching(/^device_id,.*,net_hours$/)]);
    expect((await ask('earnings', '--results', '--csv')).out).toMatch(/^at,job_id,.*energy_usd\n$/);
    const { devices } = JSON.parse((await ask('earnings', '--json')).out) as {
      devices: { netUsdPerHourMin: number | null }[];
    };
    expect(devices[0]?.netUsdPerHourMin).toBeNull();
  });

  it('says which file it needs when it has no token, or a wrong one', async () => {
    const asked = ['pause', '--agent-url', agent.url];
    const none = await run(asked);
    expect(none.code).toBe(4);
    expect(none.err).toContain(`wants its token. ${join(folder, 'local-token')} is not there.`);
    expect(none.err).toMatch(/--token-file FILE/);
    await writeFile(join(folder, 'local-token'), 'x'.repeat(43));
    const wrong = await run(asked);
    expect(wrong).toMatchObject({
      code: 4,
      err: expect.stringContaining('is not that of this agent'),
    });
    // In its own data folder it is found, and what shows no content needs none.
    expect((await run(asked, { AGENT_DATA_DIR: machine.dataDir })).code).toBe(0);
    expect((await run(['status', '--agent-url', agent.url])).out).toMatch(/^state +paused/m);
  });

  it('sends its token to no program that has taken the port of the agent', async () => {
    const heard: string[] = [];
    const { port } = new URL(agent.url);
    // As bad as can be: it passes on what it is asked to the agent, and its answers.
    const thief = createServer((request, response) => {
      heard.push(JSON.stringify(request.headers));
      const headers = { host: `127.0.0.1:${port}` };
      send({ port, path: request.url, headers }, (answer) => {
        answer.pipe(response.writeHead(answer.statusCode ?? 500));
      }).end();
    }).listen(0, '127.0.0.1');
    await once(thief, 'listening');
    onTestFinished(() => void thief.close());
    const url = `http://127.0.0.1:${(thief.address() as AddressInfo).port}`;
    const argv = ['policy', 'show', '--agent-url', url, '--token-file', tokenFile()];
    expect((await run(argv)).code).toBe(4);
    expect(heard.length).toBeGreaterThan(1);
    expect(heard.join()).not.toContain(agent.token);
  });

  it('prints the way into its page, and opens it without telling other users', async () => {
    const link = `${agent.url}/#token=${agent.token}`;
    expect(await ask('dashboard')).toMatchObject({ code: 0, out: `${link}\n` });
    const browser = join(folder, 'xdg-open');
    await writeFile(
      browser,
      `#!/bin/sh\necho "$1" > ${folder}/opened.new\nmv ${folder}/opened.new ${folder}/opened\n`,
    );
    await chmod(browser, 0o755);
    const argv = ['dashboard', '--open', '--agent-url', agent.url, '--token-file', tokenFile()];
    const env = { ...nobody(), PATH: `${folder}:/usr/bin:/bin` };
    expect((await run(argv, env)).code).toBe(0);
    const opened = () => readFile(join(folder, 'opened'), 'utf8');
    const page = await vi.waitFor(opened, within);
    expect(page).not.toContain(agent.token);
    expect(await readFile(new URL(page.trim()), 'utf8')).toContain(link);
    expect((await stat(new URL(page.trim()))).mode & 0o077).toBe(0);
    const nowhere = await run(argv, { ...nobody(), PATH: '/nonexistent' });
    expect(nowhere).toMatchObject({ code: 1, out: `${link}\n` });
  });

  it('stops it, and says then that none answers', async () => {
    expect(await ask('stop')).toMatchObject({ code: 0, out: 'stopped\n' });
    await agent.ended;
    expect(await ask('status')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/No agent answers at .*\n.*agent start/),
    });
  });

  it('drains it and waits for the end', async () => {
    expect(await ask('drain', '--wait', '30s')).toMatchObject({ code: 0, out: 'drain\n' });
    await agent.ended;
  });
});

it('[10.12] node3 agent start runs one until it is interrupted', async () => {
  // What the environment says goes before the file.
  const env = { AGENT_PORT: '0', SKIP_GPU_CHECK: 'true', LOG_LEVEL: 'error' };
  const file = join(folder, 'agent.env');
  const lines = `AGENT_PORT=1\nMARKETPLACE_URL=http://127.0.0.1:1\nAGENT_DATA_DIR=${folder}/data\n`;
  await writeFile(file, lines, { mode: 0o600 });
  const host = new TestHost({ argv: ['agent', 'start', '--environment-file', file], env });
  const code = runCli(host);
  await vi.waitFor(() => expect(host.out).toMatch(/^node3 agent: http:/), within);
  host.interrupt();
  host.interrupt();
  expect(await code).toBe(0);
  expect(await readdir(join(folder, 'data'))).toContain('local-token');
});
