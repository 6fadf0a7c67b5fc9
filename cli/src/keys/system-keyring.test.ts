import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSystemKeyring } from './system-keyring.ts';

/**
 * The two programs as their manuals describe them, each keeping one entry in a file: what is proven is
 * how they are called, and that no secret is among their arguments.
 */
const secretTool = `#!/bin/sh
echo "$@" >> "$HOME/calls"
case "$1" in
  store) cat > "$HOME/entry" ;;
  lookup) cat "$HOME/entry" 2>/dev/null || exit 1 ;;
  clear) rm -f "$HOME/entry" ;;
esac
`;
const security = `#!/bin/sh
echo "$@" >> "$HOME/calls"
case "$1" in
  -i) read -r line; eval "set -- $line"; for word; do last="$word"; done; printf '%s' "$last" > "$HOME/entry" ;;
  find-generic-password) cat "$HOME/entry" 2>/dev/null || exit 44; echo ;;
  delete-generic-password) rm -f "$HOME/entry" ;;
esac
`;
const secret = 'n3_"quoted"\\and a space';
let folder: string;
let env: Record<string, string>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'node3-keyring-'));
  for (const [name, text] of Object.entries({ 'secret-tool': secretTool, security })) {
    await writeFile(join(folder, name), text);
    await chmod(join(folder, name), 0o755);
  }
  env = { PATH: `${folder}:/usr/bin:/bin`, HOME: folder, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/x' };
});
afterEach(() => rm(folder, { recursive: true }));

describe('openSystemKeyring', () => {
  it.each(['linux', 'darwin'] as const)(
    '[10.10] keeps, gives and forgets on %s, and no argument has the secret',
    async (platform) => {
      const keyring = openSystemKeyring(env, platform);
      expect(keyring?.read('http://m 1')).toBeNull();
      expect(keyring?.write('http://m 1', secret, 'node3 key')).toBe(true);
      expect(keyring?.read('http://m 1')).toBe(secret);
      keyring?.remove('http://m 1');
      expect(keyring?.read('http://m 1')).toBeNull();
      const calls = await readFile(join(folder, 'calls'), 'utf8');
      expect(calls).toContain('http://m 1');
      expect(calls).not.toContain('n3_');
    },
  );

  it('is none without a session, without the program and on other systems', () => {
    expect(openSystemKeyring({ ...env, DBUS_SESSION_BUS_ADDRESS: '' }, 'linux')).toBeNull();
    expect(openSystemKeyring({ ...env, PATH: '/nonexistent' }, 'linux')).toBeNull();
    expect(openSystemKeyring(env, 'win32')).toBeNull();
  });

  it('keeps nothing where its program fails', async () => {
    await writeFile(join(folder, 'secret-tool'), '#!/bin/sh\nexit 1\n');
    const keyring = openSystemKeyring(env, 'linux');
    expect(keyring?.write('x', secret, 'node3 key')).toBe(false);
    expect(keyring?.read('x')).toBeNull();
  });
});
