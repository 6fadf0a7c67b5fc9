import type { Command } from 'commander';
import type { RunSnippetOptions } from '../commands/snippet-run.ts';
import type { ListSnippetsOptions, SaveSnippetOptions } from '../commands/snippets.ts';
import { attachAction, collect, type ProgramState } from './attach-action.ts';
import { addPriceOptions, addStayOptions } from './run-command.ts';

export function addSnippetCommands(state: ProgramState, program: Command): void {
  const snippet = program.command('snippet');
  const load = async () => import('../commands/snippets.ts');

  const save = snippet
    .command('save')
    .description('Keep a script; one of the same name is replaced')
    .argument('<script>', 'a .py, .js, .ts or .sh file')
    .option('--name <name>', 'the name of the file where left out')
    .option('--description <text>', 'for you, and for the search')
    .option('--gpu <spec>', 'what it usually runs on: any, 2, rtx-4090, 24GB..')
    .option('--image <image>', 'instead of the usual image of the language')
    .option('--timeout <time>', 'stop a run after this time, such as 5m');
  attachAction<SaveSnippetOptions>(state, save, async () => (await load()).saveSnippet);

  const list = snippet
    .command('list')
    .alias('ls')
    .description('Your snippets, last changed first')
    .option('--search <text>', 'in the name or the description')
    .option('--language <name>', 'python, javascript, typescript or bash')
    .option('--sort <field>', '-updatedAt, updatedAt, -createdAt, createdAt or name')
    .option('--limit <n>', 'at most this many', '20');
  attachAction<ListSnippetsOptions>(state, list, async () => (await load()).listOwnSnippets);

  const show = snippet
    .command('show')
    .description('The code of a snippet')
    .argument('<name>', 'its name or its id');
  attachAction(state, show, async () => (await load()).showSnippet);

  const remove = snippet
    .command('rm')
    .description('Remove a snippet; jobs that came from it stay')
    .argument('<name>', 'its name or its id');
  attachAction(state, remove, async () => (await load()).removeSnippet);

  const run = addPriceOptions(addStayOptions(snippet.command('run')))
    .description('Post a job from a snippet and stay with it, as run does')
    .argument('<name>', 'its name or its id')
    .option('--gpu <spec>', 'instead of what the snippet says')
    .option('--image <image>', 'instead of what the snippet says')
    .option('--timeout <time>', 'instead of what the snippet says')
    .option('-e, --env <name=value>', 'environment variable; repeatable', collect)
    .option('--input <file>', 'JSON the script reads as its input; - is standard input')
    .option('--max-cost <amount>', 'post nothing that may cost more, such as 0.5USDC');
  attachAction<RunSnippetOptions>(
    state,
    run,
    async () => (await import('../commands/snippet-run.ts')).runOwnSnippet,
  );
}
