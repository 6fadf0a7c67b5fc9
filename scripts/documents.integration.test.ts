import { mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findTestEngine } from '@node3/agent/executors/docker/docker-test-engine';
import type { Env } from '@node3/shared/env';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type CliProcess, startCli } from './cli-process.ts';
import { listDocuments } from './documents/list-documents.ts';
import { readBlocks } from './documents/read-blocks.ts';
import { isRunHere, runBlocks } from './documents/run-blocks.ts';

/**
 * Does what README and the guides say: every block of commands, from top to bottom, on what
 * `npm start` starts. `documents.test.ts` counts the blocks that are not run.
 */

const { skip } = await findTestEngine();
const root = new URL('../', import.meta.url);
const within = { timeout: 100_000, interval: 50 };
/** Most of a document's time is the start of its commands, which is long where much else runs. */
const timeout = 300_000;

let folder: string;
let up: CliProcess;
let env: Env;

beforeAll(async () => {
  if (skip) return;
  folder = await mkdtemp(join(tmpdir(), 'node3-documents-'));
  // The command as it is installed, and what programs of the documents import.
  await symlink(new URL('node_modules', root), join(folder, 'node_modules'));
  const ports = ['--port', '0', '--agent-port', '0', '--rpc-port', '0', '--grpc-port', '0'];
  up = startCli({ args: ['up', '--demo', '--data-dir', 'data', ...ports], folder });
  const ready = vi.waitFor(() => expect(up.seen.err).toContain('Ctrl-C stops everything.'), within);
  const ended = up.ended.then((code) => {
    throw new Error(`it ended with ${code}:\n${up.seen.out}${up.seen.err}`);
  });
  await Promise.race([ready, ended]);
  env = await readerEnvironment();
});

afterAll(async () => {
  if (skip) return;
  up.kill('SIGINT');
  await up.ended;
  await rm(folder, { recursive: true, force: true });
});

/** What the reader's shell has: the command on its path, and the addresses that the start printed. */
async function readerEnvironment(): Promise<Env> {
  const { DOCKER_HOST, HOME, NODE_COMPILE_CACHE, PATH, XDG_RUNTIME_DIR } = process.env;
  const agentUrl = /agent +(http:\S+)\/#token=/.exec(up.seen.out)?.[1];
  const marketplaceUrl = /API docs +(http:\S+)\/docs/.exec(up.seen.out)?.[1];
  return {
    DOCKER_HOST,
    HOME,
    NODE_COMPILE_CACHE,
    XDG_RUNTIME_DIR,
    PATH: [join(folder, 'node_modules/.bin'), dirname(process.execPath), PATH].join(':'),
    XDG_CONFIG_HOME: folder,
    AGENT_DATA_DIR: join(folder, 'data/agent'),
    AGENT_PORT: new URL(agentUrl ?? '').port,
    // Whoever starts it as the README says needs neither: these are not the usual ports.
    MARKETPLACE_URL: marketplaceUrl,
    NODE3_URL: marketplaceUrl,
    NODE3_API_KEY: (await readFile(join(folder, 'data/requester.key'), 'utf8')).trim(),
    NODE3_GRPC: /gRPC +(\S+)/.exec(up.seen.out)?.[1],
    SOLANA_RPC_URL: /Solana RPC +(http:\S+)/.exec(up.seen.out)?.[1],
    REPOSITORY: fileURLToPath(root),
  };
}

describe.skipIf(skip)('who does what is written', () => {
  it.each(documentsToRun())('[12.16] in %s gets what it says', { timeout }, async (document) => {
    const place = join(folder, document.replaceAll('/', '-'));
    await mkdir(place);
    const blocks = readBlocks(root, document).filter(isRunHere);
    expect(await runBlocks(blocks, { folder: place, env })).toBe(null);
  });
});

function documentsToRun(): string[] {
  return listDocuments(root).filter((document) => readBlocks(root, document).some(isRunHere));
}
