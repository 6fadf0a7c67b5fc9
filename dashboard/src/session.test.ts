import { describe, expect, it, vi } from 'vitest';
import { Session, splitKeyFromHash, takeKeyFromAddress } from './session.ts';

function memoryStorage() {
  const values = new Map<string, string>();
  return {
    getItem: (name: string) => values.get(name) ?? null,
    setItem: (name: string, value: string) => void values.set(name, value),
    removeItem: (name: string) => void values.delete(name),
  };
}

describe('splitKeyFromHash', () => {
  it('finds the key and keeps the rest of the fragment', () => {
    expect(splitKeyFromHash('#key=n3_abc-_1')).toEqual({ apiKey: 'n3_abc-_1', hash: '' });
    expect(splitKeyFromHash('#key=k&tab=spec')).toEqual({ apiKey: 'k', hash: '#tab=spec' });
  });

  it.each(['', '#', '#board', '#key=', `#key=${'x'.repeat(300)}`])('finds none in %j', (hash) => {
    expect(splitKeyFromHash(hash)).toBeNull();
  });
});

describe('takeKeyFromAddress', () => {
  it('moves the key into the session and out of the address', () => {
    const session = new Session(memoryStorage());
    const replaceState = vi.fn<History['replaceState']>();
    const location = { hash: '#key=secret', pathname: '/jobs', search: '?state=failed' };
    takeKeyFromAddress(session, location as Location, { replaceState, state: null } as never);
    expect(session.apiKey()).toBe('secret');
    expect(replaceState).toHaveBeenCalledWith(null, '', '/jobs?state=failed');
  });
});

describe('Session', () => {
  it('tells its listeners about signing in and out', () => {
    const session = new Session(memoryStorage());
    const listener = vi.fn<() => void>();
    const unsubscribe = session.subscribe(listener);
    session.signIn('a');
    session.signOut();
    expect(session.apiKey()).toBeNull();
    unsubscribe();
    session.signIn('b');
    expect(listener).toHaveBeenCalledTimes(2);
  });
});
