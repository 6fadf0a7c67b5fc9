import { expect, it } from 'vitest';
import { AgentFeed, type FeedSocket } from './agent-feed.ts';

class StubSocket implements FeedSocket {
  readonly listeners: Record<string, ((event: { data: unknown }) => void)[]> = {};
  readonly key: string;
  isClosed = false;

  constructor(key: string) {
    this.key = key;
  }

  addEventListener(type: string, listener: (event: { data: unknown }) => void): void {
    (this.listeners[type] ??= []).push(listener);
  }

  say(type: string, data: unknown = null): void {
    for (const listener of this.listeners[type] ?? []) listener({ data });
  }

  close(): void {
    this.isClosed = true;
  }
}

function setUp(key: string | null) {
  const sockets: StubSocket[] = [];
  const waits: { run: () => void; delayMs: number }[] = [];
  const told: unknown[] = [];
  const feed = new AgentFeed({
    open(page) {
      const socket = new StubSocket(page);
      sockets.push(socket);
      return socket;
    },
    key: () => key,
    later(run, delayMs) {
      waits.push({ run, delayMs });
      return () => undefined;
    },
    onContact: () => undefined,
  });
  feed.onMessage((status) => told.push(status));
  return { feed, sockets, told, waits };
}

it('[8.07] opens again three seconds after its socket was lost, and passes on what it hears', () => {
  const { feed, sockets, told, waits } = setUp('page');
  feed.connect();
  feed.connect();
  expect(sockets).toHaveLength(1);
  sockets[0]?.say('open');
  expect([feed.status(), sockets[0]?.key]).toEqual(['open', 'page']);
  sockets[0]?.say('message', '{"state":"idle"}');
  sockets[0]?.say('close');
  expect(feed.status()).toBe('closed');
  expect(waits.map(({ delayMs }) => delayMs)).toEqual([3_000]);
  waits[0]?.run();
  expect(sockets).toHaveLength(2);
  sockets[0]?.say('message', '{"state":"late"}');
  expect(told).toEqual([{ state: 'idle' }]);
  feed.close();
  sockets[1]?.say('close');
  expect([sockets[1]?.isClosed, waits.length]).toEqual([true, 1]);
});

it('never opens for a page without a key', () => {
  const { feed, sockets } = setUp(null);
  feed.connect();
  expect([sockets.length, feed.status()]).toEqual([0, 'closed']);
});
