import { createInstance } from 'i18next';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Area, AreaTexts, catalogues } from './area-texts.ts';
import { chooseLanguage } from './i18n.ts';

const placeholders = (text: string) =>
  [...text.matchAll(/\{\{\s*(\w+)[^}]*\}\}|<\/?\d+>/g)].map((match) => match[1] ?? match[0]).sort();
const areas = Object.keys(catalogues) as Area[];

describe.each(areas)('the catalogue of %s', (area) => {
  let en: Record<string, string>;
  let es: Record<string, string>;
  beforeAll(async () => {
    [en, es] = await Promise.all([catalogues[area].en(), catalogues[area].es()]);
  });

  it('has the same keys in every language', () => {
    expect(Object.keys(es).sort()).toEqual(Object.keys(en).sort());
  });

  it('has the same placeholders in every language', () => {
    for (const [key, text] of Object.entries(en)) {
      expect(placeholders(es[key] ?? ''), key).toEqual(placeholders(text));
    }
  });

  it('has no empty text', () => {
    for (const [key, text] of [...Object.entries(en), ...Object.entries(es)]) {
      expect(text.trim(), key).not.toBe('');
    }
  });
});

describe('areas', () => {
  it('share no key, or the order of loading would decide', async () => {
    const loaded = await Promise.all(areas.map((area) => catalogues[area].en()));
    const keys = loaded.flatMap((texts) => Object.keys(texts));
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  });

  it('come in the language in force, and all again in another one', async () => {
    const texts = new AreaTexts();
    const instance = createInstance();
    await instance.init({ lng: 'es', keySeparator: false, nsSeparator: false, resources: {} });
    await texts.attach(instance, 'es');
    await texts.need(['jobs']);
    expect(instance.t('jobs.column.state')).toBe('Estado');
    await texts.load('en');
    await instance.changeLanguage('en');
    expect(instance.t('jobs.column.state')).toBe('State');
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
