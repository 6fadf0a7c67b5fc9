import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fenceOf, successResult, testAgentCalls } from '@node3/marketplace/testing/test-agent';
import {
  openFundedAccount,
  registerTestAgent,
  startTestMarketplace,
  type TestMarketplace,
} from '@node3/marketplace/testing/test-marketplace';
import { createFileClient } from '@node3/shared/files/file-client';
import { systemIds } from '@node3/shared/ids';
import { limits } from '@node3/shared/limits';
import { reportResult } from '@node3/shared/routes/agents';
import * as routes from '@node3/shared/routes/artifacts';
import { getCaps } from '@node3/shared/routes/caps';
import { getJob } from '@node3/shared/routes/jobs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exitCodes } from '../exit-codes.ts';
import { runCli } from '../run-cli.ts';
import { TestHost, type TestHostOptions } from '../testing/test-host.ts';
import { sha256Of, writeOutputs } from '../testing/write-outputs.ts';

let folder: string;
let market: TestMarketplace;
let owner: Awaited<ReturnType<typeof openFundedAccount>>;
let agent: Awaited<ReturnType<typeof registerTestAgent>>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'node3-files-'));
  market = await startTestMarketplace();
  owner = await openFundedAccount(market);
  agent = await registerTestAgent(market);
});
afterEach(async () => {
  await market.stop();
  await rm(folder, { recursive: true });
});

async function cli(argv: string[], options: Partial<TestHostOptions> = {}) {
  const host = new TestHost({
    argv: ['--config', join(folder, 'config.json'), ...argv],
    env: { NODE3_URL: market.url, NODE3_API_KEY: owner.apiKey },
    ids: systemIds,
    cwd: folder,
    ...options,
  });
  const code = await runCli(host);
  return { code, out: host.out, err: host.err };
}

/** Posts a job, and makes these files of it as its agent would. */
async function jobWith(files: Record<string, Buffer>, ...options: string[]) {
  const { out, err } = await cli(['run', '-d', ...options, '--', 'true']);
  const jobId = out.trim();
  const offer = await testAgentCalls(agent.client)
    .offer()
    .catch(() => {
      throw new Error(err);
    });
  await writeOutputs(market, agent, offer, files);
  const params = { executionId: offer.executionId };
  const result = { ...fenceOf(offer), result: successResult };
  await agent.client.call(reportResult, { params, body: result });
  return jobId;
}

describe('node3 upload', () => {
  it('[10.07] sends a file in parts, and goes on with what was begun', async () => {
    const bytes = randomBytes(limits.artifactPartBytes + 1_000);
    await writeFile(join(folder, 'data.bin'), bytes);
    const done = await cli(['--json', 'upload', 'data.bin', '--name', 'sets/a.bin']);
    expect(JSON.parse(done.out)).toMatchObject({ name: 'sets/a.bin', sha256: sha256Of(bytes) });
    const body = { name: 'data.bin', bytes: bytes.length };
    const { artifactId } = await owner.client.call(routes.createUpload, { body });
    const first = bytes.subarray(0, limits.artifactPartBytes);
    const client = createFileClient({ baseUrl: market.url, apiKey: owner.apiKey });
    const path = `/api/v1/uploads/${artifactId}/parts/0`;
    await client.putPart(path, first, AbortSignal.timeout(10_000));
    const resumed = await cli(['upload', 'data.bin', '--resume', artifactId], { isTty: true });
    expect([resumed.code, resumed.out]).toEqual([0, `${artifactId}\n`]);
    expect(resumed.err).toContain('99 %  8.4 MB of 8.4 MB');
    expect(resumed.err).toContain(sha256Of(bytes));
  });

  it('says how to go on when Ctrl-C stops it', async () => {
    const bytes = randomBytes(limits.artifactPartBytes + 1_000);
    await writeFile(join(folder, 'data.bin'), bytes);
    const host = new TestHost({
      argv: ['upload', 'data.bin'],
      env: { NODE3_URL: market.url, NODE3_API_KEY: owner.apiKey },
      cwd: folder,
    });
    const { write } = host.stderr;
    host.stderr.write = async (text) => {
      await write(text);
      if (text.startsWith('upload ')) host.interrupt();
    };
    expect([await runCli(host), host.out]).toEqual([130, '']);
    const [, artifactId = ''] = /--resume (art_\w+)\n$/.exec(host.err) ?? [];
    const resumed = await cli(['upload', 'data.bin', '--resume', artifactId]);
    expect([resumed.code, resumed.out]).toEqual([0, `${artifactId}\n`]);
  });

  it('goes on with no other file, also of the same size', async () => {
    const bytes = Buffer.from('one');
    const body = { name: 'data.bin', bytes: bytes.length, sha256: sha256Of(bytes) };
    const { artifactId } = await owner.client.call(routes.createUpload, { body });
    await writeFile(join(folder, 'data.bin'), 'two');
    const other = await cli(['upload', 'data.bin', '--resume', artifactId]);
    expect([other.code, other.err]).toEqual([
      exitCodes.usage.code,
      expect.stringMatching(/sha256/),
    ]);
    await writeFile(join(folder, 'data.bin'), bytes);
    expect((await cli(['upload', 'data.bin', '--resume', artifactId])).code).toBe(0);
  });

  it('says what is wrong with a file before anything is sent', async () => {
    await writeFile(join(folder, 'other.bin'), 'other');
    const body = { name: 'data.bin', bytes: 9 };
    const { artifactId } = await owner.client.call(routes.createUpload, { body });
    const wrong: [string[], string][] = [
      [['upload', 'missing.bin'], 'There is no file missing.bin'],
      [['upload', '.'], 'is not a file'],
      [['upload', 'other.bin', '--name', '../x'], 'has a part that is . or ..'],
      [['upload', 'other.bin', '--resume', artifactId], 'a file with 9 bytes'],
      [['run', '-d', '--file', 'other.bin:../x', '--', 'true'], 'can not be the path of an input'],
      [['run', '-d', '--file', 'other.bin', '--file', 'none', '--', 'true'], 'no file none'],
      [['run', '-d', '--file', 'https://h/m?t=12:30', '--', 'true'], 'a path may follow'],
      [['run', '-d', '--file', 'https://:x/m', '--', 'true'], 'is not a URL'],
      [['run', '-d', '--output', '../x', '--', 'true'], 'can not be kept'],
    ];
    for (const [argv, words] of wrong) {
      const { code, err } = await cli(argv);
      expect([code, err]).toEqual([exitCodes.usage.code, expect.stringContaining(words)]);
    }
    const kept = await owner.client.call(routes.listArtifacts, { query: {} });
    expect(kept.data).toEqual([]);
  });
});

