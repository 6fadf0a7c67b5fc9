import { resolve } from 'node:path';
import { ConfigError } from '@node3/shared/env';
import { describe, expect, it } from 'vitest';
import { checkMarketplaceUrl } from './config.ts';
import { readAgentConfig } from './env.ts';

const read = (env: Record<string, string>) =>
  readAgentConfig(env, { hostname: 'my-host', dashboardDir: null });

const blocked = 'acc_06BR2J0S7XW8Z3Q1T5M4N6P9KD';

describe('readAgentConfig', () => {
  it('has a default for everything', () => {
    expect(read({})).toMatchObject({
      name: 'my-host',
      marketplaceUrl: 'http://localhost:8000',
      port: 8080,
      dataDir: resolve('.node3/agent'),
      walletPath: resolve('.node3/agent/wallet.json'),
      solanaRpcUrl: null,
      transport: 'auto',
      gpuSource: 'hardware',
      nativeAllowed: false,
      asks: { SOL: null, USDC: null },
      region: null,
      labels: {},
      requestersBlocked: [],
      egressHosts: [],
      preemptible: false,
      slots: 2,
      cpus: null,
      memoryBytes: null,
      apiKey: null,
    });
  });

  it('[12.04] reads the names of the seed, and says why it refuses one', () => {
    const seed = { DOCKER_NETWORK: 'none', GPU_INDEX: '0, 2', MEMORY_LIMIT: '8g', CPU_LIMIT: '4' };
    expect(read(seed)).toMatchObject({ gpuIndexes: [0, 2], memoryBytes: 8 * 1024 ** 3, cpus: 4 });
    expect(() => read({ GPU_INDEX: 'all' })).toThrow('GPU_INDEX is "all"');
    expect(() => read({ DOCKER_NETWORK: 'bridge' })).toThrow('AGENT_EGRESS_HOSTS');
  });

  it('reads what is set', () => {
    expect(
      read({
        DASHBOARD_PORT: '9000',
        SKIP_GPU_CHECK: 'true',
        AGENT_ALLOW_NATIVE: 'yes',
        MEMORY_LIMIT: '8g',
        CPU_LIMIT: '0.5',
        AGENT_ASK_USDC_PER_GPU_HOUR: '0.350',
        AGENT_ALLOW_PREEMPTION: 'true',
        AGENT_REGION: 'eu-west-1',
        AGENT_IMAGE_REGISTRIES: 'docker.io,GHCR.io',
        AGENT_IMAGE_CACHE: '64g',
        AGENT_EGRESS_HOSTS: 'huggingface.co, *.PythonHosted.org',
        AGENT_LABELS: 'disk=nvme, rack=a=7',
        AGENT_BLOCKED_REQUESTERS: blocked,
        MAX_CONCURRENT_JOBS: '4',
        API_KEY: 'k',
        AGENT_TRANSPORT: 'http',
      }),
    ).toMatchObject({
      port: 9000,
      gpuSource: 'simulated',
      nativeAllowed: true,
      memoryBytes: 8 * 1024 ** 3,
      cpus: 0.5,
      asks: { SOL: null, USDC: { amount: '0.35', asset: 'USDC' } },
      region: 'eu-west-1',
      imageRegistries: ['docker.io', 'ghcr.io'],
      imageCacheBytesMax: 64 * 1024 ** 3,
      imageBytesMax: null,
      egressHosts: ['huggingface.co', '*.pythonhosted.org'],
      labels: { disk: 'nvme', rack: 'a=7' },
      requestersBlocked: [blocked],
      preemptible: true,
      slots: 4,
      apiKey: 'k',
      transport: 'http',
    });
    expect(read({ DASHBOARD_PORT: '9000', AGENT_PORT: '9001' }).port).toBe(9001);
  });

  it.each([
    ['512m', 512 * 1024 ** 2],
    ['1.5GiB', 1.5 * 1024 ** 3],
    ['1073741824', 1024 ** 3],
    ['2048 MB', 2 * 1024 ** 3],
  ])('takes %s as a size', (MEMORY_LIMIT, bytes) => {
    expect(read({ MEMORY_LIMIT }).memoryBytes).toBe(bytes);
  });

  it.each([
    { MEMORY_LIMIT: 'lots' },
    { MEMORY_LIMIT: '1k' },
    { CPU_LIMIT: '0' },
    { CPU_LIMIT: 'all' },
    { AGENT_ASK_SOL_PER_GPU_HOUR: '0' },
    { AGENT_REGION: 'Frankfurt' },
    { AGENT_EGRESS_HOSTS: '10.0.0.1' },
    { AGENT_IMAGE_REGISTRIES: 'https://ghcr.io' },
    { AGENT_IMAGE_CACHE: 'much' },
    { AGENT_EGRESS_HOSTS: 'https://example.com' },
    { AGENT_LABELS: 'nvme' },
    { AGENT_BLOCKED_REQUESTERS: 'somebody' },
    { AGENT_ASK_USDC_PER_GPU_HOUR: '0.0000001' },
    { MAX_CONCURRENT_JOBS: '0' },
    { AGENT_TRANSPORT: 'pigeon' },
    { MARKETPLACE_URL: 'market' },
  ] as Record<string, string>[])('refuses %j by name', (env) => {
    expect(() => read(env)).toThrow(ConfigError);
    expect(() => read(env)).toThrow(Object.keys(env)[0]);
  });
});

describe('checkMarketplaceUrl', () => {
  const check = (MARKETPLACE_URL: string, more: Record<string, string> = {}) =>
    checkMarketplaceUrl(read({ MARKETPLACE_URL, ...more }));

  it('wants https beyond this machine', () => {
    for (const url of [
      'http://localhost:8000',
      'http://127.0.0.1',
      'http://[::1]:8000',
      'https://a.b',
    ]) {
      expect(() => check(url)).not.toThrow();
    }
    expect(() => check('http://market.example')).toThrow(/MARKETPLACE_INSECURE=true/);
    expect(() => check('http://localhost.evil.example')).toThrow(ConfigError);
    expect(() => check('http://market.example', { MARKETPLACE_INSECURE: 'true' })).not.toThrow();
  });
});
