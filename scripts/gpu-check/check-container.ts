import type { AgentDevice } from '@node3/agent/gpu/device';
import type { Look } from './check-detection.ts';
import type { Check } from './report.ts';

const name = 'container with one device';

/**
 * Runs a job on each device by the agent's own way and asks inside which devices there are. What
 * runs containers is loaded here and not above, since a bare machine may come without it.
 */
export async function checkContainer(
  look: Look & { devices: readonly AgentDevice[] },
): Promise<Check> {
  const notRun = (sentence: string): Check => ({ name, outcome: 'not run', sentence, facts: {} });
  const devices = look.devices.filter(({ vendor }) => vendor === 'nvidia');
  if (devices.length === 0) return notRun('There is no NVIDIA device to give to a container.');
  const loaded = await import('./device-job.ts').catch((error: unknown) => String(error));
  if (typeof loaded === 'string') return notRun(`What runs containers is not here: ${loaded}`);
  const engine = await loaded.findEngine(look);
  if (typeof engine === 'string') return notRun(engine);
  const facts: Record<string, unknown> = {};
  const wrong: string[] = [];
  for (const device of devices) {
    const seen = await loaded.listDevicesInside(engine, device);
    facts[device.id] = seen;
    if (seen.length !== 1 || seen[0] !== device.id) wrong.push(device.id);
  }
  return wrong.length === 0
    ? { name, outcome: 'passed', sentence: 'Each job sees exactly its device.', facts }
    : { name, outcome: 'failed', sentence: `Not exactly its device: ${wrong.join(', ')}.`, facts };
}
