import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { spellCommands } from './command-name.ts';
import { findCommandName } from './find-command-name.ts';

describe('findCommandName', () => {
  it('is the bare name only where a shell would find it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'node3-path-'));
    const npm = join(folder, 'node_modules', '.bin');
    await mkdir(npm, { recursive: true });
    await writeFile(join(npm, 'node3'), '');
    const PATH = [npm, folder].join(delimiter);
    expect(findCommandName({ PATH })).toBe('npx node3');
    expect(findCommandName({})).toBe('npx node3');
    await writeFile(join(folder, 'node3'), '');
    expect(findCommandName({ PATH })).toBe('node3');
    await rm(folder, { recursive: true });
  });
});

describe('spellCommands', () => {
  it('changes commands and nothing else', () => {
    const spelled = (hint: string) => spellCommands(hint, 'npx node3');
    expect(spelled('Run: node3 job list')).toBe('Run: npx node3 job list');
    expect(spelled('node3 run a.py\nnode3 run b.py')).toBe(
      'npx node3 run a.py\nnpx node3 run b.py',
    );
    expect(spelled('See: node3 --help')).toBe('See: npx node3 --help');
    expect(spelled('Start it with "node3 up".')).toBe('Start it with "npx node3 up".');
    expect(spelled('npx node3 up')).toBe('npx node3 up');
    expect(spelled('process 7 is not node3, remove .node3 up')).toContain(
      'not node3, remove .node3 up',
    );
    expect(spellCommands('node3 up', 'node3')).toBe('node3 up');
  });
});
