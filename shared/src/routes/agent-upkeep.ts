import { type Static, Type } from 'typebox';
import { agentLogLevels } from '../agent-log-levels.ts';
import type { RouteContract } from '../contract.ts';
import { localLimits } from '../local-limits.ts';
import { nullable, oneOf, strictObject, Timestamp } from '../schema.ts';
import { SaidValues } from './agent-local.ts';

export const DoctorReport = strictObject({
  runningSince: nullable(Timestamp),
  finishedAt: nullable(Timestamp),
  checks: nullable(
    Type.Array(
      strictObject({
        name: Type.String(),
        state: oneOf(['ok', 'warning', 'failed', 'skipped']),
        sentence: Type.String(),
        fix: nullable(Type.String({ description: 'The command or act that mends it' })),
        code: Type.Optional(
          Type.String({ description: 'For other languages; what has none is told as it is' }),
        ),
        values: Type.Optional(SaidValues),
      }),
      { description: 'Of the last run that ended; null before the first' },
    ),
  ),
  error: nullable(Type.String({ description: 'Why the last run gave no result' })),
});
export type DoctorReport = Static<typeof DoctorReport>;

export const getDoctorReport = {
  method: 'GET',
  url: '/api/v1/local/doctor',
  summary: 'What the doctor found last, and whether it looks again now',
  audience: 'provider',
  tag: 'agent',
  schema: { response: { 200: DoctorReport } },
} as const satisfies RouteContract;

/** It starts a real container, as `node3 agent doctor` does. One runs at a time. */
export const startDoctor = {
  method: 'POST',
  url: '/api/v1/local/doctor',
  summary: 'Let the doctor look at this machine; asked again while it looks, it goes on',
  audience: 'provider',
  tag: 'agent',
  schema: { body: strictObject({}), response: { 202: DoctorReport } },
} as const satisfies RouteContract;

/** `folder` is null where the agent writes no files, as in a test or below another program. */
export const AgentLog = strictObject({
  folder: nullable(Type.String()),
  data: Type.Array(
    strictObject({
      at: Timestamp,
      level: oneOf([...agentLogLevels, 'trace', 'fatal']),
      message: Type.String(),
      fields: Type.String({ description: 'The rest of the line as JSON, secrets removed' }),
    }),
  ),
  isWhole: Type.Boolean({ description: 'false: older lines are in the files alone' }),
});
export type AgentLog = Static<typeof AgentLog>;

export const readAgentLog = {
  method: 'GET',
  url: '/api/v1/local/log',
  summary: 'The last lines of the log of this agent, oldest first',
  audience: 'provider',
  tag: 'agent',
  schema: {
    querystring: strictObject({
      level: Type.Optional(oneOf(agentLogLevels, 'This one and worse')),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: localLimits.agentLogLines })),
    }),
    response: { 200: AgentLog },
  },
} as const satisfies RouteContract;

/** `value` is null for what is not set, and for secrets, of which only `source` is told. */
export const LocalSettings = strictObject({
  dataDir: Type.String(),
  groups: Type.Array(
    strictObject({
      title: Type.String(),
      settings: Type.Array(
        strictObject({
          name: Type.String(),
          about: Type.String(),
          value: nullable(Type.String()),
          source: oneOf(['environment', 'default', 'unset']),
          isSecret: Type.Boolean(),
        }),
      ),
    }),
  ),
});
export type LocalSettings = Static<typeof LocalSettings>;

export const getLocalSettings = {
  method: 'GET',
  url: '/api/v1/local/settings',
  summary: 'What this agent was started with, and where each value comes from',
  audience: 'provider',
  tag: 'agent',
  schema: { response: { 200: LocalSettings } },
} as const satisfies RouteContract;
