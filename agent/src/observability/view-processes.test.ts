import { ManualClock } from '@node3/shared/testing/manual-clock';
import { describe, expect, it } from 'vitest';
import { ProcessBoard } from '../execution/process-board.ts';
import { type AgentDevice, healthy } from '../gpu/device.ts';
import type { GpuDetector, GpuProcess } from '../gpu/gpu-detector.ts';
import { viewProcesses } from './view-processes.ts';

const log = { warn: () => undefined } as unknown as ConstructorParameters<
  typeof ProcessBoard
>[0]['log'];

function device(id: string, more: Partial<AgentDevice> = {}): AgentDevice {
  return { id, parentId: null, vendor: 'nvidia', health: healthy, ...more } as AgentDevice;
}

function board(vendor: GpuDetector['vendor'], answers: (() => GpuProcess[] | null)[]) {
  const clock = new ManualClock();
  let asked = 0;
  const detector = {
    vendor,
    processes: async () => {
      const answer = answers[Math.min(asked, answers.length - 1)];
      asked += 1;
      return answer?.() ?? null;
    },
  } as unknown as GpuDetector;
  return {
    clock,
    asked: () => asked,
    board: new ProcessBoard({ clock, log, detectors: [detector] }),
  };
}

const program = (more: Partial<GpuProcess>): GpuProcess => ({
  deviceId: 'GPU-1',
  pid: 1,
  name: 'python3',
  memoryBytes: null,
  ...more,
});

describe('the programs on GPUs', () => {
  it('come with the most memory first, by the last part of their names', async () => {
    const { board: programs } = board('nvidia', [
      () => [
        program({ pid: 7, name: 'C:\\Windows\\explorer.exe' }),
        program({ pid: 8, name: '/opt/my\u202egame\u0007', memoryBytes: 5 }),
        program({ pid: 9, name: null, memoryBytes: 9 }),
        program({ pid: 3, deviceId: 'GPU-of-somebody-else' }),
      ],
    ]);
    expect(viewProcesses(await programs.look(), [device('GPU-1')]).data).toEqual([
      {
        deviceId: 'GPU-1',
        total: 3,
        processes: [
          { pid: 9, name: null, memoryBytes: 9 },
          { pid: 8, name: 'mygame', memoryBytes: 5 },
          { pid: 7, name: 'explorer.exe', memoryBytes: null },
        ],
      },
    ]);
  });

  it('are none where the tool answers so, and unknown where none tells', async () => {
    const told = await board('nvidia', [() => []]).board.look();
    const view = (look: typeof told) =>
      viewProcesses(look, [
        device('GPU-1'),
        device('MIG-1', { parentId: 'GPU-1' }),
        device('card', { vendor: 'intel' }),
      ]).data.map(({ processes, total }) => [total, processes]);
    const unknown = [null, null];
    expect(view(told)).toEqual([[0, []], unknown, unknown]);
    expect(view(await board('nvidia', [() => null]).board.look())).toEqual([
      unknown,
      unknown,
      unknown,
    ]);
    const broken = () => {
      throw new Error('the tool hangs');
    };
    expect(view(await board('nvidia', [broken]).board.look())[0]).toEqual(unknown);
  });

  it('are asked for once in half a minute, however many look', async () => {
    const { asked, board: programs, clock } = board('nvidia', [() => []]);
    await Promise.all([programs.look(), programs.look()]);
    clock.advance(29_999);
    await programs.look();
    expect(asked()).toBe(1);
    clock.advance(1);
    await programs.look();
    expect(asked()).toBe(2);
  });

  it.each([
    ['failed', () => Promise.reject(new Error('the tool hangs'))],
    ['told nothing', () => Promise.resolve(null)],
  ] as const)('are asked for again at once where a tool %s, and of no other', async (_, fail) => {
    const clock = new ManualClock();
    const asked: string[] = [];
    const detectorOf = (vendor: string, answer: () => Promise<GpuProcess[] | null>) => {
      const processes = () => {
        asked.push(vendor);
        return answer();
      };
      return { vendor, processes } as unknown as GpuDetector;
    };
    let isWell = false;
    const detectors = [
      detectorOf('nvidia', () => (isWell ? Promise.resolve([program({})]) : fail())),
      detectorOf('amd', () => Promise.resolve([])),
    ];
    const programs = new ProcessBoard({ clock, log, detectors });
    const firstMs = clock.nowMs();
    const [first] = await Promise.all([programs.look(), programs.look()]);
    expect(asked).toEqual(['nvidia', 'amd']);
    expect([...first.vendors]).toEqual(['amd']);
    isWell = true;
    clock.advance(1_000);
    const second = await programs.look();
    expect(asked).toEqual(['nvidia', 'amd', 'nvidia']);
    expect(second.found.get('GPU-1')).toEqual([program({})]);
    // As old as what the other told.
    expect(second.atMs).toBe(firstMs);
  });

  it('are shown up to a number, with how many there are', async () => {
    const many = Array.from({ length: 100 }, (_, pid) => program({ pid }));
    const { board: programs } = board('nvidia', [() => many]);
    const [shown] = viewProcesses(await programs.look(), [device('GPU-1')]).data;
    expect([shown?.total, shown?.processes?.length]).toEqual([100, 64]);
  });
});
