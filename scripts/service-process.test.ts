import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const module = new URL('./service-process.ts', import.meta.url);
const root = dirname(dirname(fileURLToPath(module)));

let folder: string;
/** The service holds a connection to it for as long as it lives. */
const server = createServer();
let port: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'node3-service-'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as { port: number }).port;
});
afterEach(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});

/** @param first what the script does before it starts its service. */
async function startScript(first = '') {
  const program = join(folder, 'service.mjs');
  const connects = `import { connect } from 'node:net';
    connect(${port}, '127.0.0.1', () => console.log('up: here')).resume();`;
  await writeFile(program, connects);
  const options = `{ main: '${relative(root, program)}', env: {}, ready: /up: (\\S+)/ }`;
  const script = `import { createServiceProcess } from '${module.href}';
    ${first}
    await createServiceProcess(${options}).start();`;
  const child = spawn(execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' });
  const [socket] = (await once(server, 'connection')) as [Socket];
  socket.on('error', () => undefined);
  return { child, exited: once(child, 'exit'), gone: once(socket.resume(), 'close') };
}

describe('a script with a service', () => {
  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'that %s ends leaves no service behind, and is ended by it',
    async (signal) => {
      const { child, exited, gone } = await startScript();
      child.kill(signal);
      expect(await exited).toEqual([null, signal]);
      await gone;
    },
  );

  it('that ends in its own way takes the service along', async () => {
    const own = "process.once('SIGTERM', () => process.exit(3));";
    const { child, exited, gone } = await startScript(own);
    child.kill('SIGTERM');
    expect(await exited).toEqual([3, null]);
    await gone;
  });
});
