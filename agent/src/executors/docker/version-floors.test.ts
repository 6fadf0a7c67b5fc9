import { describe, expect, it } from 'vitest';
import { findRuncWeakness, findToolkitWeakness, readToolkitVersion } from './version-floors.ts';

describe('findRuncWeakness', () => {
  it.each(['1.1.5+ds1', '1.1.15', '1.2.7', '1.3.2', '1.0.0-rc93'])(
    'threat 2: flags %s',
    (version) => {
      expect(findRuncWeakness(version)).toContain(version);
    },
  );

  it.each(['1.2.8', '1.3.3', '1.4.0', '1.4.2-rc.1', '2.0.0'])('lets %s be', (version) => {
    expect(findRuncWeakness(version)).toBeNull();
  });

  it('says that it does not know', () => {
    expect(findRuncWeakness(null)).toContain('not known');
  });
});

describe('findToolkitWeakness', () => {
  it('threat 3: asks for the first version without the hook’s hole', () => {
    expect(findToolkitWeakness('1.17.7')).toContain('CVE-2025-23266');
    expect(findToolkitWeakness('1.9.0')).toContain('CVE-2025-23266');
    expect(findToolkitWeakness('1.17.8')).toBeNull();
    expect(findToolkitWeakness('1.18.0-rc.1')).toBeNull();
    expect(findToolkitWeakness(null)).toContain('not known');
  });

  it('reads no version of a program that is not there', async () => {
    expect(await readToolkitVersion('/nonexistent/nvidia-ctk')).toBeNull();
  });
});
