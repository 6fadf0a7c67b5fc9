import type { en } from './en.ts';
import { esAgent } from './es-agent.ts';
import { esPolicy } from './es-policy.ts';

export const es: Record<keyof typeof en, string> = { ...esAgent, ...esPolicy };
