import { expect, it } from 'vitest';
import { en } from '../../i18n/provider/en.ts';
import { es } from '../../i18n/provider/es.ts';

it.each([
  ['en', en, /compute programs?\b/i, /Games and the desktop/i],
  ['es', es, /programas? de cómputo\b/i, /juegos y el escritorio/i],
] as const)('says in %s that not every program is listed', (_, texts, compute, missing) => {
  for (const key of ['programs', 'programsUnknown', 'programsNone', 'programsOf'] as const) {
    expect(texts[`gpus.${key}`]).toMatch(compute);
  }
  for (const key of ['programsNone', 'programsText'] as const) {
    expect(texts[`gpus.${key}`]).toMatch(missing);
  }
});
