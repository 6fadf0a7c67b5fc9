import type { Command } from 'commander';
import { spellCommands } from '../command-name.ts';
import type { OfferOptions } from '../commands/offer.ts';
import { attachAction, type ProgramState } from './attach-action.ts';

export function addOfferCommand(state: ProgramState, program: Command): void {
  const offer = program
    .command('offer')
    .option('--gpu <spec>', 'any, 2, rtx-4090, 24GB.., nvidia:h100-80gb:2')
    .option('--max-price <amount>', 'at most this for an hour on one GPU, such as 0.5USDC')
    .option('--asset <asset>', 'prices in SOL or USDC', 'USDC')
    .option('--order <field>', 'price, score, memory, reliability or rating', 'price')
    .option('--search <text>', 'in the names of model, agent, provider and region')
    .option('--region <regions>', 'in these regions, with commas; eu holds eu-west-1')
    .option('--isolation <levels>', 'native, container, sandbox or vm, with commas')
    .option('--provider <names>', 'of these registered providers, with commas')
    .option('--agent <ids>', 'of these agents, with commas')
    .option('--measured', 'only those whose memory was proven')
    .option('--hardware', 'no simulated ones')
    .option('--limit <n>', 'at most this many', '50')
    .option('--all', 'those of agents that are offline too')
    .option('--group-by <what>', 'one line for each gpu, region or provider')
    .option('--watch', 'go on with what changes, until Ctrl-C')
    .option('--every <time>', 'how often --watch looks', '5s')
    .addHelpText('after', spellCommands(examples, state.host.command));
  attachAction<OfferOptions>(
    state,
    offer,
    async () => (await import('../commands/offer.ts')).showOffers,
  );
}

const examples = `
Examples:
  node3 offer --gpu 24GB.. --max-price 0.60USDC
  node3 offer --group-by gpu
  node3 offer --region eu --isolation sandbox,vm --measured --order reliability
  node3 offer --gpu h100 --max-price 2USDC --watch --json
  node3 offer --gpu nvidia --order memory --columns gpu,vram,agentId -o tsv`;
