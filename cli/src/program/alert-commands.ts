import type { Command } from 'commander';
import type { ListAlertsOptions } from '../commands/alerts.ts';
import { attachAction, type ProgramState } from './attach-action.ts';

const load = async () => import('../commands/alerts.ts');

export function addAlertCommands(state: ProgramState, program: Command): void {
  const alerts = program.command('alerts').option('--all', 'those that are over too');
  attachAction<ListAlertsOptions>(state, alerts, async () => (await load()).showAlerts);
}

export function addAdminAlertCommands(state: ProgramState, admin: Command): void {
  const alerts = admin
    .command('alerts')
    .description('What somebody should look at, of all accounts')
    .option('--all', 'those that are over too');
  attachAction<ListAlertsOptions>(state, alerts, async () => (await load()).showAllAlerts);

  const acknowledge = admin
    .command('acknowledge')
    .description('Say that an alert is known')
    .argument('<id>');
  attachAction(state, acknowledge, async () => (await load()).acknowledgeAlert);
}
