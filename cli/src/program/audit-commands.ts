import type { Command } from 'commander';
import type {
  ExportAuditOptions,
  ListAuditOptions,
  VerifyAuditOptions,
} from '../commands/admin-audit.ts';
import { attachAction, type ProgramState } from './attach-action.ts';

export function addAuditCommands(state: ProgramState, admin: Command): void {
  const audit = admin.command('audit').description('What was done that needed a right');
  const load = async () => import('../commands/admin-audit.ts');

  const list = addFilters(audit.command('list').alias('ls').description('Newest first')).option(
    '--limit <n>',
    'at most this many',
    '50',
  );
  attachAction<ListAuditOptions>(state, list, async () => (await load()).listAudit);

  const verify = audit
    .command('verify')
    .description('Recompute the chain of hashes, of the marketplace or of an exported file')
    .option('--file <path>', 'an export instead of the marketplace');
  attachAction<VerifyAuditOptions>(state, verify, async () => (await load()).verifyAudit);

  const exported = addFilters(
    audit.command('export').description('JSON lines, oldest first, that verify --file reads'),
  ).option('--output <path>', 'a new file instead of standard output');
  attachAction<ExportAuditOptions>(state, exported, async () => (await load()).exportAudit);
}

function addFilters(command: Command): Command {
  return command
    .option('--action <name>', 'such as key.revoked')
    .option('--actor <name>', 'requester, operator, marketplace or agent:<id>')
    .option('--account <id>', 'done by or for this account')
    .option('--key <id>', 'done with this key')
    .option('--target <id>', 'done to this')
    .option('--request <id>', 'done by this request')
    .option('--from <time>', 'not before, such as 2026-11-26T08:00:00Z')
    .option('--until <time>', 'before');
}
