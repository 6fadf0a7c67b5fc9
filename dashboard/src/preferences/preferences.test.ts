import { describe, expect, it } from 'vitest';
import { Preferences } from './preferences.ts';

function storageWith(text: string | null) {
  const items = new Map(text === null ? [] : [['node3.preferences', text]]);
  return {
    items,
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
  };
}

const defaults = { times: 'relative', singleKeys: true, jobNotices: true, folded: [] };

describe('preferences', () => {
  it('are remembered, and tell who listens', () => {
    const storage = storageWith(null);
    const preferences = new Preferences(storage);
    expect(preferences.values()).toEqual(defaults);
    let told = 0;
    preferences.subscribe(() => {
      told += 1;
    });
    preferences.change({ times: 'utc' });
    expect(told).toBe(1);
    expect(new Preferences(storage).values()).toEqual({ ...defaults, times: 'utc' });
  });

  it.each([null, 'no JSON', '7', 'null', '{"times":"lunar","singleKeys":"no","folded":"x"}'])(
    'are as by default where %s is stored',
    (text) => {
      expect(new Preferences(storageWith(text)).values()).toEqual(defaults);
    },
  );

  it('take over what another tab stored, and do without storage', () => {
    const storage = storageWith(null);
    const preferences = new Preferences(storage);
    new Preferences(storage).change({ singleKeys: false });
    preferences.reload();
    expect(preferences.values().singleKeys).toBe(false);
    const kept = new Preferences(null);
    kept.change({ jobNotices: false });
    expect(kept.values().jobNotices).toBe(false);
  });
});
