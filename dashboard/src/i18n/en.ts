import { enAgent } from './en-agent.ts';
import { enExplain } from './en-explain.ts';
import { enFrame } from './en-frame.ts';
import { enJobs } from './en-jobs.ts';
import { enPolicy } from './en-policy.ts';
import { enReasons } from './en-reasons.ts';

export const en = { ...enFrame, ...enJobs, ...enAgent, ...enExplain, ...enReasons, ...enPolicy };
