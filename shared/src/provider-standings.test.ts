import { describe, expect, it } from 'vitest';
import {
  type ProviderStandingCode,
  providerStandings,
  readStanding,
  sayStanding,
} from './provider-standings.ts';

describe('why a provider stands as it does', () => {
  it('is read from its sentence again, with its numbers', () => {
    const values = { agents: 12, offline: 3, idle: 0, slots: 40 };
    for (const code of Object.keys(providerStandings) as ProviderStandingCode[]) {
      const read = readStanding(sayStanding(code, values));
      expect(read?.code).toBe(code);
      expect(values).toMatchObject(read?.values ?? {});
    }
    expect(readStanding(sayStanding('some', values))?.values).toEqual({
      agents: 12,
      offline: 3,
      idle: 0,
    });
  });

  it('stays what an operator wrote', () => {
    expect(readStanding('New disks. All 2 agents are online.')).toBeNull();
    expect(readStanding('All many agents are online.')).toBeNull();
  });
});
