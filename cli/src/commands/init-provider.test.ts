import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Check } from '@node3/agent/doctor/check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createContext } from '../context.ts';
import { readEnvironmentFile } from '../init/agent-environment.ts';
import { TestHost } from '../testing/test-host.ts';
import { initialiseProvider, type ProviderOptions } from './init-provider.ts';

let folder: string;
let dataDir: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'node3-provider-'));
  dataDir = join(folder, 'data of mine');
});
afterEach(() => rm(folder, { recursive: true }));

const well: Check = { name: 'engine', state: 'ok', sentence: 'It runs.', fix: null };
const sick: Check = { name: 'engine', state: 'failed', sentence: 'None.', fix: 'Install one.' };

async function init(options: ProviderOptions, checks = [well], answers?: string[]) {
  const host = new TestHost({ argv: [], cwd: folder, ...(answers && { answers }) });
  const global = { config: join(folder, 'config.json'), url: 'https://market.example' };
  const context = await createContext(
    host,
    answers === undefined ? global : { config: global.config },
  );
  const seen: string[] = [];
  const code = await initialiseProvider(context, { options, args: [] }, async (config) => {
    seen.push(config.marketplaceUrl, config.walletPath, config.dataDir);
    return checks;
  });
  return { code, host, seen };
}

describe('node3 init --provider', () => {
  it('writes settings, wallet and policy for the agent, and names what starts it', async () => {
    const { code, host, seen } = await init({ dataDir, ask: '0.3USDC', hours: '22:00-08:00' });
    expect(code).toBe(0);
    const file = join(dataDir, 'agent.env');
    const walletPath = join(dataDir, 'wallet.json');
    expect(await readEnvironmentFile(file)).toEqual({
      MARKETPLACE_URL: 'https://market.example',
      AGENT_DATA_DIR: dataDir,
      WALLET_PATH: walletPath,
    });
    expect(seen).toEqual(['https://market.example', walletPath, dataDir]);
    for (const path of [file, walletPath]) expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(join(dataDir, 'policy.json'), 'utf8'))).toEqual({
      asks: { '*': { SOL: null, USDC: { amount: '0.3', asset: 'USDC' } } },
      hours: ['22:00-08:00'],
    });
    expect(host.err).toContain(`node3 agent start --environment-file '${file}'`);
    expect(host.err).not.toContain('?');
  });

  it('goes on with an agent that was started in this folder, and its wallet', async () => {
    const here = join(folder, '.node3', 'agent');
    await mkdir(here, { recursive: true });
    expect((await init({})).seen[2]).toBe('/nonexistent/.local/share/node3-agent');
    await writeFile(join(here, 'wallet.json'), JSON.stringify([...Array(64).keys()]), {
      mode: 0o600,
    });
    const failed = await init({}).catch((error: unknown) => error);
    expect(String(failed)).toContain(join(here, 'wallet.json'));
  });

  it('leaves what was there, and says while something keeps it from work', async () => {
    await init({ dataDir });
    const file = join(dataDir, 'agent.env');
    const before = await readFile(join(dataDir, 'wallet.json'));
    await writeFile(file, `# mine\nCPU_LIMIT=4\n${await readFile(file, 'utf8')}`, { mode: 0o600 });
    const { code, host } = await init({ dataDir, name: 'attic' }, [well, sick]);
    expect(code).toBe(1);
    expect(host.out).toContain('FAILED   engine: None.\n         fix: Install one.');
    const names = (await readFile(file, 'utf8')).split('\n').map((line) => line.split('=')[0]);
    const written = ['MARKETPLACE_URL', 'AGENT_DATA_DIR', 'WALLET_PATH', 'AGENT_NAME'];
    expect(names).toEqual(['# mine', 'CPU_LIMIT', ...written, '']);
    expect(await readEnvironmentFile(file)).toMatchObject({ CPU_LIMIT: '4', AGENT_NAME: 'attic' });
    expect(await readFile(join(dataDir, 'wallet.json'))).toEqual(before);
  });

  it('asks at a terminal for what no option says', async () => {
    const answers = ['https://other.example', dataDir, '', '0.5 USDC', ''];
    const { code, seen } = await init({}, [well], answers);
    expect(code).toBe(0);
    expect(seen).toEqual(['https://other.example', join(dataDir, 'wallet.json'), dataDir]);
    expect(JSON.parse(await readFile(join(dataDir, 'policy.json'), 'utf8'))).toHaveProperty('asks');
  });

  it('refuses terms that can not be held', async () => {
    await expect(init({ dataDir, hours: 'at night' })).rejects.toThrow('hours');
    await expect(init({ dataDir, ask: 'much' })).rejects.toThrow('asks');
  });
});