describe('files of a job', () => {
  it('make no other job of a command that is repeated', async () => {
    await writeFile(join(folder, 'a.csv'), '1');
    await writeFile(join(folder, 'b.csv'), '1');
    const files = ['--file=a.csv', '--file=b.csv', '--file=m.bin=https://h.example/m?t=12:30'];
    const run = () => cli(['run', '-d', '--idempotency-key=once', ...files, '--', 'true']);
    const [first, second] = [await run(), await run()];
    expect([second.code, second.out]).toEqual([0, first.out]);
    const kept = await owner.client.call(routes.listArtifacts, { query: {} });
    expect(kept.data).toHaveLength(1);
    const { spec } = await owner.client.call(getJob, { params: { jobId: first.out.trim() } });
    const url = 'https://h.example/m?t=12:30';
    expect(spec).toMatchObject({
      inputs: [{}, {}, { path: 'm.bin', source: { kind: 'url', url } }],
    });
  });

  it('[10.07] go in by name, and are listed and fetched with what they should be', async () => {
    await writeFile(join(folder, 'train.csv'), '1,2');
    const files = { 'a.txt': Buffer.from('A'), 'plots/b.txt': Buffer.from('B') };
    const jobId = await jobWith(
      files,
      '--file=train.csv:data/in.csv',
      '--file=https://example.com/m.bin',
      '--output=a.txt',
      '--output=plots',
    );
    const { spec } = await owner.client.call(getJob, { params: { jobId } });
    expect(spec).toMatchObject({
      inputs: [
        { path: 'data/in.csv', source: { kind: 'artifact' } },
        { path: 'm.bin', source: { kind: 'url', url: 'https://example.com/m.bin' } },
      ],
      outputs: [{ path: 'a.txt' }, { path: 'plots' }],
    });
    const listed = await cli(['job', 'artifacts', jobId], { isTty: true });
    expect(listed.out).toMatch(/^NAME +SIZE +KEPT UNTIL +SHA256\na.txt +1 bytes +20/);
    const json = JSON.parse((await cli(['--json', 'job', 'artifacts', jobId])).out) as object;
    expect(json).toMatchObject({ data: [{ name: 'a.txt' }, { name: 'plots/b.txt' }] });
    const one = await cli(['job', 'download', jobId, 'plots', '-o', 'out']);
    expect([one.code, one.out]).toEqual([0, `${join(folder, 'out', 'plots', 'b.txt')}\n`]);
    const all = await cli(['job', 'download', jobId, '-o', 'out']);
    expect(all.err).toContain('was there already');
    expect(await readFile(join(folder, 'out', 'a.txt'), 'utf8')).toBe('A');
    expect(await readdir(join(folder, 'out'))).toEqual(['a.txt', 'plots']);
    const missing = await cli(['job', 'download', jobId, 'c.txt']);
    expect([missing.code, missing.err]).toEqual([1, expect.stringContaining('no file c.txt')]);

    const { data } = await owner.client.call(routes.listJobArtifacts, { params: { jobId } });
    const artifactId = data.find(({ name }) => name === 'a.txt')?.artifactId ?? '';
    await owner.client.call(routes.deleteArtifact, { params: { artifactId } });
    const left = await cli(['job', 'artifacts', jobId]);
    expect(left.out).toMatch(/^plots\/b.txt\t/);
    expect(left.err).toMatch(/a\.txt was removed at 20\S+Z: its owner deleted it\./);
    const gone = await cli(['job', 'download', jobId, 'a.txt']);
    expect([gone.code, gone.err]).toEqual([1, expect.stringContaining('a.txt was removed at')]);
    const rest = await cli(['job', 'download', jobId, '-o', 'out']);
    expect([rest.code, rest.out]).toEqual([1, `${join(folder, 'out', 'plots', 'b.txt')}\n`]);
    expect(rest.err).toMatch(/a\.txt was removed at[^]*1 of 2 files are no longer there/);
  });

  it('come whole after a break, and are refused where they are not right', async () => {
    const bytes = randomBytes(100_000);
    const jobId = await jobWith({ 'm.bin': bytes });
    const part = `.m.bin.${sha256Of(bytes).slice(0, 16)}.node3-part`;
    await writeFile(join(folder, part), bytes.subarray(0, 60_000));
    await writeFile(join(folder, 'm.bin.part'), 'mine');
    expect((await cli(['job', 'download', jobId])).code).toBe(0);
    expect((await readFile(join(folder, 'm.bin'))).equals(bytes)).toBe(true);
    expect(await readFile(join(folder, 'm.bin.part'), 'utf8')).toBe('mine');
    expect(await readdir(folder)).not.toContain(part);
    await mkdir(join(folder, 'wrong'));
    await writeFile(join(folder, 'wrong', part), Buffer.alloc(60_000));
    const wrong = await cli(['job', 'download', jobId, '-o', 'wrong']);
    expect([wrong.code, wrong.err]).toEqual([9, expect.stringContaining('sha256')]);
    expect(await readdir(join(folder, 'wrong'))).toEqual([]);
  });

  it('never leave their folder, nor take the place of another file', async () => {
    const jobId = await jobWith({ 'in/x.txt': Buffer.from('X'), 'y.txt': Buffer.from('Y') });
    await mkdir(join(folder, 'outside'));
    await mkdir(join(folder, 'out'));
    await symlink(join(folder, 'outside'), join(folder, 'out', 'in'));
    const linked = await cli(['job', 'download', jobId, 'in', '-o', 'out']);
    expect([linked.code, linked.err]).toEqual([1, expect.stringContaining('is no folder')]);
    expect(await readdir(join(folder, 'outside'))).toEqual([]);
    const part = `.y.txt.${sha256Of(Buffer.from('Y')).slice(0, 16)}.node3-part`;
    await symlink(join(folder, 'outside', 'new.txt'), join(folder, 'out', part));
    expect((await cli(['job', 'download', jobId, 'y.txt', '-o', 'out'])).code).not.toBe(0);
    expect(await readdir(join(folder, 'outside'))).toEqual([]);
    await writeFile(join(folder, 'y.txt'), 'mine');
    const taken = await cli(['job', 'download', jobId, 'y.txt']);
    expect([taken.code, taken.err]).toEqual([1, expect.stringContaining('is another file')]);
    expect(await readFile(join(folder, 'y.txt'), 'utf8')).toBe('mine');
  });
});

