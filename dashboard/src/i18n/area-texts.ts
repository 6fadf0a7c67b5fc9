import type { i18n } from 'i18next';
import type { en as account } from './account/en.ts';
import { en as core } from './core/en.ts';
import type { en as flows } from './flows/en.ts';
import type { en as jobs } from './jobs/en.ts';
import type { en as market } from './market/en.ts';
import type { en as operator } from './operator/en.ts';
import type { en as posting } from './posting/en.ts';
import type { en as provider } from './provider/en.ts';

export const languages = { en: 'English', es: 'Español' } as const;
export type LanguageCode = keyof typeof languages;
export const languageCodes: readonly LanguageCode[] = ['en', 'es'];

type Loaders = Record<LanguageCode, () => Promise<Record<string, string>>>;

/** The texts of each area are loaded with its first page. `core`: what every page needs. */
export const catalogues = {
  core: { en: async () => core, es: async () => (await import('./core/es.ts')).es },
  jobs: {
    en: async () => (await import('./jobs/en.ts')).en,
    es: async () => (await import('./jobs/es.ts')).es,
  },
  posting: {
    en: async () => (await import('./posting/en.ts')).en,
    es: async () => (await import('./posting/es.ts')).es,
  },
  flows: {
    en: async () => (await import('./flows/en.ts')).en,
    es: async () => (await import('./flows/es.ts')).es,
  },
  account: {
    en: async () => (await import('./account/en.ts')).en,
    es: async () => (await import('./account/es.ts')).es,
  },
  market: {
    en: async () => (await import('./market/en.ts')).en,
    es: async () => (await import('./market/es.ts')).es,
  },
  provider: {
    en: async () => (await import('./provider/en.ts')).en,
    es: async () => (await import('./provider/es.ts')).es,
  },
  operator: {
    en: async () => (await import('./operator/en.ts')).en,
    es: async () => (await import('./operator/es.ts')).es,
  },
} as const satisfies Record<string, Loaders>;

export type Area = keyof typeof catalogues;

/** Every text of the web app, by key. */
export type Texts = typeof core &
  typeof jobs &
  typeof posting &
  typeof flows &
  typeof account &
  typeof market &
  typeof provider &
  typeof operator;

/** Which areas' texts are there, so that another language brings the same ones. */
export class AreaTexts {
  readonly #needed = new Set<Area>(['core']);
  #instance: i18n | null = null;

  /** Takes the texts that are needed so far into `instance`, in its language. */
  async attach(instance: i18n, language: LanguageCode): Promise<void> {
    this.#instance = instance;
    await this.load(language);
  }

  /** Loads all texts that are needed so far in another language, before it is switched to. */
  async load(language: LanguageCode): Promise<void> {
    await Promise.all([...this.#needed].map((area) => this.#add(area, language)));
  }

  /** Loads the texts of these areas in the language in force; what is there already costs nothing. */
  async need(areas: readonly Area[]): Promise<void> {
    const missing = areas.filter((area) => !this.#needed.has(area));
    const language = this.#instance?.language;
    if (language === 'en' || language === 'es') {
      await Promise.all(missing.map((area) => this.#add(area, language)));
    }
    // Only what has arrived counts as there: a failed load is tried again with the next page.
    for (const area of missing) this.#needed.add(area);
  }

  async #add(area: Area, language: LanguageCode): Promise<void> {
    this.#instance?.addResourceBundle(
      language,
      'translation',
      await catalogues[area][language](),
      true,
    );
  }
}

export const areaTexts = new AreaTexts();
