import type { Env } from '@node3/shared/env';
import pico from 'picocolors';
import type { Output } from '../host.ts';

export type Paint = ReturnType<typeof pico.createColors>;

export interface ColourChoice {
  /** `--no-color` was given. */
  refused: boolean;
  env: Env;
  output: Output;
}

/** NO_COLOR and --no-color refuse, FORCE_COLOR forces, otherwise a capable terminal decides. */
export function wantsColour(choice: ColourChoice): boolean {
  if (choice.refused || (choice.env['NO_COLOR'] ?? '') !== '') return false;
  const force = choice.env['FORCE_COLOR'] ?? '';
  if (force !== '') return force !== '0';
  return choice.output.isTty && choice.env['TERM'] !== 'dumb';
}

export function createPaint(choice: ColourChoice): Paint {
  return pico.createColors(wantsColour(choice));
}
