import { systemClock } from '@node3/shared/clock';
import { silentLogger } from '@node3/shared/logger';
import { type Localnet, startLocalnet } from '../localnet.ts';
import type { LocalnetOptions } from '../localnet-options.ts';
import { stringifyJson } from '../rpc/json.ts';

/** A localnet for one test file: free ports, nothing on disk, slots by hand unless told otherwise. */
export function openLocalnet(options: Partial<LocalnetOptions> = {}): Promise<Localnet> {
  const defaults = { httpPort: 0, slotMs: 'manual', dataDir: null } as const;
  return startLocalnet({ ...defaults, log: silentLogger, clock: systemClock, ...options });
}

export interface RpcReply {
  result?: unknown;
  error?: { code: number; message: string; data?: unknown };
}

/** One JSON-RPC call without any client library. Rejects when the connection is cut. */
export async function callRpc(
  url: string,
  method: string,
  params: readonly unknown[] = [],
): Promise<RpcReply> {
  const body = stringifyJson({ jsonrpc: '2.0', id: 1, method, params });
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body });
  return (await response.json()) as RpcReply;
}
