import { describe, expect, it } from 'vitest';
import { reconnectDelayMs, type SocketEvents, StreamClient } from './stream-client.ts';

function setUp(apiKey: string | null = null) {
  const sockets: { events: SocketEvents; sent: Record<string, unknown>[]; closed: boolean }[] = [];
  const timers: { run: () => void; delayMs: number; stopped: boolean }[] = [];
  const client = new StreamClient({
    open(events) {
      const socket = { events, sent: [] as Record<string, unknown>[], closed: false };
      sockets.push(socket);
      return {
        send: (text) => socket.sent.push(JSON.parse(text)),
        close() {
          socket.closed = true;
        },
      };
    },
    apiKey: () => apiKey,
    later(run, delayMs) {
      const timer = { run, delayMs, stopped: false };
      timers.push(timer);
      return () => {
        timer.stopped = true;
      };
    },
    random: () => 1,
    onContact: () => undefined,
  });
  const socket = () => {
    const last = sockets.at(-1);
    if (last === undefined) throw new Error('no socket was opened');
    return last;
  };
  return {
    client,
    sockets,
    socket,
    open: () => socket().events.opened(),
    drop: () => socket().events.closed(),
    receive: (message: object) => socket().events.received(JSON.stringify(message)),
    /** Runs the timers that wait now, as if their time had come. */
    elapse() {
      for (const timer of timers.splice(0)) if (!timer.stopped) timer.run();
    },
  };
}

const event = (seq: number) => ({
  type: 'event',
  channel: 'market',
  seq,
  event: { name: 'job.posted', jobId: null, at: '', data: {} },
});

describe('StreamClient', () => {
  it('subscribes to public channels at once and to private ones after authentication', () => {
    const t = setUp('key');
    t.client.subscribe({ channel: 'market', onMessage: () => undefined });
    t.client.subscribe({ channel: 'jobs', onMessage: () => undefined });
    t.client.connect();
    t.open();
    expect(t.socket().sent).toEqual([
      { op: 'auth', apiKey: 'key' },
      { op: 'subscribe', channel: 'market' },
    ]);
    t.receive({ type: 'ready', authenticated: false });
    expect(t.socket().sent).toHaveLength(2);
    t.receive({ type: 'ready', authenticated: true });
    t.receive({ type: 'ready', authenticated: true });
    expect(t.socket().sent.slice(2)).toEqual([{ op: 'subscribe', channel: 'jobs' }]);
  });

  it('resumes each channel after the last event it delivered and drops doubles', () => {
    const t = setUp();
    const seen: number[] = [];
    t.client.subscribe({
      channel: 'market',
      onMessage: (message) => message.type === 'event' && seen.push(message.seq),
    });
    t.client.connect();
    t.open();
    t.receive(event(7));
    t.receive(event(8));
    t.drop();
    expect(t.client.status()).toBe('closed');
    t.elapse();
    t.open();
    expect(t.socket().sent).toEqual([{ op: 'subscribe', channel: 'market', since: 8 }]);
    t.receive(event(8));
    t.receive(event(9));
    expect(seen).toEqual([7, 8, 9]);
  });

  it('forgets the resume point when the server says it is too old', () => {
    const t = setUp();
    const types: string[] = [];
    t.client.subscribe({ channel: 'market', onMessage: (message) => types.push(message.type) });
    t.client.connect();
    t.open();
    t.receive(event(7));
    t.receive({ type: 'resync', channel: 'market' });
    t.receive(event(2));
    expect(types).toEqual(['event', 'resync', 'event']);
  });

  it('starts over when the server counts from lower down than before', () => {
    const t = setUp();
    const types: string[] = [];
    t.client.subscribe({ channel: 'market', onMessage: (message) => types.push(message.type) });
    t.client.connect();
    t.open();
    t.receive(event(70));
    t.drop();
    t.elapse();
    t.open();
    t.receive({ type: 'subscribed', channel: 'market', seq: 3 });
    t.receive(event(4));
    expect(types).toEqual(['event', 'subscribed', 'event']);
  });

  it('asks a subscription for its own resume point at every connection', () => {
    const t = setUp('key');
    let last = 3;
    t.client.subscribe({ channel: 'logs:job_1', since: () => last, onMessage: () => undefined });
    t.client.connect();
    for (const expected of [3, 12]) {
      last = expected;
      t.open();
      t.receive({ type: 'ready', authenticated: true });
      expect(t.socket().sent.at(-1)).toEqual({
        op: 'subscribe',
        channel: 'logs:job_1',
        since: expected,
      });
      t.drop();
      t.elapse();
    }
  });

  it('gives up a socket that stays silent after a ping', () => {
    const t = setUp();
    t.client.connect();
    t.open();
    t.elapse();
    expect(t.socket().sent).toEqual([{ op: 'ping' }]);
    t.elapse();
    expect(t.sockets[0]?.closed).toBe(true);
    expect(t.client.status()).toBe('closed');
    t.elapse();
    expect(t.sockets).toHaveLength(2);
  });

  it('unsubscribes when the last listener of a channel is gone, and survives nonsense', () => {
    const t = setUp();
    const first = t.client.subscribe({ channel: 'market', onMessage: () => undefined });
    const second = t.client.subscribe({ channel: 'market', onMessage: () => undefined });
    t.client.connect();
    t.open();
    t.socket().events.received('not json');
    t.socket().events.received(new ArrayBuffer(1));
    first();
    expect(t.socket().sent).toHaveLength(2);
    second();
    expect(t.socket().sent.at(-1)).toEqual({ op: 'unsubscribe', channel: 'market' });
  });
});

describe('reconnectDelayMs', () => {
  it('doubles from 1 s to 30 s and is half random', () => {
    expect([1, 2, 3, 9, 99].map((failures) => reconnectDelayMs(failures, 1))).toEqual([
      1000, 2000, 4000, 30_000, 30_000,
    ]);
    expect(reconnectDelayMs(1, 0)).toBe(500);
  });
});
