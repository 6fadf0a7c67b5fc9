import { useSyncExternalStore } from 'react';
import { Preferences, type PreferenceValues } from './preferences.ts';

function ownStorage(): Storage | null {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}

/** Those of this browser. */
export const preferences = new Preferences(ownStorage());

globalThis.addEventListener?.('storage', () => preferences.reload());

export function usePreferences(): PreferenceValues {
  return useSyncExternalStore(preferences.subscribe, preferences.values);
}
