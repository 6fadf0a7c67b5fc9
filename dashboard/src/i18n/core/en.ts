import { enFrame } from './en-frame.ts';
import { enReasons } from './en-reasons.ts';

export const en = { ...enFrame, ...enReasons };
