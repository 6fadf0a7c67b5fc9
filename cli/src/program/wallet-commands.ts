import type { Command } from 'commander';
import type { WalletAirdropOptions } from '../commands/wallet-airdrop.ts';
import type { WalletBalanceOptions } from '../commands/wallet-balance.ts';
import type { WalletFileOptions } from '../commands/wallet-show.ts';
import { attachAction, type ProgramState } from './attach-action.ts';

const walletOption = [
  '--wallet <file>',
  'keypair file; default is the one of this marketplace',
] as const;
const rpcOption = ['--rpc <url>', 'Solana node; default SOLANA_RPC_URL or the profile'] as const;

export function addWalletCommands(state: ProgramState, program: Command): void {
  const wallet = program.command('wallet').description('Solana wallets: files of your own');
  const fresh = wallet
    .command('new')
    .alias('create')
    .description('Create a keypair file, never overwriting one')
    .argument('[file]');
  attachAction(state, fresh, async () => (await import('../commands/wallet-new.ts')).newWallet);

  const show = wallet
    .command('show')
    .description('The address of a wallet')
    .option(...walletOption);
  attachAction<WalletFileOptions>(
    state,
    show,
    async () => (await import('../commands/wallet-show.ts')).showWallet,
  );

  const balance = wallet
    .command('balance')
    .description('SOL and USDC on chain')
    .argument('[address]', 'default: the address of the wallet file')
    .option(...walletOption)
    .option(...rpcOption)
    .option('--mint <address>', 'USDC mint; default is what the marketplace says');
  attachAction<WalletBalanceOptions>(
    state,
    balance,
    async () => (await import('../commands/wallet-balance.ts')).showWalletBalance,
  );

  const airdrop = wallet
    .command('airdrop')
    .description('Free SOL on localnet or devnet, free USDC on localnet')
    .argument('[amount]', 'how much', '1')
    .option('--asset <asset>', 'SOL or USDC', 'SOL')
    .option(...walletOption)
    .option(...rpcOption);
  attachAction<WalletAirdropOptions>(
    state,
    airdrop,
    async () => (await import('../commands/wallet-airdrop.ts')).airdropToWallet,
  );
}
