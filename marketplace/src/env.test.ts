import { ConfigError } from '@node3/shared/env';
import { describe, expect, it } from 'vitest';
import { readConfig, readDatabase } from './env.ts';

const read = (env: Record<string, string>) => readConfig({ ENVIRONMENT: 'development', ...env });

describe('the keys for secrets', () => {
  it('have to lie somewhere else in production', () => {
    const env = { ENVIRONMENT: 'production', ADMIN_API_KEY: 'for-this-test-only-0123456789' };
    expect(() => read(env)).toThrow('SECRET_KEYS_FILE is not set');
    expect(() => read({ ...env, SECRET_KEYS_FILE: '' })).toThrow('SECRET_KEYS_FILE is not set');
    expect(read({ ...env, SECRET_KEYS_FILE: '/k' }).secretKeysFile).toBe('/k');
    expect(read({}).secretKeysFile).toBeNull();
  });
});

describe('what an operator charges and allows', () => {
  it('has a default for everything', () => {
    const none = { perJob: null, open: null, perDay: null };
    expect(read({})).toMatchObject({
      feeBasisPoints: 500,
      quoteSec: 60,
      holdbackSec: 0,
      operatorCaps: { SOL: none, USDC: none },
      explorerUrl: null,
    });
  });

  it('is read exactly', () => {
    const config = read({
      FEE_BASIS_POINTS: '0',
      QUOTE_SEC: '300',
      PAYOUT_HOLDBACK_SEC: '86400',
      SPEND_CAP_DAY_USDC: '20.5',
      SPEND_CAP_JOB_SOL: '0',
      EXPLORER_URL: 'https://explorer.example/tx/{signature}',
    });
    expect(config).toMatchObject({ feeBasisPoints: 0, quoteSec: 300, holdbackSec: 86_400 });
    expect(config.operatorCaps).toEqual({
      SOL: { perJob: 0n, open: null, perDay: null },
      USDC: { perJob: null, open: null, perDay: 20_500_000n },
    });
    expect(config.explorerUrl).toBe('https://explorer.example/tx/{signature}');
  });

  it.each([
    { SPEND_CAP_DAY_USDC: '0.0000001' },
    { SPEND_CAP_OPEN_SOL: '-1' },
    { EXPLORER_URL: 'javascript:alert(1)//{signature}' },
    { EXPLORER_URL: 'https://explorer.example/tx/' },
    { QUOTE_SEC: '1' },
    { FEE_BASIS_POINTS: '5001' },
  ] as Record<string, string>[])('refuses %j by name', (env) => {
    expect(() => read(env)).toThrow(ConfigError);
    expect(() => read(env)).toThrow(Object.keys(env)[0]);
  });
});

describe('private networks', () => {
  it('are opened to webhooks and to flows each by a setting of its own', () => {
    expect(read({ WEBHOOK_NETWORKS: '10.1.0.0/16' })).toMatchObject({
      webhookAllow: { networks: ['10.1.0.0/16'], ports: 'any' },
      flowAllow: {},
    });
    const { webhookAllow, flowAllow } = read({ FLOW_NETWORKS: '10.2.0.0/16, fd00::/8' });
    expect(webhookAllow).toEqual({});
    expect(flowAllow).toEqual({ networks: ['10.2.0.0/16', 'fd00::/8'], ports: 'any' });
    expect(() => read({ FLOW_NETWORKS: 'all' })).toThrow('FLOW_NETWORKS');
  });
});

describe('the proxies in front', () => {
  it('are addresses and networks', () => {
    const { trustedProxies } = read({ TRUSTED_PROXIES: '10.0.0.2, 10.1.0.0/16,fd00::/8' });
    expect(trustedProxies).toEqual(['10.0.0.2', '10.1.0.0/16', 'fd00::/8']);
    expect(read({}).trustedProxies).toEqual([]);
  });

  it.each(['caddy', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0'])('are not %s', (text) => {
    expect(() => read({ TRUSTED_PROXIES: text })).toThrow(ConfigError);
  });
});

describe('the database', () => {
  it('is named by the variable of Hodei as well', () => {
    const database = (env: Record<string, string>) => readDatabase(env);
    const url = 'postgres://u:p@localhost:5432/hodei';
    expect(database({ HODEI_DATABASE_URL: url })).toMatchObject({ engine: 'postgres' });
    const own = { HODEI_DATABASE_URL: url, DATABASE_URL: 'sqlite:///x.db' };
    expect(database(own)).toMatchObject({ engine: 'sqlite' });
    expect(() => database({ HODEI_DATABASE_URL: 'mysql://x' })).toThrow('HODEI_DATABASE_URL');
  });
});
