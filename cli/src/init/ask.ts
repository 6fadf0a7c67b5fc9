import { CommandError } from '../command-error.ts';
import type { Context } from '../context.ts';

/** Whether a person is there to answer, and wants to. In a pipe the flags are the answers. */
export function canAsk({ host, options }: Context): boolean {
  return host.canAsk && options.input !== false && options.yes !== true;
}

/** The answer of a flag, else of the person, else the one that is offered. */
export async function askText(
  context: Context,
  question: string,
  { given, offered }: { given: string | undefined; offered: string },
): Promise<string> {
  if (given !== undefined) return given;
  if (!canAsk(context)) return offered;
  const answer = await context.host.readLine(`${question} [${offered}] `);
  // Who ends the input there has not agreed to what would come next.
  if (answer === undefined) throw new CommandError('failure', 'No answer came.', '');
  return answer.trim() === '' ? offered : answer.trim();
}

/** Without a person only `--yes` agrees: nothing is spent because nobody said no. */
export async function askYes(context: Context, question: string): Promise<boolean> {
  if (!canAsk(context)) return context.options.yes === true;
  const answer = (await context.host.readLine(`${question} [Y/n] `))?.trim().toLowerCase();
  return answer !== undefined && ['', 'y', 'yes'].includes(answer);
}
