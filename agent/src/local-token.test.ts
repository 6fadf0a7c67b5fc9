import { chmod, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemIds } from '@node3/shared/ids';
import { createLogger } from '@node3/shared/logger';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addressToPrint, ensureLocalToken, localTokenPath } from './local-token.ts';
import { writePrivateFile } from './secrets.ts';

let folder: string;
let path: string;
let said: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'node3-token-'));
  path = localTokenPath(folder);
  said = [];
});
afterEach(() => rm(folder, { recursive: true }));

function ensure(): Promise<string> {
  const destination = { write: (line: string) => void said.push(line) };
  const log = createLogger({ name: 'test', level: 'warn', destination });
  return ensureLocalToken(folder, { ids: systemIds, log, writePrivateFile });
}

const modeOf = async (name: string) => (await stat(name)).mode & 0o777;

describe.skipIf(process.platform === 'win32')('the token of the local API', () => {
  it('has 256 bits, is for its user alone, and stays', async () => {
    const token = await ensure();
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    expect(await modeOf(path)).toBe(0o600);
    expect(await ensure()).toBe(token);
    expect(said).toEqual([]);
  });

  it.each([
    ['others could read', (token: string) => chmodTo(0o644, token)],
    ['is cut off', () => writeFile(path, 'short\n', { mode: 0o600 })],
    ['is a link', linkElsewhere],
  ])('is made anew when it %s, which the log says', async (_, spoil) => {
    const token = await ensure();
    await spoil(token);
    const next = await ensure();
    expect(next).not.toBe(token);
    expect(await readFile(path, 'utf8')).toBe(`${next}\n`);
    expect(await modeOf(path)).toBe(0o600);
    expect(said.join()).toContain('there is a new token');
    expect(said.join()).not.toContain(next);
  });

  it('lies in a folder that nobody else can write', async () => {
    await chmod(folder, 0o777);
    await ensure();
    expect(await modeOf(folder)).toBe(0o755);
    expect(said.join()).toContain('others could write the data folder');
  });

  it('is printed to a terminal, and into no file', async () => {
    const agent = { url: 'http://127.0.0.1:8080', token: await ensure() };
    expect(addressToPrint(agent, { isTty: true })).toBe(`${agent.url}/#token=${agent.token}`);
    expect(addressToPrint(agent, { isTty: false })).toBe(agent.url);
  });
});

async function chmodTo(mode: number, token: string): Promise<void> {
  await writeFile(path, `${token}\n`);
  await chmod(path, mode);
}

async function linkElsewhere(): Promise<void> {
  await rm(path);
  await writeFile(join(folder, 'known'), `${'k'.repeat(43)}\n`, { mode: 0o600 });
  await symlink(join(folder, 'known'), path);
}
