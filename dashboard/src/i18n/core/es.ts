import type { en } from './en.ts';
import { esEditor } from './es-editor.ts';
import { esFrame } from './es-frame.ts';
import { esReasons } from './es-reasons.ts';

export const es: Record<keyof typeof en, string> = { ...esEditor, ...esFrame, ...esReasons };
