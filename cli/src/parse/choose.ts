import { usageError } from '../command-error.ts';

/** One of the words an option takes. Throws a usage error that names the option. */
export function choose<const T extends string>(
  option: string,
  text: string,
  choices: readonly T[],
): T {
  const found = choices.find((choice) => choice === text);
  if (found !== undefined) return found;
  throw usageError(`${option} is "${text}".`, `Write one of: ${choices.join(', ')}.`);
}
