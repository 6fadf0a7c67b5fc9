import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chown, copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findTestEngine } from '@node3/agent/executors/docker/docker-test-engine';
import { ensureLocalImage } from '@node3/agent/executors/docker/local-image';
import { silentLogger } from '@node3/shared/logger';
import { mustSkip } from '@node3/shared/testing/resources';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { startCaddy } from './caddy-process.ts';
import { buildMarketplaceImage, output, root } from './deploy-image.ts';
import { type DevNetwork, startDevNetwork } from './dev-network.ts';
import { freePort } from './marketplace-process.ts';

const adminApiKey = 'operator-key-of-the-deploy-test';
const tag = 'node3/marketplace:test';

async function has(program: string): Promise<boolean> {
  return output('sh', ['-c', `command -v ${program}`]).then(
    () => true,
    () => false,
  );
}

const programs = ['caddy', 'docker-compose', 'systemd-analyze'];
const found = await Promise.all(programs.map(has));
const absent = programs.filter((_, index) => found[index] === false);
const missing = absent.length === 0 ? null : `${absent.join(', ')} is not installed`;
const toolsSkip = mustSkip({ resource: 'deploy-tools', missing });
const { docker, skip: dockerSkip } = await findTestEngine();

describe.skipIf(toolsSkip)('what is deployed', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'node3-deploy-'));
    await copyFile(join(root, 'deploy/compose.yaml'), join(folder, 'compose.yaml'));
    await copyFile(join(root, 'deploy/marketplace.env.example'), join(folder, 'marketplace.env'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const compose = async (settings: Record<string, string>) => {
    const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
    await writeFile(join(folder, '.env'), `${lines.join('\n')}\n`);
    return output('docker-compose', ['-f', 'compose.yaml', 'config'], folder);
  };
  const secrets = {
    SITE_ADDRESS: 'market.example',
    POSTGRES_PASSWORD: 'p',
    GRAFANA_PASSWORD: 'g',
    METRICS_TOKEN: 'm',
  };

  it('starts with what env.example asks for', async () => {
    expect(await compose(secrets)).toContain('postgresql://node3:p@postgres:5432/node3');
  });

  it.each(Object.keys(secrets))('does not start without %s', async (name) => {
    await expect(compose({ ...secrets, [name]: '' })).rejects.toThrow(name);
  });

  it('[12.01] mounts and reads what is there', async () => {
    // What the guide says to make first.
    const made = new Set(['./secret-keys', './marketplace.env']);
    const text = await readFile(join(root, 'deploy/compose.yaml'), 'utf8');
    const mounted = [...text.matchAll(/(?:- |file: )(\.\/[\w./-]+)/g)].map(
      ([, path]) => path ?? '',
    );
    expect(mounted.length).toBeGreaterThan(3);
    const inPrometheus = [...text.matchAll(/=\/etc\/prometheus\/([\w.]+)/g)].map(
      ([, name]) => `./prometheus/${name}`,
    );
    expect(inPrometheus).toHaveLength(1);
    const paths = [...mounted, ...inPrometheus].filter((path) => !made.has(path));
    expect(paths.filter((path) => !existsSync(join(root, 'deploy', path)))).toEqual([]);
  });

  it('[12.03] has a unit that systemd understands and that may do little', async () => {
    const unit = join(root, 'deploy/systemd/node3-marketplace.service');
    // The only thing it may miss here is the program, which is installed where the unit says.
    await output('systemd-analyze', ['verify', '--man=no', unit]).catch((error: unknown) => {
      const said = error instanceof Error ? error.message : String(error);
      const lines = said.split('\n').filter((line) => line.includes('node3-marketplace'));
      expect(lines.filter((line) => !/Command .* is not executable/.test(line))).toHaveLength(1);
    });
    const args = ['security', '--offline=true', '--threshold=20', unit];
    expect(await output('systemd-analyze', args)).toContain('Overall exposure level');
  });
});

