const storageKey = 'node3.apiKey';

/** The part of `Storage` a session needs. */
export type KeyStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** The API key of this browser tab. It lives in sessionStorage, so it ends with the tab. */
export class Session {
  readonly #storage: KeyStorage;
  readonly #listeners = new Set<() => void>();

  constructor(storage: KeyStorage) {
    this.#storage = storage;
  }

  readonly apiKey = (): string | null => this.#storage.getItem(storageKey);

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  signIn(apiKey: string): void {
    this.#storage.setItem(storageKey, apiKey);
    for (const listener of this.#listeners) listener();
  }

  signOut(): void {
    this.#storage.removeItem(storageKey);
    for (const listener of this.#listeners) listener();
  }
}

/**
 * Finds an API key in a URL fragment such as `#key=n3_live_…`.
 * @returns the key and the fragment without it, or null when there is none.
 */
export function splitKeyFromHash(hash: string): { apiKey: string; hash: string } | null {
  const parts = new URLSearchParams(hash.replace(/^#/, ''));
  const apiKey = parts.get('key')?.trim();
  if (!apiKey || apiKey.length > 256) return null;
  parts.delete('key');
  const rest = parts.toString();
  return { apiKey, hash: rest === '' ? '' : `#${rest}` };
}

/** Moves a key from the address into the session before anything can read or log the address. */
export function takeKeyFromAddress(session: Session, location: Location, history: History): void {
  const found = splitKeyFromHash(location.hash);
  if (found === null) return;
  history.replaceState(history.state, '', location.pathname + location.search + found.hash);
  session.signIn(found.apiKey);
}
