import { join } from 'node:path';
import { DailyLog } from '@node3/shared/daily-log';
import { createLogger, type Logger } from '@node3/shared/logger';
import { readLogLevel } from '@node3/shared/read-log-level';
import { agentLimits } from './agent-limits.ts';
import type { AgentConfig } from './config.ts';
import { readLogFormat } from './env.ts';
import { systemHostClock } from './host-clock.ts';

/** The log of an agent: to standard error, and to files of one day each in its data folder. */
export function openAgentLog({ dataDir, environment }: AgentConfig): Logger {
  const file = new DailyLog({
    folder: join(dataDir, 'logs'),
    name: 'node3_agent',
    clock: systemHostClock,
    fileBytesMax: agentLimits.logFileBytes,
    filesBytesMax: agentLimits.logFilesBytes,
    daysMax: agentLimits.logDays,
  });
  const level = readLogLevel(environment, 'info');
  return createLogger({ name: 'agent', level, format: readLogFormat(environment), file });
}
