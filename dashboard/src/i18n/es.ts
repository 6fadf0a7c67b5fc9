import { esAgent } from './es-agent.ts';
import { esExplain } from './es-explain.ts';
import { esFrame } from './es-frame.ts';
import { esJobs } from './es-jobs.ts';
import { esPolicy } from './es-policy.ts';
import { esReasons } from './es-reasons.ts';
import type { Catalogue } from './i18n.ts';

export const es: Catalogue = {
  ...esFrame,
  ...esJobs,
  ...esAgent,
  ...esExplain,
  ...esReasons,
  ...esPolicy,
};
