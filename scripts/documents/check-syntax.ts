import { spawnSync } from 'node:child_process';
import { stripTypeScriptTypes } from 'node:module';
import type { Block } from './read-blocks.ts';

/** What is wrong with a block that is not run, as far as that shows without running it; null for nothing. */
export function findSyntaxFault({ language, text }: Block): string | null {
  const check = checks[language];
  return check === undefined ? `no way to check "${language}"` : check(text);
}

const checks: Record<string, (text: string) => string | null> = {
  sh: (text) => {
    const { status, stderr } = spawnSync('bash', ['-n'], { input: text, encoding: 'utf8' });
    return status === 0 ? null : stderr;
  },
  json: (text) => faultOf(() => JSON.parse(text)),
  js: (text) => {
    const args = ['--check', '--input-type=module', '-'];
    const { status, stderr } = spawnSync(process.execPath, args, { input: text, encoding: 'utf8' });
    return status === 0 ? null : stderr;
  },
  ts: (text) => faultOf(() => stripTypeScriptTypes(text)),
  sql: (text) => (/^(\s*[^;]+;)+\s*$/.test(text) ? null : 'a statement has no end'),
  // What is answered or said on a wire, not what somebody does.
  text: () => null,
};

function faultOf(read: () => unknown): string | null {
  try {
    read();
    return null;
  } catch (error) {
    return String(error);
  }
}
