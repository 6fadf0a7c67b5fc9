import type { en } from './en.ts';
import { esDetail } from './es-detail.ts';
import { esList } from './es-list.ts';
import { esLog } from './es-log.ts';

export const es: Record<keyof typeof en, string> = { ...esList, ...esDetail, ...esLog };
