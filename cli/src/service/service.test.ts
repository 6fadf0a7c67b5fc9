import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../run-cli.ts';
import { TestHost } from '../testing/test-host.ts';
import { installService, uninstallService } from './install-service.ts';
import { runTool, type ToolResult } from './run-tool.ts';
import { chooseTarget, type ServiceTarget, type TargetFacts } from './service-target.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'node3-service-'));
});
afterEach(() => rm(home, { recursive: true }));

function target(changes: Partial<TargetFacts> = {}): ServiceTarget {
  const found = chooseTarget({
    platform: 'linux',
    scope: 'user',
    homeDir: home,
    userName: 'ana',
    uid: 1000,
    service: {
      nodePath: process.execPath,
      mainPath: '/opt/node 3/100%/main.ts',
      folder: '/tmp',
      environmentFile: '/tmp/a & b/agent.env',
      user: null,
      groups: ['docker', 'video'],
      drainSec: 60,
    },
    ...changes,
  });
  if (found === null) throw new Error('there is a target');
  return found;
}

/** A system that answers as programmed, and else throws. */
function system(answers: Record<string, ToolResult | string>) {
  const said: string[] = [];
  const ran: string[] = [];
  const run = async (file: string, args: readonly string[]) => {
    const words = [file, ...args].join(' ');
    ran.push(words);
    const found = Object.keys(answers).find((name) => words.includes(name));
    const answer = found === undefined ? undefined : answers[found];
    if (answer === undefined) throw new Error(`nobody programmed: ${words}`);
    return typeof answer === 'string' ? { exitCode: 0, output: answer } : answer;
  };
  return { run, ran, said, say: async (line: string) => void said.push(line) };
}

const works = {
  'show-environment': '',
  'show-user': 'yes',
  verify: '',
  'daemon-reload': '',
  'enable --now': '',
  'is-enabled': 'enabled',
  'is-active': 'active',
  'disable --now': '',
};

describe('a systemd unit', () => {
  it('says what runs, as whom, and how it ends', () => {
    const { path, text } = target();
    expect(path).toBe(join(home, '.config/systemd/user/node3-agent.service'));
    expect(text).toContain(`ExecStart="${process.execPath}" "/opt/node 3/100%%/main.ts"`);
    expect(text).toMatch(/TimeoutStopSec=90\n[^]*WantedBy=default\.target/);
    expect(text).not.toContain('User=');
    expect(text).toContain('Environment="MALLOC_ARENA_MAX=2"\n');
  });

  it('of the system has its own user and groups', () => {
    const service = { ...facts(), user: 'node3' };
    const { path, text } = target({ scope: 'system', service });
    expect(path).toBe('/etc/systemd/system/node3-agent.service');
    expect(text).toMatch(/User=node3\nSupplementaryGroups=docker video\n/);
    expect(text).toContain('WantedBy=multi-user.target');
  });

  it('[5.24] is one that systemd understands, and a spoilt one is not', async ({ skip }) => {
    const { exitCode } = await runTool('systemd-analyze', ['--version']);
    if (exitCode === null) skip('systemd-analyze is not here');
    const service = { ...facts(), user: 'root', groups: [] };
    const { text } = target({ scope: 'system', service });
    const path = join(home, 'node3-agent.service');
    const verify = async (unit: string) => {
      await writeFile(path, unit);
      return runTool('systemd-analyze', ['verify', '--man=no', path]);
    };
    expect((await verify(text)).output).not.toContain('node3-agent.service');
    expect((await verify(text.replace('Restart=', 'Restart=maybe-'))).output).toContain(
      'restart specifier',
    );
  });
});

function facts() {
  return {
    nodePath: process.execPath,
    mainPath: '/opt/main.ts',
    folder: '/tmp',
    environmentFile: '/tmp/agent.env',
    user: null as string | null,
    groups: ['docker', 'video'],
    drainSec: 60,
  };
}

describe('other systems', () => {
  it('[5.24] launchd gets a plist with every text escaped', () => {
    const { path, text } = target({ platform: 'darwin' });
    expect(path).toBe(join(home, 'Library/LaunchAgents/node3-agent.plist'));
    expect(text).toContain('<string>--env-file-if-exists=/tmp/a &amp; b/agent.env</string>');
    expect(text).toMatch(/<key>SuccessfulExit<\/key>\s*<false\/>/);
  });

  it('Windows gets a task that is neither limited in time nor stopped on battery', () => {
    const { encoding, install, text } = target({ platform: 'win32' });
    expect(encoding).toBe('utf16le');
    expect(text).toContain('<ExecutionTimeLimit>PT0S</ExecutionTimeLimit>');
    expect(text).toContain('&quot;/opt/node 3/100%/main.ts&quot;</Arguments>');
    expect(install[0]?.args).toContain('/XML');
  });

  it('are told that they are not known', () => {
    expect(() => target({ platform: 'aix' })).toThrow('there is a target');
  });
});

describe('installing', () => {
  it('[5.24] writes, has it checked, starts it and sees that it runs and stays', async () => {
    const machine = system(works);
    const unit = target();
    await installService(unit, machine);
    expect(await readFile(unit.path, 'utf8')).toBe(unit.text);
    expect(machine.ran.at(-1)).toMatch(/show-user ana --property=Linger/);
    expect(machine.said).toContain('systemctl --user enable --now node3-agent.service');
    await uninstallService(unit, machine);
    expect(await readdir(join(home, '.config/systemd/user'))).toEqual([]);
  });

  it('refuses before anything is written when it would not outlive a logout', async () => {
    const machine = system({ ...works, 'show-user': 'no' });
    const refusal = { fix: expect.stringContaining('sudo loginctl enable-linger ana') };
    await expect(installService(target(), machine)).rejects.toMatchObject(refusal);
    expect(await readdir(home)).toEqual([]);
  });

  it('takes back a unit that systemd does not understand', async () => {
    const wrong = { exitCode: 1, output: 'Unknown key' };
    const machine = system({ ...works, verify: wrong });
    await expect(installService(target(), machine)).rejects.toThrow(/Unknown key/);
    expect(await readdir(join(home, '.config/systemd/user'))).toEqual([]);
    expect(machine.ran.some((words) => words.includes('enable'))).toBe(false);
  });

  it('says so when there is none, of the machine or of the user', async () => {
    for (const scope of [[], ['--system']]) {
      const host = new TestHost({ argv: ['agent', 'service', 'status', ...scope] });
      expect(await runCli(host)).toBe(1);
      expect(host.err).toContain('The service is not installed');
      expect(host.err).toContain('node3 agent service install');
    }
  });

  it('says so when the service is installed and does not run', async () => {
    const machine = system({ ...works, 'is-active': { exitCode: 3, output: 'failed' } });
    await expect(installService(target(), machine)).rejects.toThrow(/is-active .*: failed/);
  });
});
