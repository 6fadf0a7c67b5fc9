import { describe, expect, it } from 'vitest';
import { runCli } from './run-cli.ts';
import { TestHost } from './testing/test-host.ts';
import { helpPageFor } from './write-help-page.ts';

async function printed(argv: readonly string[], command: string): Promise<string> {
  const host = new TestHost({ argv, command });
  expect(await runCli(host)).toBe(0);
  return host.out;
}

describe('the page of help that is written beforehand', () => {
  it('is what the program prints itself', async () => {
    for (const command of ['node3', 'npx node3']) {
      for (const argv of [[], ['--help'], ['-h'], ['help']]) {
        expect(helpPageFor(argv, command)).toBe(await printed(argv, command));
      }
    }
  });

  it('is for nothing else', () => {
    const others = [
      ['run'],
      ['help', 'run'],
      ['--help', '--json'],
      ['run', '--help'],
      ['--', '-h'],
    ];
    for (const argv of others) expect(helpPageFor(argv, 'node3')).toBeNull();
  });
});
