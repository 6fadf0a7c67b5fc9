import type { en } from './en.ts';
import { esFleet } from './es-fleet.ts';
import { esShared } from './es-shared.ts';

export const es: Record<keyof typeof en, string> = { ...esShared, ...esFleet };
