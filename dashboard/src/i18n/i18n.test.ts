import { describe, expect, it } from 'vitest';
import { en } from './en.ts';
import { es } from './es.ts';
import { chooseLanguage } from './i18n.ts';

const placeholders = (text: string) =>
  [...text.matchAll(/\{\{\s*(\w+)[^}]*\}\}|<\/?\d+>/g)].map((match) => match[1] ?? match[0]).sort();

describe('catalogues', () => {
  it('have the same keys in every language', () => {
    expect(Object.keys(es).sort()).toEqual(Object.keys(en).sort());
  });

  it('have the same placeholders in every language', () => {
    for (const [key, text] of Object.entries(en)) {
      expect(placeholders(es[key as keyof typeof en]), key).toEqual(placeholders(text));
    }
  });

  it('have no empty text', () => {
    for (const [key, text] of [...Object.entries(en), ...Object.entries(es)]) {
      expect(text.trim(), key).not.toBe('');
    }
  });
});

describe('chooseLanguage', () => {
  it('takes the address first, then the saved choice, then the browser', () => {
    expect(chooseLanguage('?lang=es', 'en', ['en-GB'])).toBe('es');
    expect(chooseLanguage('?lang=xx', 'es', ['en-GB'])).toBe('es');
    expect(chooseLanguage('', null, ['fr-FR', 'es-MX', 'en'])).toBe('es');
    expect(chooseLanguage('', 'xx', ['fr-FR'])).toBe('en');
  });
});
