import type { Command } from 'commander';
import { attachAction, type ProgramState } from './attach-action.ts';

export function addCompletionCommand(state: ProgramState, program: Command): void {
  const completion = program
    .command('completion')
    .argument('<shell>', 'bash, zsh or fish')
    .addHelpText('after', examples);
  attachAction(
    state,
    completion,
    async () => (await import('../commands/completion.ts')).printCompletion,
  );
}

const examples = `
Examples:
  bash:  node3 completion bash > ~/.local/share/bash-completion/completions/node3
  zsh:   node3 completion zsh > "\${fpath[1]}/_node3"
  fish:  node3 completion fish > ~/.config/fish/completions/node3.fish`;
