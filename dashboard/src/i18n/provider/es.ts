import type { en } from './en.ts';
import { esAgent } from './es-agent.ts';
import { esMachine } from './es-machine.ts';
import { esPolicy } from './es-policy.ts';
import { esSaid } from './es-said.ts';

export const es: Record<keyof typeof en, string> = {
  ...esAgent,
  ...esMachine,
  ...esPolicy,
  ...esSaid,
};
