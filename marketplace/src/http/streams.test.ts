import { EventEmitter } from 'node:events';
import { limits } from '@node3/shared/limits';
import { silentLogger } from '@node3/shared/logger';
import { createJob, getJobLogs } from '@node3/shared/routes/jobs';
import type { StreamMessage, StreamRequest } from '@node3/shared/routes/stream';
import Fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { WebSocket as ServerSocket } from 'ws';
import { LiveFeed } from '../live/live-feed.ts';
import { unheardMeasures } from '../observability/measures.ts';
import type { Store } from '../store/store.ts';
import {
  openFundedAccount,
  startTestMarketplace,
  type TestMarketplace,
  testJob,
} from '../testing/test-marketplace.ts';
import { jsonLogForm } from './log-forms.ts';
import { streamLogs } from './stream-logs.ts';
import { StreamSockets } from './stream-sockets.ts';

let market: TestMarketplace;
beforeAll(async () => {
  market = await startTestMarketplace();
});
afterAll(() => market.stop());

function openSocket() {
  const socket = new WebSocket(`${market.url.replace('http', 'ws')}/api/v1/stream`);
  const messages: StreamMessage[] = [];
  socket.addEventListener('message', (event) => messages.push(JSON.parse(String(event.data))));
  const closed = new Promise<number>((resolve) => {
    socket.addEventListener('close', ({ code }) => resolve(code));
  });
  const opened = new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve());
    socket.addEventListener('error', () => reject(new Error('the socket failed')));
  });
  const send = (request: StreamRequest) => socket.send(JSON.stringify(request));
  return { socket, messages, closed, opened, send };
}

describe('a socket', () => {
  it('that floods us with messages is closed', async () => {
    const { opened, closed, send } = openSocket();
    await opened;
    for (let i = 0; i < 5_000; i += 1) send({ op: 'subscribe', channel: 'market', since: 0 });
    expect(await closed).toBe(1008);
  });

  it('of one address is one of a limited number', async () => {
    const sockets = Array.from({ length: limits.streamSocketsPerAddress + 1 }, openSocket);
    await Promise.all(sockets.map(({ opened }) => opened));
    const codes = await Promise.race(sockets.map(({ closed }) => closed));
    expect(codes).toBe(1013);
    for (const { socket } of sockets) socket.close();
    await Promise.all(sockets.map(({ closed }) => closed));
    const { opened, messages, send, socket } = openSocket();
    await opened;
    send({ op: 'ping' });
    await vi.waitFor(() => expect(messages).toEqual([{ type: 'pong' }]), 20_000);
    socket.close();
  });
});

describe('following a log', () => {
  it('is open to so many readers of one account', async () => {
    const { client } = await openFundedAccount(market);
    const { jobId } = await client.call(createJob, { body: testJob() });
    const left = new AbortController();
    const failures: unknown[] = [];
    const readers = Array.from({ length: limits.logFollowersPerAccount + 1 }, async () => {
      const query = { follow: true };
      try {
        const lines = client.lines(
          getJobLogs,
          { params: { jobId }, query },
          { signal: left.signal },
        );
        expect(await lines.next()).toMatchObject({ done: true });
      } catch (error) {
        if (!left.signal.aborted) failures.push(error);
      }
    });
    await vi.waitFor(() => expect(failures).toMatchObject([{ code: 'RATE_LIMITED' }]), 20_000);
    left.abort();
    await Promise.all(readers);
  });
});

describe('sockets without an answer', () => {
  it('are ended at the second ping, and counted out', () => {
    const sockets = new StreamSockets();
    const dead = fakeSocket();
    const alive = fakeSocket();
    for (const socket of [dead, alive]) sockets.admit(socket.asWebSocket, '192.0.2.1');
    sockets.ping();
    alive.emit('pong');
    sockets.ping();
    expect([dead.terminated, alive.terminated]).toEqual([1, 0]);
    sockets.ping();
    expect(dead.terminated).toBe(1);
  });
});

/** Only what StreamSockets uses of a socket. */
class FakeSocket extends EventEmitter {
  terminated = 0;
  get asWebSocket(): ServerSocket {
    return this as unknown as ServerSocket;
  }
  ping(): void {}
  terminate(): void {
    this.terminated += 1;
    this.emit('close');
  }
}

function fakeSocket(): FakeSocket {
  return new FakeSocket();
}

describe('a log stream', () => {
  it('breaks off when the store fails, instead of never ending', async () => {
    const app = Fastify();
    const deps = {
      log: silentLogger,
      feed: new LiveFeed(0),
      stopping: new AbortController().signal,
      measures: unheardMeasures(),
      store: {
        job: async () => null,
        readLogBlocks: () => Promise.reject(new Error('the store is gone')),
      } as unknown as Store,
    };
    const position = { jobId: 'job', afterSeq: 0, untilSeq: null, stream: null };
    app.get('/', (_request, reply) =>
      streamLogs(deps, { position, mode: 'follow', form: jsonLogForm }, reply),
    );
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    const response = await fetch(url);
    await expect(response.text()).rejects.toThrow('terminated');
    await app.close();
  });
});