describe.skipIf(toolsSkip)('behind Caddy', () => {
  let network: DevNetwork;
  let caddy: Awaited<ReturnType<typeof startCaddy>>;
  beforeAll(async () => {
    network = await startDevNetwork({ marketplace: { trustedProxies: ['127.0.0.1'] } });
    caddy = await startCaddy(new URL(network.marketplaceUrl).host);
  });
  afterAll(async () => {
    await caddy.stop();
    await network.stop();
  });

  it('[12.03] answers over TLS, and keeps the numbers to itself', async () => {
    expect(await caddy.get('/health')).toMatchObject({ status: 200 });
    expect(await caddy.get('/metrics')).toMatchObject({ status: 404 });
  });

  it('[12.03] lets sockets through', async () => {
    const socket = new WebSocket(`wss://localhost:${caddy.port}/api/v1/stream`, { ca: caddy.ca });
    await once(socket, 'open');
    socket.close();
    await once(socket, 'close');
  });

  it('says who the client is', async () => {
    const { headers } = await caddy.get('/api/v1/auth/challenges', 'POST');
    const direct = await fetch(`${network.marketplaceUrl}/api/v1/auth/challenges`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': '198.51.100.7' },
      body: '{}',
    });
    await direct.arrayBuffer();
    // Another client than the one of before: it has all of its own limit.
    expect(direct.headers.get('x-ratelimit-remaining')).toBe(headers['x-ratelimit-remaining']);
  });
});

describe.skipIf(dockerSkip)('the image', () => {
  let network: DevNetwork;
  beforeAll(async () => {
    const { image } = await ensureLocalImage({ docker, log: silentLogger });
    await buildMarketplaceImage(image, tag);
    network = await startDevNetwork();
  }, 600_000);
  afterAll(() => network.stop());

  it('[12.02] runs with a read-only root and no rights, keeps its data, and stops when asked', async () => {
    const port = await freePort();
    const name = `node3-deploy-${port}`;
    const keys = join(network.folder, 'secret-keys');
    await writeFile(keys, `k1 ${randomBytes(32).toString('base64')}\n`, { mode: 0o400 });
    await chown(keys, 10_001, 10_001);
    const environment = [
      ['MARKETPLACE_HOST', '127.0.0.1'],
      ['MARKETPLACE_PORT', String(port)],
      ['GRPC_PORT', '0'],
      ['SOLANA_RPC_URL', network.localnet.rpcUrl],
      ['ADMIN_API_KEY', adminApiKey],
      ['SECRET_KEYS_FILE', '/run/secrets/secret-keys'],
    ].flatMap(([key, value]) => ['-e', `${key}=${value}`]);
    const hardened = ['--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'];
    const run = ['run', '-d', '--name', name, '--network', 'host', '--tmpfs', '/tmp'];
    await output('docker', [
      ...run,
      ...hardened,
      '-v',
      `${name}:/var/lib/node3`,
      '-v',
      `${keys}:/run/secrets/secret-keys:ro`,
      ...environment,
      tag,
    ]);
    try {
      const health = () => fetch(`http://127.0.0.1:${port}/health`);
      await vi.waitFor(async () => expect((await health()).status).toBe(200), {
        timeout: 60_000,
        interval: 200,
      });
      expect((await output('docker', ['exec', name, 'id', '-u'])).trim()).toBe('10001');
      const page = await fetch(`http://127.0.0.1:${port}/`, { headers: { accept: 'text/html' } });
      expect(await page.text()).toContain('<div id="root">');
      expect(
        await output('docker', ['exec', name, 'node', 'cli/bin/node3.mjs', '--help']),
      ).toContain('node3');
      await output('docker', ['stop', '-t', '20', name]);
      const state = await output('docker', ['inspect', '-f', '{{.State.ExitCode}}', name]);
      expect(state.trim()).toBe('0');
      await output('docker', ['start', name]);
      await vi.waitFor(async () => expect((await health()).status).toBe(200), {
        timeout: 60_000,
        interval: 200,
      });
    } finally {
      await output('docker', ['rm', '-f', '-v', name]);
      await output('docker', ['volume', 'rm', '-f', name]);
    }
  });
});
