import type { Command } from 'commander';
import type { WalletAirdropOptions } from '../commands/wallet-airdrop.ts';
import type { WalletBalanceOptions } from '../commands/wallet-balance.ts';
import type { WalletEncryptionOptions } from '../commands/wallet-encryption.ts';
import type { WalletNewOptions } from '../commands/wallet-new.ts';
import type { WalletFileOptions } from '../commands/wallet-show.ts';
import { attachAction, type ProgramState } from './attach-action.ts';

const walletOption = [
  '--wallet <file>',
  'keypair file; default is the one of this marketplace',
] as const;
const rpcOption = ['--rpc <url>', 'Solana node; default SOLANA_RPC_URL or the profile'] as const;

export function addWalletCommands(state: ProgramState, program: Command): void {
  const wallet = program.command('wallet');
  const fresh = wallet
    .command('new')
    .alias('create')
    .description('Create a keypair file, never overwriting one')
    .argument('[file]')
    .option('--encrypted', 'protect it with a passphrase');
  attachAction<WalletNewOptions>(
    state,
    fresh,
    async () => (await import('../commands/wallet-new.ts')).newWallet,
  );
  addEncryptionCommands(state, wallet);

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

function addEncryptionCommands(state: ProgramState, wallet: Command): void {
  const out = ['--out <file>', 'write a new file instead of replacing this one'] as const;
  const encrypt = wallet
    .command('encrypt')
    .description('Protect a keypair file with a passphrase')
    .argument('[file]', 'default: the wallet file of this marketplace')
    .option(...out);
  attachAction<WalletEncryptionOptions>(
    state,
    encrypt,
    async () => (await import('../commands/wallet-encryption.ts')).encryptWallet,
  );

  const decrypt = wallet
    .command('decrypt')
    .description('Turn an encrypted wallet file back into a plain keypair file')
    .argument('[file]', 'default: the wallet file of this marketplace')
    .option(...out);
  attachAction<WalletEncryptionOptions>(
    state,
    decrypt,
    async () => (await import('../commands/wallet-encryption.ts')).decryptWallet,
  );
}
