import { CommandError, usageError } from '../command-error.ts';
import type { Context } from '../context.ts';

/**
 * Asks before something that costs. Where nobody can be asked, as in a script, the command line is
 * the answer; with `--no-input` that answer has to be `--yes`. Throws where the answer is no.
 */
export async function confirm({ host, options }: Context, question: string): Promise<void> {
  if (options.yes === true) return;
  if (options.input === false) {
    throw usageError(`This asks: ${question}`, 'Say yes beforehand: --yes');
  }
  if (!host.canAsk) return;
  const answer = (await host.readLine(`${question} [Y/n] `))?.trim().toLowerCase();
  if (answer !== undefined && ['', 'y', 'yes'].includes(answer)) return;
  throw new CommandError('failure', 'You said no.', 'Nothing was done.');
}
