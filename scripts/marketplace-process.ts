import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A marketplace in a process of its own, to be killed. */
export interface MarketplaceProcess {
  url: string;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** Starts again on the same data and port. */
  start(): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
}

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const main = join(root, 'marketplace', 'src', 'main.ts');

export interface ProcessOptions {
  dataDir: string;
  rpcUrl: string;
  adminApiKey: string;
}

export async function startMarketplaceProcess(
  options: ProcessOptions,
): Promise<MarketplaceProcess> {
  const port = await freePort();
  const env = {
    PATH: process.env['PATH'],
    MARKETPLACE_PORT: String(port),
    MARKETPLACE_DATA_DIR: options.dataDir,
    SOLANA_RPC_URL: options.rpcUrl,
    ADMIN_API_KEY: options.adminApiKey,
    LOG_LEVEL: 'warn',
  };
  let child: ChildProcess | null = null;
  const running: MarketplaceProcess = {
    url: `http://127.0.0.1:${port}`,
    async start() {
      child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'inherit', 'pipe'] });
      await ready(child);
    },
    async kill() {
      if (child === null || child.exitCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
    async stop() {
      if (child === null || child.exitCode !== null) return child?.exitCode ?? null;
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
      return child.exitCode;
    },
  };
  await running.start();
  return running;
}

/** Waits for the line that says it serves; a process that ends first is an error with its output. */
function ready(child: ChildProcess): Promise<void> {
  const { stderr } = child;
  if (stderr === null) throw new Error('the process has no stderr');
  const seen: string[] = [];
  return new Promise((resolve, reject) => {
    createInterface({ input: stderr }).on('line', (line) => {
      seen.push(line);
      if (line.includes('marketplace ready')) resolve();
    });
    child.once('exit', () => reject(new Error(`the marketplace ended:\n${seen.join('\n')}`)));
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
