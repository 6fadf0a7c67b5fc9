import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { systemClock } from '@node3/shared/clock';
import { silentLogger } from '@node3/shared/logger';
import { afterEach, expect, it } from 'vitest';
import { ContainerSupervision } from './container-supervision.ts';
import { connectEngine } from './engine-socket.ts';

let engine: Server;
afterEach(() => {
  engine.closeAllConnections();
  engine.close();
});

const facts = {
  boxId: 'exe_1',
  executionId: 'exe_1',
  jobId: 'job_1',
  attempt: 1,
  runMs: 60_000,
  diskBytes: 1_000,
  logBytesMax: 1_000,
  proxyPort: null,
};

const waited = { ...facts, boxId: 'warm-1' };

it.each([
  ['of its own', facts, 113, 'nonzero_exit'],
  ['that was told nothing', waited, 113, 'engine_error'],
])(
  'finds the end of a workload whose engine died meanwhile: a container %s',
  async (_what, ownFacts, ExitCode, reason) => {
    let dead = false;
    let asked = 0;
    engine = createServer((request, reply) => {
      const path = request.url ?? '';
      if (path.endsWith('/wait')) {
        // Engines send the head of this answer at once; then this one is killed.
        reply.writeHead(200).flushHeaders();
        dead = true;
        setImmediate(() => request.socket.destroy());
      } else if (path.includes('/archive') || path.includes('/events')) {
        // The first question about the end meets an engine that is just starting again.
        asked += 1;
        if (asked === 1) request.socket.destroy();
        else reply.writeHead(404).end('{}');
      } else if (path.includes('/logs')) {
        reply.writeHead(200).end();
      } else if (path.endsWith('/json')) {
        const State = { Running: !dead, ExitCode, OOMKilled: false, Error: '' };
        reply.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ State }));
      } else {
        reply.writeHead(404).end('{}');
      }
    }).listen(0, '127.0.0.1');
    await once(engine, 'listening');
    const address = engine.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const docker = connectEngine({ kind: 'tcp', host: '127.0.0.1', port });
    const deps = {
      docker,
      volumesReachable: false,
      fixedVolumes: null,
      clock: systemClock,
      log: silentLogger,
    };
    const supervision = new ContainerSupervision(deps, ownFacts, systemClock.nowMs());
    await expect(supervision.outcome()).rejects.toThrow();
    expect(await supervision.outcome()).toMatchObject({ reason, exitCode: ExitCode });
    await supervision.close();
  },
  20_000,
);
