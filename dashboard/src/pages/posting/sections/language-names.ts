import type { Language } from '@node3/shared/job-spec';

/** As their makers write them. */
export const languageNames: Record<Language, string> = {
  python: 'Python',
  javascript: 'JavaScript',
  typescript: 'TypeScript',
  bash: 'Bash',
};
