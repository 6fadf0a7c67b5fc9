import type { Clock } from '@node3/shared/clock';
import type { NewEvent } from '@node3/shared/events';
import { type MarketSwitch, marketSwitches } from '@node3/shared/market-switch';
import type { SwitchView } from '@node3/shared/routes/switches';
import { toTimestamp } from '@node3/shared/schema';
import type { SwitchStore } from '../store/switch-store.ts';
import type { Intake } from './intake.ts';

interface Deps {
  store: SwitchStore;
  clock: Clock;
  intake: Intake;
}

export function viewSwitches({ intake }: Pick<Deps, 'intake'>): SwitchView[] {
  return marketSwitches.map((name) => viewSwitch(intake, name));
}

function viewSwitch(intake: Intake, name: MarketSwitch): SwitchView {
  const row = intake.switchOf(name);
  if (row === null) return { name, on: false, reason: null, since: null };
  return { name, on: true, reason: row.reason, since: toTimestamp(row.sinceMs) };
}

/** Stored, then in force here; the other replicas hear of it by its event. */
export async function setSwitch(
  deps: Deps,
  name: MarketSwitch,
  { on, reason }: { on: boolean; reason: string },
): Promise<SwitchView> {
  const { store, clock, intake } = deps;
  const nowMs = clock.nowMs();
  const event: NewEvent = {
    name: on ? 'switch.turned-on' : 'switch.turned-off',
    atMs: nowMs,
    actor: 'operator',
    accountId: null,
    jobId: null,
    executionId: null,
    reason: null,
    data: { switch: name, why: reason },
  };
  if (on) await store.turnOn({ name, reason, sinceMs: nowMs }, [event]);
  else await store.turnOff(name, [event]);
  await intake.read();
  return viewSwitch(intake, name);
}
