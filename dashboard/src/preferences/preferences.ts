import type { KeyStorage } from '../session.ts';

/** How moments are written: `3 minutes ago`, by this machine's clock, or in UTC. */
export const timeStyles = ['relative', 'local', 'utc'] as const;
export type TimeStyle = (typeof timeStyles)[number];

export interface PreferenceValues {
  times: TimeStyle;
  /** Whether keys without a modifier do something; WCAG 2.1.4 wants a way to switch them off. */
  singleKeys: boolean;
  /** Whether the end of an own job is told on other pages. */
  jobNotices: boolean;
  /** Headings of the navigation that are folded away. */
  folded: readonly string[];
}

const storageKey = 'node3.preferences';
const defaults: PreferenceValues = {
  times: 'relative',
  singleKeys: true,
  jobNotices: true,
  folded: [],
};

/** What whoever sits at this browser wants. It stays in the browser; nothing of it is sent. */
export class Preferences {
  readonly #storage: Pick<KeyStorage, 'getItem' | 'setItem'> | null;
  readonly #listeners = new Set<() => void>();
  #values: PreferenceValues;

  /** @param storage null where it is switched off: the choice then lasts as long as the page. */
  constructor(storage: Pick<KeyStorage, 'getItem' | 'setItem'> | null) {
    this.#storage = storage;
    this.#values = readPreferences(storage?.getItem(storageKey) ?? null);
  }

  readonly values = (): PreferenceValues => this.#values;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  change(change: Partial<PreferenceValues>): void {
    this.#values = { ...this.#values, ...change };
    this.#storage?.setItem(storageKey, JSON.stringify(this.#values));
    for (const listener of this.#listeners) listener();
  }

  /** Takes over what another tab has stored. */
  reload(): void {
    this.#values = readPreferences(this.#storage?.getItem(storageKey) ?? null);
    for (const listener of this.#listeners) listener();
  }
}

/** Anything may be stored: what isn't known is as it is by default. */
function readPreferences(text: string | null): PreferenceValues {
  const { times, singleKeys, jobNotices, folded } = parse(text);
  return {
    times: timeStyles.find((style) => style === times) ?? defaults.times,
    singleKeys: typeof singleKeys === 'boolean' ? singleKeys : defaults.singleKeys,
    jobNotices: typeof jobNotices === 'boolean' ? jobNotices : defaults.jobNotices,
    folded: Array.isArray(folded) ? folded.filter((one) => typeof one === 'string') : [],
  };
}

function parse(text: string | null): Record<string, unknown> {
  try {
    return Object(JSON.parse(text ?? '{}')) as Record<string, unknown>;
  } catch {
    return {};
  }
}