describe('node3 usage', () => {
  it('sums ended jobs, for people and for spreadsheets', async () => {
    const none = await cli(['usage']);
    expect([none.code, none.out, none.err]).toEqual([
      0,
      '',
      expect.stringMatching('No jobs ended'),
    ]);
    await jobWith({}, '--label', 'team=vision');
    const { keyId } = await usedKey();
    const rows = await cli(['usage', '--by', 'key', '--csv']);
    const titles = 'day,keyId,gpu,label,jobs,gpuMs,runMs,charged,asset';
    // No job runs for longer than between its start and its end at the marketplace.
    const shown = rows.out.replace(/,\d{1,2},"0/, ',ms,"0');
    expect(shown).toBe(`${titles}\n,"${keyId}",,,1,0,ms,"0.00105","SOL"\n`);
    expect((await cli(['--json', 'usage'])).out).toContain('"amount":"0.00105"');
    expect((await cli(['usage', '--by', 'week'])).code).toBe(2);
    const labelled = await cli(['usage', '--label', 'team', '--csv']);
    expect(labelled.out.replace(/,\d{1,2},"0/, ',ms,"0')).toBe(
      `${titles}\n,,,"vision",1,0,ms,"0.00105","SOL"\n`,
    );
    const unnamed = await cli(['usage', '--by', 'label']);
    expect([unnamed.code, unnamed.err]).toEqual([2, expect.stringContaining('label=team')]);
  });
});

async function usedKey(): Promise<{ keyId: string }> {
  const { key } = await owner.client.call(getCaps, {});
  return { keyId: key?.keyId ?? '' };
}
