import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAgentConfig } from '../env.ts';
import { FakeExecutor } from '../executors/fake/fake-executor.ts';
import type { DetectionProblem } from '../gpu/gpu-detector.ts';
import type { InspectedDevice } from '../gpu/inspect-devices.ts';
import { checkExecutors } from './check-container.ts';
import { checkMachine } from './check-machine.ts';
import { checkClock, checkMarketplace } from './check-marketplace.ts';
import { listGpus } from './run-doctor.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'node3-doctor-'));
});
afterEach(() => rm(folder, { recursive: true }));

const config = (env: Record<string, string> = {}) =>
  readAgentConfig({ AGENT_DATA_DIR: folder, ...env }, { hostname: 'h', dashboardDir: null });
const at = (answer: () => Promise<Response>) => ({
  fetch: answer as typeof fetch,
  nowMs: () => 1_800_000_000_000,
  monotonicMs: () => 0,
});

describe('the doctor', () => {
  it('[5.25] names a wrong policy and a wallet that others can read', async () => {
    await writeFile(join(folder, 'policy.json'), '{ "idle": 1 }');
    await writeFile(join(folder, 'wallet.json'), '[]');
    await chmod(join(folder, 'wallet.json'), 0o644);
    const checks = await checkMachine(config());
    expect(checks.filter(({ state }) => state === 'failed')).toEqual([
      expect.objectContaining({
        name: 'policy',
        sentence: expect.stringMatching(
          /policy\.json can not be used\. The policy has no field idle/,
        ),
        fix: 'node3 agent policy edit',
        values: expect.objectContaining({ whyCode: 'policyNoField', field: 'idle' }),
      }),
      expect.objectContaining({ fix: `chmod 600 ${join(folder, 'wallet.json')}` }),
    ]);
  });

  it('does not call a place within a file a folder', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    const [first] = await checkMachine(config({ AGENT_DATA_DIR: join(file, 'data') }));
    expect(first).toMatchObject({ name: 'data folder', state: 'failed' });
    expect(first?.sentence).toBe(`${file} is no folder.`);
  });

  it('calls no GPU well that is at fault', () => {
    const device = (model: string, reason: string | null) =>
      ({ model, health: { state: reason === null ? 'ok' : 'sick', reason } }) as InspectedDevice;
    const problem = { code: 'driver-not-loaded', sentence: 'No driver.', fix: 'Load it.' };
    const said = (devices: InspectedDevice[], problems: DetectionProblem[]) =>
      listGpus({ devices, problems }).map(({ sentence, state }) => `${state}: ${sentence}`);
    expect(said([], [])).toEqual(['ok: No GPU was found.']);
    expect(said([], [problem])).toEqual(['failed: No driver.']);
    expect(said([device('L4', 'It is lost.')], [])).toEqual(['failed: L4: It is lost.']);
    expect(said([device('L4', 'It is lost.'), device('T4', null)], [])).toEqual([
      'failed: L4: It is lost.',
      'ok: T4.',
    ]);
  });

  it('[5.25] names a disk that is below the floor, and a wallet that is not there yet', async () => {
    await writeFile(join(folder, 'policy.json'), '{ "diskFloorBytes": 17592186044416 }');
    const checks = await checkMachine(config());
    expect(checks.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'data folder ok',
      'policy ok',
      'disk failed',
      'wallet warning',
    ]);
  });

  it('names a token that others can read, and a seed’s API that is open to all', async () => {
    const path = join(folder, 'local-token');
    await writeFile(path, 'x'.repeat(43));
    await chmod(path, 0o644);
    const checks = await checkMachine(config({ AGENT_SEED_API_OPEN: 'true' }));
    const found = checks.filter(({ name }) => name === 'local API');
    expect(found.map(({ sentence, state }) => `${state}: ${sentence}`)).toEqual([
      `warning: The token in ${path} could be read by others.`,
      'warning: Every program of this machine can start and stop this agent without its token.',
    ]);
    await chmod(path, 0o600);
    expect((await checkMachine(config())).at(-1)).toMatchObject({ name: 'local API', state: 'ok' });
  });

  it('[5.25] names a marketplace that is unreachable, broken or would be spoken to in the clear', async () => {
    const down = at(() =>
      Promise.reject(
        new TypeError('fetch failed', {
          cause: Object.assign(new Error('no'), { code: 'ECONNREFUSED' }),
        }),
      ),
    );
    const [unreachable] = await checkMarketplace(config(), down);
    expect(unreachable).toMatchObject({
      sentence: 'No marketplace is named, and http://localhost:8000 does not answer: ECONNREFUSED.',
      fix: 'MARKETPLACE_URL=https://…',
    });
    const named = config({ MARKETPLACE_URL: 'https://market.example' });
    expect((await checkMarketplace(named, down))[0]?.fix).toBe(
      'curl -i https://market.example/livez',
    );
    const broken = at(async () => new Response('', { status: 502 }));
    expect((await checkMarketplace(config(), broken))[0]?.sentence).toMatch(/HTTP 502/);
    const sentenceOf = async (answer: () => Promise<Response>) =>
      (await checkMarketplace(config(), at(answer)))[0]?.sentence;
    expect(await sentenceOf(async () => new Response('<html>Sign in</html>'))).toMatch(
      /answers, but not as a marketplace does/,
    );
    const late = new DOMException('The operation was aborted due to timeout', 'TimeoutError');
    expect(await sentenceOf(() => Promise.reject(late))).toMatch(/due to timeout\.$/);
    expect(
      await checkMarketplace(
        config(),
        at(async () => Response.json({ alive: true })),
      ),
    ).toEqual([
      expect.objectContaining({ name: 'marketplace', state: 'ok' }),
      expect.objectContaining({ name: 'clock', state: 'skipped' }),
    ]);
    const clear = config({ MARKETPLACE_URL: 'http://market.example' });
    expect((await checkMarketplace(clear, broken))[0]?.sentence).toMatch(/unencrypted/);
  });

  it('compares the clocks, as exactly as the answer allows', () => {
    const date = new Date(1_800_000_000_000).toUTCString();
    const stateAt = (aheadMs: number) => checkClock(date, 1_800_000_000_000 + aheadMs, 100).state;
    expect([0, 31_000, 32_000, -30_000, -31_000].map(stateAt)).toEqual([
      'ok',
      'ok',
      'failed',
      'ok',
      'failed',
    ]);
    expect(checkClock(null, 0, 0).state).toBe('skipped');
  });

  it('passes on what is wrong with the engine, and starts nothing then', async () => {
    const executor = new FakeExecutor();
    const fix = 'sudo systemctl start docker';
    executor.programProbe({
      available: false,
      problems: [{ code: 'engine_missing', sentence: 'No engine.', fix }],
      isolationEffective: null,
    });
    const look = (native: FakeExecutor | null) =>
      checkExecutors(
        { executor, native, findImage: async () => 'busybox', warmContainers: 1 },
        { devices: [] },
      );
    const said = async (native: FakeExecutor | null) =>
      (await look(native)).map(({ name, state }) => `${name} ${state}`);
    expect(await said(null)).toEqual(['engine failed', 'container skipped']);
    expect((await look(null))[0]?.fix).toBe(fix);
    const native = new FakeExecutor();
    const lack = { code: 'native_users', sentence: 'No users.', fix: 'Make some.' };
    native.programProbe({ available: false, problems: [lack], isolationEffective: null });
    expect(await said(native)).toEqual([
      'engine failed',
      'container skipped',
      'native jobs failed',
    ]);
    native.programProbe({ available: true, problems: [], isolationEffective: null });
    expect(await said(native)).toEqual(['engine warning', 'container skipped', 'native jobs ok']);
  });

  it('only warns of native jobs where the engine runs jobs', async () => {
    const native = new FakeExecutor();
    const lack = { code: 'native_users', sentence: 'No users.', fix: 'Make some.' };
    native.programProbe({ available: false, problems: [lack], isolationEffective: null });
    const findImage = () => Promise.reject(new Error('none'));
    const executor = new FakeExecutor();
    executor.programProbe({ available: true, problems: [], isolationEffective: null });
    const deps = { executor, native, findImage, warmContainers: 0 };
    const checks = await checkExecutors(deps, { devices: [] });
    expect(checks.find(({ name }) => name === 'engine')).toMatchObject({ state: 'ok' });
    expect(checks.find(({ name }) => name === 'native jobs')).toMatchObject({ state: 'warning' });
  });
});
