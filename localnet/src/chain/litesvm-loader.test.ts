import { describe, expect, it } from 'vitest';
import { LocalnetUnsupportedError, loadLitesvm } from './litesvm-loader.ts';

describe('loadLitesvm', () => {
  it('says what to do where there is no binary', async () => {
    const load = () => Promise.reject(new Error('Cannot find native binding'));
    const failed = loadLitesvm(load);
    await expect(failed).rejects.toBeInstanceOf(LocalnetUnsupportedError);
    await expect(failed).rejects.toThrow(/Linux and macOS.*SOLANA_RPC_URL/);
  });
});
