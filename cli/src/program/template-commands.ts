import type { Command } from 'commander';
import type { ShareTemplateOptions } from '../commands/template-gallery.ts';
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
  const loadGallery = async () => import('../commands/template-gallery.ts');

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
    .option('--public', 'those that anybody may use, with the built-in examples')
    .option('--search <text>', 'with --public: in the name or the description')
    .option('--tag <tag>', 'with --public: with this tag')
    .option('--order <order>', 'with --public: newest, or uses for the most used first', 'newest')
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

  const share = template
    .command('share')
    .description('Say who may use a template; without an option it is public')
    .argument('<id>')
    .option('--unlisted', 'only for whoever has its id')
    .option('--private', 'only for you, again')
    .option('--tag <tag>', 'to find it by, instead of the tags it has; repeatable', collect);
  attachAction<ShareTemplateOptions>(state, share, async () => (await loadGallery()).shareTemplate);

  const copy = template
    .command('copy')
    .description('Copy a template that you may use into your account')
    .argument('<id>');
  attachAction(state, copy, async () => (await loadGallery()).copyToOwn);

  const run = addStayOptions(template.command('run'))
    .description('Post a job from a template and stay with it, as run does')
    .argument('<id>')
    .option(
      '-p, --parameter <name=value>',
      'repeatable; a name alone takes its value from this shell, or asks for a secret',
      collect,
    )
    .option('--of <version>', 'this version instead of the newest')
    .option('--max-cost <amount>', 'post nothing that may cost more, such as 0.5USDC')
    .option('--preview', 'only show the spec that would be posted');
  attachAction<RunTemplateOptions>(
    state,
    run,
    async () => (await import('../commands/template-run.ts')).runOwnTemplate,
  );
}
