import { enFleet } from './en-fleet.ts';
import { enShared } from './en-shared.ts';

export const en = { ...enShared, ...enFleet };
