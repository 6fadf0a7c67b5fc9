import type { CommandRunner } from '../command-runner.ts';
import type { DeviceSample } from '../telemetry.ts';
import { sampleOfAmdSmi, sampleOfRocm } from './amd-telemetry.ts';
import {
  type AmdAnswer,
  mapRead,
  type Parsed,
  readAmdgpuTop,
  readAmdMetrics,
  readRocm,
} from './amd-tool.ts';

/** What a tool measured of the card it numbers so. */
export interface ToolSample {
  index: number;
  sampleAs: (uuid: string) => DeviceSample;
}

/** Telemetry by the tool that listed the cards, for machines whose `/sys` has none. */
export async function sampleByTool(
  runner: CommandRunner,
  tool: AmdAnswer['tool'],
  signal: AbortSignal,
): Promise<Parsed<ToolSample[]>> {
  switch (tool) {
    case 'amd-smi': {
      const answer = await readAmdMetrics(runner, signal);
      return mapRead(answer, (cards) =>
        cards.map((card) => ({
          index: card.index,
          sampleAs: (uuid) => sampleOfAmdSmi(card, uuid),
        })),
      );
    }
    case 'rocm-smi': {
      const answer = await readRocm(runner, signal);
      return mapRead(answer, ({ cards }) =>
        cards.map((card) => ({ index: card.index, sampleAs: (uuid) => sampleOfRocm(card, uuid) })),
      );
    }
    case 'amdgpu_top': {
      const answer = await readAmdgpuTop(runner, signal);
      return mapRead(answer, (cards) =>
        cards.map(({ metrics }) => ({
          index: metrics.index,
          sampleAs: (uuid) => sampleOfAmdSmi(metrics, uuid),
        })),
      );
    }
    // rocminfo measures nothing.
    case 'rocminfo':
    case null:
      return { kind: 'missing' };
    default:
      return tool satisfies never;
  }
}
