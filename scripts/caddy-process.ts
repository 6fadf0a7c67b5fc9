import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { waitUntil } from './bench/wait-until.ts';
import { root } from './deploy-image.ts';
import { freePort } from './marketplace-process.ts';

const startMsMax = 20_000;

/** Our Caddyfile in front of a service of this machine, with a certificate of Caddy's own authority. */
export interface CaddyProcess {
  port: number;
  /** Whose certificates to believe. */
  ca: Buffer;
  get(
    path: string,
    method?: 'GET' | 'POST',
  ): Promise<{ status: number; headers: IncomingHttpHeaders; body: string }>;
  stop(): Promise<void>;
}

export async function startCaddy(upstream: string): Promise<CaddyProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'node3-caddy-'));
  const port = await freePort();
  const args = ['run', '--config', 'deploy/Caddyfile', '--adapter', 'caddyfile'];
  const child = spawn('caddy', args, {
    cwd: root,
    stdio: 'ignore',
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      XDG_DATA_HOME: folder,
      XDG_CONFIG_HOME: folder,
      SITE_ADDRESS: `https://localhost:${port}`,
      UPSTREAM: upstream,
      CADDY_OPTIONS: 'admin off\nauto_https disable_redirects\nskip_install_trust',
    },
  });
  const ca = await waitUntil(
    'the certificate of Caddy',
    () => readFile(join(folder, 'caddy/pki/authorities/local/root.crt')).catch(() => null),
    startMsMax,
  );
  const get = async (path: string, method: 'GET' | 'POST' = 'GET') => {
    const asked = request({ host: 'localhost', port, path, method, ca });
    asked.setHeader('content-type', 'application/json');
    asked.end(method === 'POST' ? '{}' : undefined);
    const [answer] = await once(asked, 'response');
    const body = await text(answer);
    return { status: answer.statusCode as number, headers: answer.headers, body };
  };
  await waitUntil(
    'Caddy',
    async () => ((await get('/health').catch(() => null))?.status === 200 ? true : null),
    startMsMax,
  );
  return { port, ca, get, stop: () => stop(child, folder) };
}

async function stop(child: ChildProcess, folder: string): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
  await rm(folder, { recursive: true, force: true });
}
