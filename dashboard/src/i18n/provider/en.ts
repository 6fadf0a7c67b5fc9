import { enAgent } from './en-agent.ts';
import { enMachine } from './en-machine.ts';
import { enPolicy } from './en-policy.ts';
import { enSaid } from './en-said.ts';

export const en = { ...enAgent, ...enMachine, ...enPolicy, ...enSaid };
