import { enEditor } from './en-editor.ts';
import { enFrame } from './en-frame.ts';
import { enReasons } from './en-reasons.ts';

export const en = { ...enEditor, ...enFrame, ...enReasons };
