import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Command, type CommandRunner, createCommandRunner } from '../command-runner.ts';
import { smiRow } from '../testing/smi-row.ts';
import { createStubTools, type StubTools } from '../testing/stub-tool.ts';
import { telemetryFields } from './nvidia-telemetry.ts';
import { SmiStream } from './smi-stream.ts';

let tools: StubTools;
let stream: SmiStream;
const clock = new ManualClock();
beforeEach(() => {
  tools = createStubTools();
  const runner = createCommandRunner({ environment: tools.environment });
  stream = new SmiStream({ runner, clock });
});
afterEach(async () => {
  await stream.close();
  tools.remove();
});

const row = (uuid: string, watts: number, unknown: Parameters<typeof smiRow>[1] = []) =>
  smiRow({ uuid, 'power.draw': watts, 'clocks_throttle_reasons.active': '0x40' }, unknown);

describe('streamed telemetry', () => {
  it('keeps the newest sample of each card, with its age', async () => {
    tools.add(
      'nvidia-smi',
      `echo "${row('GPU-1', 100)}"; echo "${row('GPU-2', 200)}"; echo "${row('GPU-1', 300)}"
       exec sleep 1000`,
    );
    expect(stream.state()).toBe('down');
    stream.start();
    expect(stream.state()).toBe('waiting');
    await expect
      .poll(() => stream.samples().map(({ uuid, metrics }) => [uuid, metrics.powerWatts.value]))
      .toEqual([
        ['GPU-1', 300],
        ['GPU-2', 200],
      ]);
    clock.advance(1_500);
    expect(stream.state()).toBe('measuring');
    expect(stream.samples()[0]).toMatchObject({ ageMs: 1_500, slowdowns: ['hardware-thermal'] });
  });

  it('drops a field that the driver does not know, and begins again at once', async () => {
    tools.add(
      'nvidia-smi',
      `echo "$*" >>${tools.directory}/calls
       case "$*" in
         *clocks_event*) echo 'Field "clocks_event_reasons.active" is not a valid field to query.'; exit 2 ;;
         *) echo "${row('GPU-1', 100, ['clocks_event_reasons.active'])}"; exec sleep 1000 ;;
       esac`,
    );
    await expect
      .poll(() => {
        stream.start();
        return stream.samples().length;
      })
      .toBe(1);
    expect(readFileSync(join(tools.directory, 'calls'), 'utf8').trim().split('\n')).toHaveLength(2);
  });

  it('says what is wrong with a tool that ends, and waits longer each time', async () => {
    tools.add('nvidia-smi', `echo x >>${tools.directory}/calls; echo "GPU is lost"; exit 15`);
    const calls = () => readFileSync(join(tools.directory, 'calls'), 'utf8').length / 2;
    stream.start();
    await expect.poll(() => stream.problems()).toMatchObject([{ code: 'gpu-lost' }]);
    await expect.poll(() => stream.state()).toBe('down');
    stream.start();
    expect(stream.state()).toBe('down');
    clock.advance(1_000);
    stream.start();
    await expect.poll(() => stream.state()).toBe('down');
    clock.advance(1_000);
    stream.start();
    expect(stream.state()).toBe('down');
    expect(calls()).toBe(2);
  });

  it('counts a tool that goes silent as hung', async () => {
    const commands: Command[] = [];
    const runner: CommandRunner = {
      async run(command) {
        commands.push(command);
        command.stream?.onLine(row('GPU-1', 100));
        return { kind: 'timed-out', timeoutMs: 5_000 };
      },
    };
    const silent = new SmiStream({ runner, clock });
    silent.start();
    await expect.poll(() => silent.problems()).toMatchObject([{ code: 'tool-timeout' }]);
    expect(commands[0]?.args[0]?.split(',')).toHaveLength(telemetryFields.length);
    expect(commands[0]?.stream?.silenceMsMax).toBe(5_000);
  });
});
