import { fromProblem, MarketError, toProblem } from '@node3/shared/error';
import { errorCodes } from '@node3/shared/error-codes';
import { createRequestValidator, toFieldProblems } from '@node3/shared/http/request-validator';
import { createInstance } from 'i18next';
import { Type } from 'typebox';
import { beforeAll, describe, expect, it } from 'vitest';
import { formatDuration, formatMoney, formatNumber } from '../format.ts';
import type { LanguageCode } from './area-texts.ts';
import { en } from './core/en.ts';
import { es } from './core/es.ts';
import { errorWords, type Reader } from './use-error-words.ts';

const readers = {} as Record<LanguageCode, Reader>;
beforeAll(async () => {
  for (const [language, texts] of [
    ['en', en],
    ['es', es],
  ] as const) {
    const instance = createInstance();
    await instance.init({
      lng: language,
      keySeparator: false,
      nsSeparator: false,
      interpolation: { escapeValue: false },
      resources: { [language]: { translation: texts } },
    });
    const format: Reader['format'] = {
      language,
      number: (value) => (value === null ? '' : formatNumber(value, language)),
      money: (value) => (value === null ? '' : formatMoney(value, language)),
      duration: (ms) => (ms === null ? '' : formatDuration(ms, language)),
    };
    readers[language] = { t: instance.t, format };
  }
});

/** As a browser gets it. */
const arrived = (error: MarketError) => fromProblem(error.status, toProblem(error, 'req_1'));

describe('what is told of an error', () => {
  it('is in Spanish for every code, title and fix', () => {
    for (const [code, { title, fix }] of Object.entries(errorCodes)) {
      const words = errorWords(
        readers.es,
        arrived(new MarketError(code as keyof typeof errorCodes)),
      );
      expect(words.title, code).not.toBe(title);
      expect(words.fix, code).not.toBe(fix);
      expect(words.title, code).not.toMatch(/^error\./);
      expect(words.details, code).toEqual([]);
    }
  });

  it('says in both languages which address does not answer', () => {
    const address = 'http://127.0.0.1:1';
    const detail = `${address} does not answer.`;
    const error = arrived(new MarketError('MARKETPLACE_UNREACHABLE', { detail, address }));
    const said = (language: LanguageCode) => errorWords(readers[language], error).details;
    expect(said('en')).toEqual([{ text: detail, isForeign: false }]);
    expect(said('es')).toEqual([{ text: `${address} no responde.`, isForeign: false }]);
  });

  it('marks words of the server that no code stands for, and names the fields of the case', () => {
    const detail = 'The job is already cancelled.';
    const error = arrived(new MarketError('JOB_STATE_INVALID', { detail, state: 'cancelled' }));
    expect(errorWords(readers.es, error)).toMatchObject({
      title: 'El job está en un estado que no permite esto',
      details: [{ text: detail, isForeign: true }],
      facts: ['Estado: Cancelado'],
    });
    expect(errorWords(readers.en, error)).toMatchObject({
      details: [{ text: detail, isForeign: false }],
      facts: [],
    });
  });

  it('names limits, waits and missing money where the server has no sentence', () => {
    const limit = arrived(new MarketError('LIMIT_REACHED', { schedules: 20, max: 20 }));
    expect(errorWords(readers.en, limit)).toMatchObject({ details: [], facts: ['Limit: 20'] });
    const funds = new MarketError('FUNDS_INSUFFICIENT', { asset: 'USDC', missing: '1.5' });
    expect(errorWords(readers.es, arrived(funds)).facts).toEqual(['Falta: 1,5 USDC']);
    const rate = new MarketError('RATE_LIMITED', { detail: 'Too fast.', retryAfterSec: 12 });
    expect(errorWords(readers.es, arrived(rate)).facts).toEqual(['Espera: 12 s']);
  });

  it('says of each field in Spanish what rule it breaks', () => {
    const schema = Type.Object(
      { name: Type.String({ minLength: 3 }), count: Type.Integer({ maximum: 5 }) },
      { additionalProperties: false },
    );
    const check = createRequestValidator()({ schema });
    check({ name: 'ab', count: 9, namee: 1 });
    const errors = toFieldProblems(check.errors ?? []);
    const words = errorWords(readers.es, arrived(new MarketError('REQUEST_INVALID', { errors })));
    expect(words.details.toSorted((a, b) => a.text.localeCompare(b.text))).toEqual([
      { text: '/count tiene que ser 5 o menos', isForeign: false },
      { text: '/name tiene que tener al menos 3 caracteres', isForeign: false },
      { text: '/namee no es un campo conocido; ¿querías decir «name»?', isForeign: false },
    ]);
  });

  it('marks what a browser says', () => {
    expect(errorWords(readers.es, new TypeError('Failed to fetch'))).toMatchObject({
      title: 'Algo salió mal en esta página',
      details: [{ text: 'Failed to fetch', isForeign: true }],
    });
  });
});
