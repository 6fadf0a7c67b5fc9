import { type Language, languages } from '@node3/shared/job-spec';

/** What an editor can highlight. */
export type CodeLanguage = Language | 'yaml' | 'json' | 'text';

const byExtension: Record<string, CodeLanguage> = {
  py: 'python',
  js: 'javascript',
  mjs: 'javascript',
  cjs: 'javascript',
  ts: 'typescript',
  mts: 'typescript',
  sh: 'bash',
  bash: 'bash',
  yaml: 'yaml',
  yml: 'yaml',
  json: 'json',
};

/** By the end of a file's name; plain text where that says nothing. */
export function languageOfFile(name: string): CodeLanguage {
  const extension = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
  return Object.hasOwn(byExtension, extension) ? (byExtension[extension] ?? 'text') : 'text';
}

/** Whether a job can be a script of it. */
export function isScriptLanguage(value: string | null | undefined): value is Language {
  return languages.some((language) => language === value);
}
