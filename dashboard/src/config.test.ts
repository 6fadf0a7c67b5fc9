import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';

describe('readConfig', () => {
  it('reads what a host serves', () => {
    const config = { mode: 'agent', version: '1', cluster: 'localnet', docsUrl: null };
    expect(readConfig(config)).toEqual(config);
  });

  it.each(['/docs', 'https://example.org/docs'])('takes %s as a link', (docsUrl) => {
    expect(readConfig({ mode: 'marketplace', docsUrl }).docsUrl).toBe(docsUrl);
  });

  it.each(['//evil.example', 'javascript:alert(1)', 'docs', 7])('refuses %s', (docsUrl) => {
    expect(readConfig({ mode: 'marketplace', docsUrl }).docsUrl).toBeNull();
  });

  it('drops a cluster it does not know', () => {
    const config = { mode: 'agent', version: '1', cluster: 'x', docsUrl: null };
    expect(readConfig(config)).toMatchObject({ cluster: null });
  });

  it.each([null, 'text', {}, { mode: 'other' }])('refuses %j', (value) => {
    expect(() => readConfig(value)).toThrow('/config.json');
  });
});
