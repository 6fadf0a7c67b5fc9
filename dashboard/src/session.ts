const storageKey = 'node3.apiKey';
const walletKey = 'node3.walletSession';

/** The part of `Storage` a session needs. */
export type KeyStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** A session of the marketplace that a wallet opened. What proves it is in a cookie no script reads. */
export interface WalletSession {
  sessionId: string;
  /** What the wallet calls itself, such as `Phantom`. */
  walletName: string;
}

/**
 * How this page is signed in. A marketplace's key lives in sessionStorage, so it ends with the tab; an
 * agent's in localStorage, where only pages of the same port find it. That a wallet signed in is kept
 * for all tabs, as its cookie is. A key counts more than the cookie, here as at the marketplace.
 */
export class Session {
  readonly #keys: KeyStorage;
  readonly #wallets: KeyStorage | null;
  #isLinkRefused = false;
  readonly #listeners = new Set<() => void>();

  /** @param wallets null where no wallet signs in, as on the agent. */
  constructor(keys: KeyStorage, wallets: KeyStorage | null = null) {
    this.#keys = keys;
    this.#wallets = wallets;
  }

  readonly apiKey = (): string | null => this.#keys.getItem(storageKey);

  /** The same text for as long as it is the same session; null: no wallet is signed in. */
  readonly walletText = (): string | null => this.#wallets?.getItem(walletKey) ?? null;

  walletSession(): WalletSession | null {
    return readWalletSession(this.walletText());
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  signIn(apiKey: string): void {
    this.#keys.setItem(storageKey, apiKey);
    this.#announce();
  }

  /** The link that opened this page had a token that was not taken. */
  refuseLink(): void {
    this.#isLinkRefused = true;
    this.#announce();
  }

  readonly isLinkRefused = (): boolean => this.#isLinkRefused;

  /** After the marketplace has set the cookie. A key of this tab is forgotten: it would count more. */
  signInByWallet({ sessionId, walletName }: WalletSession): void {
    this.#keys.removeItem(storageKey);
    this.#wallets?.setItem(walletKey, JSON.stringify({ sessionId, walletName }));
    this.#announce();
  }

  /** Forgets both; ending the wallet's session at the marketplace is the caller's. */
  signOut(): void {
    this.#keys.removeItem(storageKey);
    this.#wallets?.removeItem(walletKey);
    this.#announce();
  }

  /** @param key what another tab has changed in the storage they share; null: all of it. */
  changedElsewhere(key: string | null): void {
    if (key === walletKey || key === null) this.#announce();
  }

  #announce(): void {
    for (const listener of this.#listeners) listener();
  }
}

function readWalletSession(text: string | null): WalletSession | null {
  try {
    const { sessionId, walletName } = Object(JSON.parse(text ?? 'null')) as Record<string, unknown>;
    return typeof sessionId === 'string' && typeof walletName === 'string'
      ? { sessionId, walletName }
      : null;
  } catch {
    return null;
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
