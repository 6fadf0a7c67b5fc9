import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Everything that can be said about the code without running it. All steps run; any failure fails.
 * With --beside-tests it leaves out what `npm test` runs as well.
 */
const sources = [
  'shared',
  'marketplace',
  'agent',
  'cli',
  'client',
  'localnet',
  'dashboard',
  'scripts',
];

const steps: [string, string[]][] = [
  ['format', ['node_modules/@biomejs/biome/bin/biome', 'check', '.']],
  ['lint', ['node_modules/oxlint/bin/oxlint', '--type-aware', '--deny-warnings', ...sources]],
  ['types', ['node_modules/typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.json']],
  ['types of the web app', ['node_modules/typescript/bin/tsc', '--noEmit', '-p', 'dashboard']],
  ['types of the client', ['node_modules/typescript/bin/tsc', '--noEmit', '-p', 'client']],
  ['dead code', ['node_modules/knip/bin/knip.js']],
  ['tidiness', ['node_modules/vitest/vitest.mjs', 'run', '--project', 'tidy']],
  ['generated documents', ['scripts/generate-docs.ts', '--check']],
];

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const failed: string[] = [];
const isBesideTests = process.argv.includes('--beside-tests');
for (const [name, command] of steps) {
  if (isBesideTests && name === 'tidiness') continue;
  const startedAt = performance.now();
  const result = spawnSync(process.execPath, command, { cwd: root, encoding: 'utf8' });
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  const passed = result.status === 0;
  process.stdout.write(`${passed ? 'ok    ' : 'FAILED'}  ${name} (${seconds} s)\n`);
  if (passed) continue;
  failed.push(name);
  process.stdout.write(`${result.stdout}${result.stderr}\n`);
}
process.stdout.write(
  failed.length === 0 ? 'All checks passed.\n' : `Failed: ${failed.join(', ')}\n`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
