import type { Command } from 'commander';
import type { RunTemplateOptions } from '../commands/template-run.ts';
import type {
  CreateTemplateOptions,
  ListTemplatesOptions,
  ShowTemplateOptions,
} from '../commands/templates.ts';
import { attachAction, collect, type ProgramState } from './attach-action.ts';
import { addStayOptions } from './run-command.ts';

export function addTemplateCommands(state: ProgramState, program: Command): void {
  const template = program.command('template');
  const load = async () => import('../commands/templates.ts');

  const create = template
    .command('create')
    .description('Keep a template from a JSON file: name, description, spec and parameters')
    .argument('<file>')
    .option(
      '--version-of <id>',
      'as a new version of this template; the name in the file is ignored',
    );
  attachAction<CreateTemplateOptions>(state, create, async () => (await load()).createTemplateFile);

  const list = template
    .command('list')
    .alias('ls')
    .description('Your templates, newest first')
    .option('--archived', 'with the archived ones')
    .option('--limit <n>', 'at most this many', '20');
  attachAction<ListTemplatesOptions>(state, list, async () => (await load()).listOwnTemplates);

  const show = template
    .command('show')
    .description('One template, its parameters and its spec')
    .argument('<id>')
    .option('--of <version>', 'this version instead of the newest');
  attachAction<ShowTemplateOptions>(state, show, async () => (await load()).showTemplate);

  const archive = template
    .command('archive')
    .description('Post no more jobs from a template')
    .argument('<id>');
  attachAction(state, archive, async () => (await load()).archiveOwnTemplate);

  const run = addStayOptions(template.command('run'))
    .description('Post a job from a template and stay with it, as run does')
    .argument('<id>')
    .option(
      '-p, --parameter <name=value>',
      'repeatable; a name alone takes its value from this shell, or asks for a secret',
      collect,
    )
    .option('--of <version>', 'this version instead of the newest')
    .option('--preview', 'only show the spec that would be posted');
  attachAction<RunTemplateOptions>(
    state,
    run,
    async () => (await import('../commands/template-run.ts')).runOwnTemplate,
  );
}
