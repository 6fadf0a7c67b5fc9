import type { Command } from 'commander';
import { spellCommands } from '../command-name.ts';
import type { ApiOptions } from '../commands/api.ts';
import { attachAction, collect, type ProgramState } from './attach-action.ts';

export function addApiCommand(state: ProgramState, program: Command): void {
  const api = program
    .command('api')
    .argument('<method>', 'GET, POST, PUT or DELETE')
    .argument('<path>', 'such as /api/v1/jobs')
    .option('-F, --field <name=value>', 'of the query, or of the body as JSON; repeatable', collect)
    .option('--input <file>', 'a JSON body; - is standard input')
    .option('--paginate', 'all pages of a list as one')
    .option('--operator', 'with the key in ADMIN_API_KEY instead of yours')
    .addHelpText('after', spellCommands(examples, state.host.command));
  attachAction<ApiOptions>(state, api, async () => (await import('../commands/api.ts')).callApi);
}

const examples = `
Examples:
  node3 api GET /api/v1/jobs -F state=failed --paginate -o jsonl
  node3 api POST /api/v1/keys -F name=ci
  node3 api POST /api/v1/jobs --input job.json --curl`;
