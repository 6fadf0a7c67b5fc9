import type { Command } from 'commander';
import type { LocalnetOptions } from '../commands/localnet.ts';
import type { UpOptions } from '../commands/up.ts';
import { attachAction, type ProgramState } from './attach-action.ts';

export function addUpCommand(state: ProgramState, program: Command): void {
  const up = program
    .command('up')
    .option('--demo', 'post a first job and show it being paid')
    .option('--data-dir <dir>', 'where everything is kept', '.node3')
    .option('--port <port>', 'marketplace; 0 takes a free one', '8000')
    .option('--agent-port <port>', 'agent', '8080')
    .option('--rpc-port <port>', 'local Solana; its WebSocket is the next one', '8899')
    .option('--grpc-port <port>', 'gRPC of the marketplace; off for none', '50051')
    .option('--no-agent', 'without an agent');
  attachAction<UpOptions>(state, up, async () => (await import('../commands/up.ts')).runUp);
}

export function addLocalnetCommand(state: ProgramState, program: Command): void {
  const localnet = program
    .command('localnet')
    .option('--port <port>', 'JSON-RPC; the WebSocket is the next one', '8899')
    .option('--slot-ms <ms>', 'time per slot', '250')
    .option('--data-dir <dir>', 'keep the chain here over restarts');
  attachAction<LocalnetOptions>(
    state,
    localnet,
    async () => (await import('../commands/localnet.ts')).runLocalnet,
  );
}
