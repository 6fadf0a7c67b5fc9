import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { attachOutput } from './attached-output.ts';

/** An engine that does this with whoever attaches; the request is read. */
async function startEngine(answer: (socket: Socket, request: string) => void) {
  const folder = mkdtempSync(join(tmpdir(), 'node3-attach-'));
  const path = join(folder, 'engine.sock');
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (request) => answer(socket, request.toString()));
  });
  server.listen(path);
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });
  return { kind: 'socket' as const, path };
}
const upgraded = 'HTTP/1.1 101 UPGRADED\r\nUpgrade: tcp\r\n\r\n';

it('gives every byte from the first one on, into the same memory', async () => {
  const sent = Buffer.alloc(1024 * 1024, 'abcdefg');
  const asked: string[] = [];
  const engine = await startEngine((socket, request) => {
    asked.push(request.split('\r\n', 1)[0] ?? '');
    socket.write(upgraded.slice(0, 30));
    setImmediate(() => {
      socket.write(upgraded.slice(30) + sent.subarray(0, 10).toString());
      socket.end(sent.subarray(10));
    });
  });
  const output = (await attachOutput(engine, 'c1')) ?? expect.fail();
  const read: Buffer[] = [];
  const memory = new Set<unknown>();
  for await (const chunk of output) {
    read.push(Buffer.from(chunk));
    memory.add(chunk.buffer);
    chunk.fill(0);
    await new Promise(setImmediate);
  }
  expect(Buffer.concat(read).equals(sent)).toBe(true);
  expect(memory.size).toBeLessThanOrEqual(2);
  expect(asked).toEqual([
    'POST /containers/c1/attach?stream=true&stdout=true&stderr=true HTTP/1.1',
  ]);
});

it('reads no more than it is asked for', async () => {
  const piece = Buffer.alloc(64 * 1024);
  const taken = Promise.withResolvers<number>();
  const engine = await startEngine((socket) => {
    let bytes = 0;
    const count = (error?: Error | null) => {
      if (!error) bytes += piece.length;
    };
    socket.write(upgraded);
    for (let n = 0; n < 128; n += 1) socket.write(piece, count);
    socket.on('close', () => taken.resolve(bytes));
  });
  const output = (await attachOutput(engine, 'c1')) ?? expect.fail();
  for await (const chunk of output) {
    expect(chunk.length).toBeGreaterThan(0);
    break;
  }
  expect(await taken.promise).toBeLessThan(64 * piece.length);
});

it.each([
  ['refused', 'HTTP/1.1 404 Not Found\r\n\r\n{"message":"No such container"}', /404.*No such/],
  ['an answer that is none', 'hello\r\n\r\n', /HTTP code/],
  ['a hang-up', null, /hung up/],
  ['an answer without an end', 'x'.repeat(40_000), /something else|HTTP code/],
])('fails on %s', async (_name, answer, why) => {
  const engine = await startEngine((socket) => {
    if (answer === null) socket.end();
    else socket.write(answer);
  });
  await expect(attachOutput(engine, 'c1')).rejects.toThrow(why);
});

it('leaves output that comes in a form of its own to the stored log', async () => {
  const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n';
  const engine = await startEngine((socket) => void socket.write(chunked));
  expect(await attachOutput(engine, 'c1')).toBeNull();
});

it('fails where no engine is', async () => {
  await expect(attachOutput({ kind: 'socket', path: '/nowhere' }, 'c1')).rejects.toThrow('ENOENT');
});
