import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type Docker from 'dockerode';
import { expect, it, onTestFinished } from 'vitest';
import { sampleContainer, sampleRequest } from '../../testing/sample-request.ts';
import { startContainer } from './container-launch.ts';

const workload = sampleContainer({ image: 'busybox', stdin: 'text' });
const request = sampleRequest({ agentId: 'agt_1', workload });

/** An engine that answers whoever attaches, and its sockets. */
async function startEngine(answer: string) {
  const folder = mkdtempSync(join(tmpdir(), 'node3-launch-'));
  const socketPath = join(folder, 'engine.sock');
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.once('data', () => socket.write(answer));
  });
  server.listen(socketPath);
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
    rmSync(folder, { recursive: true });
  });
  return { socketPath, sockets };
}

it.each(['input', 'output', 'start'])(
  'lets go of what is attached where the %s fails',
  async (what) => {
    const refused = 'HTTP/1.1 500 Server Error\r\n\r\n{"message":"no output"}';
    const engine = await startEngine(what === 'output' ? refused : 'HTTP/1.1 101 UPGRADED\r\n\r\n');
    const input = new PassThrough();
    const dial = (_options: object, done: (error: Error | null, found: unknown) => void) =>
      what === 'input' ? done(new Error(what), null) : done(null, input);
    const { socketPath } = engine;
    const docker = { modem: { dial, socketPath } } as unknown as Docker;
    const start = () => (what === 'start' ? Promise.reject(new Error(what)) : null);
    const container = { id: 'c1', start } as unknown as Docker.Container;
    await expect(startContainer({ docker }, container, request, 'docker')).rejects.toThrow(what);
    expect(input.destroyed).toBe(what !== 'input');
    const [output] = engine.sockets;
    if (output?.closed === false) await once(output.resume(), 'close');
    expect(engine.sockets).toHaveLength(1);
  },
);
