import { describe, expect, it, vi } from 'vitest';
import { takeTokenFromAddress } from './agent-session.ts';
import { Session, splitFromHash, takeKeyFromAddress } from './session.ts';

function memoryStorage() {
  const values = new Map<string, string>();
  return {
    getItem: (name: string) => values.get(name) ?? null,
    setItem: (name: string, value: string) => void values.set(name, value),
    removeItem: (name: string) => void values.delete(name),
  };
}

describe('splitFromHash', () => {
  it('finds the key and keeps the rest of the fragment', () => {
    expect(splitFromHash('key', '#key=n3_abc-_1')).toEqual({ value: 'n3_abc-_1', hash: '' });
    expect(splitFromHash('key', '#key=k&tab=spec')).toEqual({ value: 'k', hash: '#tab=spec' });
    expect(splitFromHash('token', '#key=k&token=t')).toEqual({ value: 't', hash: '#key=k' });
  });

  it.each(['', '#', '#board', '#key=', `#key=${'x'.repeat(300)}`])('finds none in %j', (hash) => {
    expect(splitFromHash('key', hash)).toBeNull();
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

describe('takeTokenFromAddress', () => {
  const location = { hash: '#token=secret', pathname: '/', search: '' } as Location;

  it('exchanges the token only once it is out of the address', async () => {
    const session = new Session(memoryStorage());
    const done: string[] = [];
    const replaceState = (_state: unknown, _title: string, address: string) =>
      void done.push(address);
    const send = async (_url: unknown, init?: RequestInit) => {
      done.push(typeof init?.body === 'string' ? init.body : '');
      return Response.json({ pageKey: 'half' });
    };
    await takeTokenFromAddress(session, location, { replaceState, state: null } as never, send);
    expect(done).toEqual(['/', '{"token":"secret"}']);
    expect(session.apiKey()).toBe('half');
  });

  it('changes nothing when the agent refuses the token', async () => {
    const session = new Session(memoryStorage());
    session.signIn('old');
    const replaceState = vi.fn<History['replaceState']>();
    const refuse = async () =>
      Response.json({ code: 'AGENT_TOKEN_REQUIRED', title: '', status: 401 }, { status: 401 });
    expect(session.isLinkRefused()).toBe(false);
    await takeTokenFromAddress(session, location, { replaceState, state: null } as never, refuse);
    expect(session.apiKey()).toBe('old');
    expect(session.isLinkRefused()).toBe(true);
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

describe('a session that a wallet opened', () => {
  const opened = { sessionId: 'ses_1', walletName: 'Phantom' };

  it('is known to all tabs, and the key of a tab counts more', () => {
    const wallets = memoryStorage();
    const session = new Session(memoryStorage(), wallets);
    session.signIn('key');
    session.signInByWallet(opened);
    expect([session.apiKey(), session.walletSession()]).toEqual([null, opened]);
    const otherTab = new Session(memoryStorage(), wallets);
    expect(otherTab.walletSession()).toEqual(opened);
    const heard = vi.fn<() => void>();
    otherTab.subscribe(heard);
    session.signOut();
    otherTab.changedElsewhere('something else');
    expect(heard).not.toHaveBeenCalled();
    otherTab.changedElsewhere('node3.walletSession');
    expect(heard).toHaveBeenCalledOnce();
    expect(otherTab.walletSession()).toBeNull();
  });

  it.each(['no JSON', '7', '{"sessionId":1}'])('is none where %s is stored', (text) => {
    const wallets = memoryStorage();
    wallets.setItem('node3.walletSession', text);
    expect(new Session(memoryStorage(), wallets).walletSession()).toBeNull();
  });
});
