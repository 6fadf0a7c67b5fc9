import type { Command } from 'commander';
import { attachAction, type ProgramState } from './attach-action.ts';

const load = () => import('../commands/config.ts');

export function addConfigCommands(state: ProgramState, program: Command): void {
  const config = program.command('config').addHelpText('after', examples);
  const show = config
    .command('show')
    .summary('every setting, its value and where it comes from')
    .description(
      'Every setting, its value and where it comes from: a flag, a variable of the environment, the\n' +
        'project’s node3.toml, your profile, or a default. The first of them that says something wins;\n' +
        'a profile named by --profile or NODE3_PROFILE goes before the project. Keys are never shown.',
    );
  attachAction(state, show, async () => (await load()).showConfig);
  const get = config
    .command('get')
    .description('The value of one setting; ends with 1 where nothing says one')
    .argument('<name>', 'such as url or gpu');
  attachAction(state, get, async () => (await load()).getSetting);
  const set = config
    .command('set')
    .description('Set one for your profile; what can not be used is refused, and so is a key')
    .argument('<name>', 'url, gpu, image, max-cost, timeout, queue-timeout, region, format, …')
    .argument('<value>', 'as the option of that name takes it');
  attachAction(state, set, async () => (await load()).setSetting);
  const unset = config
    .command('unset')
    .description('Take one back')
    .argument('<name>', 'such as gpu');
  attachAction(state, unset, async () => (await load()).unsetSetting);
  const path = config.command('path').description('The file with your settings');
  attachAction(state, path, async () => (await load()).showConfigPath);
  const use = config
    .command('use')
    .summary('choose a profile, or list them')
    .description(
      'The profile that counts from now on; default is the one without a name. Without NAME it lists ' +
        'them. Each has a marketplace, a key and settings of its own: node3 --profile NAME login',
    )
    .argument('[name]', 'such as work');
  attachAction(state, use, async () => (await load()).useProfile);
}

const examples = `
Examples:
  node3 config show
  node3 config set max-cost 0.5USDC
  node3 --profile work login --url https://market.example && node3 config use work
  echo 'gpu = "24GB.."' > node3.toml      # for everyone who works on this project`;
