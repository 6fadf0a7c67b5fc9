import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configPath, loadConfig, profileKey, rememberProfile } from './config-file.ts';
import { TestHost } from './testing/test-host.ts';
import { rememberMarketplace } from './up/remember-marketplace.ts';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'node3-config-'));
  path = join(folder, 'deep', 'config.json');
});

afterEach(() => rm(folder, { recursive: true }));

const at = (url: string) => ({ name: null, url });

describe('the configuration file', () => {
  it('[10.10] is readable by its owner only and keeps what others wrote', async () => {
    await rememberProfile(path, at('http://localhost:8000/'), { apiKey: 'one' });
    await rememberProfile(path, at('http://127.0.0.1:8000'), { rpcUrl: 'http://127.0.0.1:8899' });
    await rememberProfile(path, at('https://other.example'), { apiKey: 'two' });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const { profiles } = await loadConfig(path);
    expect(profiles).toEqual({
      'http://127.0.0.1:8000': { apiKey: 'one', rpcUrl: 'http://127.0.0.1:8899' },
      'https://other.example': { apiKey: 'two' },
    });
  });

  it('is refused when others can read it, with the fix', async () => {
    await rememberProfile(path, at('http://a'), { apiKey: 'one' });
    await chmod(path, 0o644);
    await expect(loadConfig(path)).rejects.toMatchObject({ fix: `Run: chmod 600 ${path}` });
  });

  it('is refused when it is not JSON, and left as it is', async () => {
    await rememberProfile(path, at('http://a'), {});
    await writeFile(path, '{ half');
    await expect(loadConfig(path)).rejects.toThrow('not a node3 configuration');
    expect(await readFile(path, 'utf8')).toBe('{ half');
  });

  it('stands where XDG says, unless a flag or variable names it', () => {
    const env = { XDG_CONFIG_HOME: '/xdg' };
    expect(configPath(new TestHost({ argv: [], env }), undefined)).toBe('/xdg/node3/config.json');
    expect(configPath(new TestHost({ argv: [] }), undefined)).toBe(
      '/nonexistent/.config/node3/config.json',
    );
    expect(configPath(new TestHost({ argv: [], env: { NODE3_CONFIG: '/c' } }), '/d')).toBe('/d');
  });
});

describe('rememberMarketplace', () => {
  it('becomes the current one, but never instead of a remote one', async () => {
    await rememberMarketplace(path, 'http://127.0.0.1:8001', { apiKey: 'k' });
    expect((await loadConfig(path)).currentUrl).toBe('http://127.0.0.1:8001');
    await writeFile(path, JSON.stringify({ currentUrl: 'https://real.example', profiles: {} }));
    await rememberMarketplace(path, 'http://127.0.0.1:8001', { apiKey: 'k' });
    expect((await loadConfig(path)).currentUrl).toBe('https://real.example');
  });

  it('knows one marketplace by one name', () => {
    expect(profileKey('http://localhost:8000/')).toBe('http://127.0.0.1:8000');
    expect(profileKey('http://localhost.example:8000')).toBe('http://localhost.example:8000');
  });
});
