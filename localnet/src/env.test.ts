import { describe, expect, it } from 'vitest';
import { readLocalnetEnv } from './env.ts';

describe('readLocalnetEnv', () => {
  it('has working defaults', () => {
    expect(readLocalnetEnv({})).toEqual({
      httpPort: 8899,
      slotMs: 250,
      dataDir: null,
      logLevel: 'info',
    });
  });

  it('names the variable that is wrong', () => {
    expect(() => readLocalnetEnv({ LOCALNET_SLOT_MS: '0' })).toThrow('LOCALNET_SLOT_MS');
    expect(() => readLocalnetEnv({ LOCALNET_PORT: 'http' })).toThrow('LOCALNET_PORT');
  });
});
