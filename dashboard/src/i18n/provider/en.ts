import { enAgent } from './en-agent.ts';
import { enPolicy } from './en-policy.ts';

export const en = { ...enAgent, ...enPolicy };
