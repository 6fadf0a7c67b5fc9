import type { Command } from 'commander';
import type { LoginOptions, LogoutOptions } from '../commands/login.ts';
import { attachAction, collect, type ProgramState } from './attach-action.ts';

const load = () => import('../commands/login.ts');

export function addLoginCommand(state: ProgramState, program: Command): void {
  const login = program
    .command('login')
    .description(
      'Gets a key by signing with your wallet, or keeps one you have: in the keyring of the system ' +
        'where one can be reached, else in the configuration file with mode 0600; it says which. This ' +
        'marketplace is the one that is meant from now on, or that of the profile that --profile names.',
    )
    .option('--with-token <file>', 'a file with the key; - is standard input')
    .option('--device', 'approve it in a browser, on this or another device')
    .option('--scope <scope>', 'with --device: what the key may do; repeatable', collect)
    .option('--wallet <file>', 'keypair file; created when it does not exist')
    .option('--name <name>', 'a name for the account');
  attachAction<LoginOptions>(state, login, async () => (await load()).logIn);
}

export function addLogoutCommand(state: ProgramState, program: Command): void {
  const logout = program.command('logout').option('--revoke', 'end the key at the marketplace too');
  attachAction<LogoutOptions>(state, logout, async () => (await load()).logOut);
}

export function addWhoamiCommand(state: ProgramState, program: Command): void {
  attachAction(state, program.command('whoami'), async () => (await load()).whoAmI);
}
