import { daysOfSpells, firstUptimeDayMs, type PresenceRecord } from '../../domain/uptime.ts';
import type { AgentContact, AgentStore } from '../agent-store.ts';
import type { Database } from './database.ts';
import type { Tx, Work } from './work.ts';

const addToDay = `
  INSERT INTO agent_days (agent_id, day_start_ms, present_ms)
  VALUES (@agentId, @startMs, @presentMs)
  ON CONFLICT (agent_id, day_start_ms)
  DO UPDATE SET present_ms = agent_days.present_ms + excluded.present_ms`;
const forgetDays = 'DELETE FROM agent_days WHERE agent_id = @agentId AND day_start_ms < @beforeMs';
const selectKnown = `
  SELECT presence_from_ms, last_seen_at_ms FROM agents
  WHERE agent_id = ? AND presence_from_ms IS NOT NULL AND last_seen_at_ms IS NOT NULL`;
const selectDays = `
  SELECT day_start_ms, present_ms FROM agent_days
  WHERE agent_id = ? AND day_start_ms >= ? ORDER BY day_start_ms`;

/** With each go the days that no page shows any more. */
export function* addSpellsIn(tx: Tx, { agentId, spells }: AgentContact): Work<void> {
  const days = daysOfSpells(spells);
  for (const { startMs, presentMs } of days) {
    yield* tx.post(addToDay, { agentId, startMs, presentMs });
  }
  const last = days.at(-1);
  if (last === undefined) return;
  yield* tx.post(forgetDays, { agentId, beforeMs: firstUptimeDayMs(last.startMs) });
}

export function createAgentDays(database: Database): Pick<AgentStore, 'agentPresence'> {
  return {
    agentPresence(agentId, sinceDayMs) {
      return database.read(function* (tx): Work<PresenceRecord | null> {
        type Known = { presence_from_ms: bigint; last_seen_at_ms: bigint };
        const known = yield* tx.get<Known>(selectKnown, agentId);
        if (known === undefined) return null;
        type Day = { day_start_ms: bigint; present_ms: bigint };
        const days = yield* tx.all<Day>(selectDays, agentId, sinceDayMs);
        return {
          knownFromMs: Number(known.presence_from_ms),
          countedToMs: Number(known.last_seen_at_ms),
          days: days.map((day) => ({
            startMs: Number(day.day_start_ms),
            presentMs: Number(day.present_ms),
          })),
        };
      });
    },
  };
}
