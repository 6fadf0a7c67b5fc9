import { resolve } from 'node:path';
import { createLogger } from '@node3/shared/logger';
import type { Context } from '../context.ts';
import { parseWholeNumber } from '../parse/whole-number.ts';
import type { Call } from '../program/attach-action.ts';
import { explainPort } from '../up/ports.ts';

export interface LocalnetOptions {
  port: string;
  slotMs: string;
  dataDir?: string;
}

/** Runs the embedded Solana until Ctrl-C. */
export async function runLocalnet(context: Context, call: Call<LocalnetOptions>): Promise<number> {
  const { terminal, host } = context;
  const { options } = call;
  const httpPort = parseWholeNumber('--port', options.port, { min: 0, max: 65_534 });
  const slotMs = parseWholeNumber('--slot-ms', options.slotMs, { min: 10, max: 60_000 });
  const { startLocalnet } = await import('@node3/localnet/localnet');
  const localnet = await startLocalnet({
    httpPort,
    slotMs,
    dataDir: options.dataDir === undefined ? null : resolve(host.cwd, options.dataDir),
    log: createLogger({ name: 'localnet', level: 'warn' }),
    clock: host.clock,
  }).catch((error: unknown) => {
    throw explainPort(error, { what: 'localnet', port: httpPort, option: '--port' });
  });
  const { rpcUrl, wsUrl, usdcMint, genesisHash } = localnet;
  if (terminal.json) await terminal.jsonLine({ rpcUrl, wsUrl, usdcMint, genesisHash });
  else {
    await terminal.data(`rpc        ${rpcUrl}`);
    await terminal.data(`websocket  ${wsUrl}`);
    await terminal.data(`usdc mint  ${usdcMint}`);
  }
  await terminal.talk('local Solana, worth nothing elsewhere; Ctrl-C stops it');
  await new Promise<void>((stopped) => {
    const remove = host.onInterrupt(() => {
      remove();
      stopped();
    });
  });
  await localnet.stop();
  return 0;
}
