import { enDetail } from './en-detail.ts';
import { enList } from './en-list.ts';
import { enLog } from './en-log.ts';

export const en = { ...enList, ...enDetail, ...enLog };
