import type { Command } from 'commander';
import type { TurnSwitchOptions } from '../commands/admin-switch.ts';
import { attachAction, type ProgramState } from './attach-action.ts';

const load = () => import('../commands/admin-switch.ts');

/** What holds the market back in an emergency. */
export function addSwitchCommands(state: ProgramState, admin: Command): void {
  const switches = admin
    .command('switch')
    .description('Hold back matching or new work; payouts have their own switch');
  const list = switches.command('list').description('What is held back, since when and why');
  attachAction(state, list, async () => (await load()).showSwitches);
  const turn = (name: 'on' | 'off', description: string, why: string) => {
    const command = switches
      .command(name)
      .description(description)
      .argument('<switch>', 'pause-matching or read-only')
      .requiredOption('--reason <text>', why);
    attachAction<TurnSwitchOptions>(state, command, async () => (await load()).turnSwitch(name));
  };
  turn('on', 'Hold it back, in every process of the marketplace', 'why; everybody may read it');
  turn('off', 'Let it go on', 'what was done; kept');
}
