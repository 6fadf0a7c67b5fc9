import { CommandError } from '../command-error.ts';
import type { Context } from '../context.ts';
import { leaveOnInterrupt } from './interrupt.ts';

/**
 * Does work that Ctrl-C stops. Throws, where that happened, a CommandError with what to do to go on, which
 * ends the command as an interrupted one.
 */
export async function stopOnInterrupt<T>(
  { host }: Context,
  howToGoOn: () => string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const leave = new AbortController();
  const watch = leaveOnInterrupt(host, leave);
  try {
    return await work(leave.signal);
  } catch (error) {
    if (watch.signal === null) throw error;
    const exit = watch.signal === 'SIGTERM' ? 'terminated' : 'interrupted';
    throw new CommandError(exit, 'Stopped.', howToGoOn());
  } finally {
    watch.close();
  }
}
