const storageKey = 'node3.apiKey';

/** The part of `Storage` a session needs. */
export type KeyStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/**
 * The key that this page sends. A marketplace's lives in sessionStorage, so it ends with the tab; an
 * agent's in localStorage, where only pages of the same port find it.
 */
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
 * Finds a secret in a URL fragment such as `#key=n3_live_…`.
 * @returns it and the fragment without it, or null when there is none.
 */
export function splitFromHash(
  name: 'key' | 'token',
  hash: string,
): { value: string; hash: string } | null {
  const parts = new URLSearchParams(hash.replace(/^#/, ''));
  const value = parts.get(name)?.trim();
  if (!value || value.length > 256) return null;
  parts.delete(name);
  const rest = parts.toString();
  return { value, hash: rest === '' ? '' : `#${rest}` };
}

/** Moves a key from the address into the session before anything can read or log the address. */
export function takeKeyFromAddress(session: Session, location: Location, history: History): void {
  const found = splitFromHash('key', location.hash);
  if (found === null) return;
  history.replaceState(history.state, '', location.pathname + location.search + found.hash);
  session.signIn(found.value);
}
