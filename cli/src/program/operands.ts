import { takesValue } from './global-options.ts';

/** Everything before `--`: what follows belongs to the job. */
export function ownWords(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  return end < 0 ? argv : argv.slice(0, end);
}

/** The words that are neither a flag nor the value of a global one. */
export function operandsOf(argv: readonly string[]): string[] {
  const words = ownWords(argv);
  return words.filter(
    (word, index) => !word.startsWith('-') && !takesValue(words[index - 1] ?? ''),
  );
}
