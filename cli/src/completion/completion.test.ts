import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { mustSkip, type ResourceProbe } from '@node3/shared/testing/resources';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../run-cli.ts';
import { TestHost } from '../testing/test-host.ts';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));
const shells = ['bash', 'zsh', 'fish'];
const lacking = shells.filter((shell) =>
  (process.env['PATH'] ?? '').split(delimiter).every((path) => !existsSync(join(path, shell))),
);
const shellProbe: ResourceProbe = {
  resource: 'shells',
  missing: lacking.length === 0 ? null : `there is no ${lacking.join(' and no ')} on PATH`,
};
let folder = '';

/** A `node3` on PATH, as the shells call it. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'node3-shell-'));
  const program = join(folder, 'node3');
  await writeFile(program, `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`);
  await chmod(program, 0o755);
});
afterAll(() => rm(folder, { recursive: true }));

async function offered(words: string[]): Promise<string[]> {
  const host = new TestHost({ argv: ['__complete', ...words] });
  expect(await runCli(host)).toBe(0);
  return host.out.split('\n').map((line) => line.split('\t')[0] ?? '');
}

describe('completion', () => {
  it('[10.10] offers commands, options and the values it knows', async () => {
    expect(await offered(['jo'])).toEqual(['job', '']);
    expect(await offered(['job', 'w'])).toEqual(['wait', '']);
    expect(await offered(['--url', 'job', 'ru'])).toEqual(['run', '']);
    expect(await offered(['job', 'wait', '--fo'])).toEqual(['--for', '--format', '']);
    expect(await offered(['ps', '-o', 'json'])).toEqual(['json', 'jsonl', '']);
  });

  it('leaves files and the words of a job to the shell', async () => {
    expect(await offered(['upload', 'x'])).toEqual(['']);
    expect(await offered(['run', '--', 'jo'])).toEqual(['']);
    expect(await offered(['run', '--image', 'jo'])).toEqual(['']);
  });

  // What each shell offers for `node3 job wai`, asked of the real one.
  it.skipIf(mustSkip(shellProbe)).each([
    ['bash', 'COMP_WORDS=(node3 job wai); COMP_CWORD=2; _node3; echo "${COMPREPLY[@]}"'],
    ['fish', 'complete -C "node3 job wai"'],
    [
      'zsh',
      'compdef() { :; }; _describe() { print -l "${(P@)2}" }; source =(node3 completion zsh); ' +
        'words=(node3 job wai); CURRENT=3; _node3',
    ],
  ])('works in %s', async (shell, question) => {
    const load =
      shell === 'fish' ? 'node3 completion fish | source' : 'eval "$(node3 completion bash)"';
    const script = shell === 'zsh' ? question : `${load}; ${question}`;
    const env = { PATH: [folder, process.env['PATH']].join(delimiter), HOME: folder };
    const { stdout } = await promisify(execFile)(shell, ['-c', script], { env });
    expect(stdout).toMatch(/^wait\b/);
  });
});
