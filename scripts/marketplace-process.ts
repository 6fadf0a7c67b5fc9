import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Env } from '@node3/shared/env';
import { createServiceProcess, type ServiceProcess } from './service-process.ts';

/** A marketplace in a process of its own, to be killed; starts again on the same data and port. */
export interface MarketplaceProcess extends ServiceProcess {
  url: string;
}

export interface ProcessOptions {
  dataDir: string;
  rpcUrl: string;
  adminApiKey: string;
  /** More settings, which win over the ones here. */
  env?: Env;
  /** Words before the command, such as those of `limitMemory`. */
  within?: readonly string[];
}

export async function startMarketplaceProcess(
  options: ProcessOptions,
): Promise<MarketplaceProcess> {
  const port = await freePort();
  const service = createServiceProcess({
    main: 'marketplace/src/main.ts',
    env: {
      MARKETPLACE_PORT: String(port),
      GRPC_PORT: 'off',
      MARKETPLACE_DATA_DIR: options.dataDir,
      SOLANA_RPC_URL: options.rpcUrl,
      ENVIRONMENT: 'development',
      ADMIN_API_KEY: options.adminApiKey,
      LOG_LEVEL: 'warn',
      ...options.env,
    },
    ready: /^marketplace ready at (\S+)$/,
    ...(options.within && { within: options.within }),
  });
  await service.start();
  return { ...service, url: `http://127.0.0.1:${port}` };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
