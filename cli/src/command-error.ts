/** Which of the exit codes such a mistake has. */
export type CommandExit = 'usage' | 'failure' | 'funds' | 'auth' | 'interrupted' | 'terminated';

/** A mistake in how the command was called, or in something on this machine. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exit: CommandExit;
  /** What to do about it, as one sentence or a command. */
  readonly fix: string;

  constructor(exit: CommandExit, message: string, fix: string) {
    super(message);
    this.exit = exit;
    this.fix = fix;
  }
}

export function usageError(message: string, fix: string): CommandError {
  return new CommandError('usage', message, fix);
}
