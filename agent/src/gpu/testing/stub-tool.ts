import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

export interface StubTools {
  directory: string;
  /** An environment whose PATH has the stubs before the system's own tools. */
  environment: Record<string, string>;
  /** Puts a shell script of this name on PATH. */
  add(name: string, script: string): void;
  remove(): void;
}

/** A directory of fake vendor tools, to drive the real spawning code with them. */
export function createStubTools(): StubTools {
  const directory = mkdtempSync(join(tmpdir(), 'node3-stub-tools-'));
  return {
    directory,
    environment: { PATH: [directory, '/usr/bin', '/bin'].join(delimiter) },
    add(name, script) {
      const file = join(directory, name);
      writeFileSync(file, `#!/bin/sh\n${script}\n`);
      chmodSync(file, 0o755);
    },
    remove() {
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
