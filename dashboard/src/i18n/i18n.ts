import { createInstance, type i18n } from 'i18next';
import { initReactI18next } from 'react-i18next';
import { areaTexts, type LanguageCode, type Texts } from './area-texts.ts';

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: Texts };
    keySeparator: false;
    nsSeparator: false;
  }
}

const storageKey = 'node3.language';

function isLanguage(value: string | null | undefined): value is LanguageCode {
  return value === 'en' || value === 'es';
}

/** `?lang` wins over the saved choice, which wins over what the browser prefers. */
export function chooseLanguage(
  search: string,
  saved: string | null,
  preferred: readonly string[],
): LanguageCode {
  const asked = new URLSearchParams(search).get('lang');
  if (isLanguage(asked)) return asked;
  if (isLanguage(saved)) return saved;
  const known = preferred.map((tag) => tag.slice(0, 2).toLowerCase()).find(isLanguage);
  return known ?? 'en';
}

export function readSavedLanguage(): string | null {
  try {
    return localStorage.getItem(storageKey);
  } catch {
    // Storage may be switched off; the choice then lasts as long as the page.
    return null;
  }
}

export async function startI18n(language: LanguageCode): Promise<i18n> {
  const instance = createInstance();
  await instance.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'en',
    keySeparator: false,
    nsSeparator: false,
    // React escapes text by itself.
    interpolation: { escapeValue: false },
    resources: {},
    // A page that shows a key instead of a text is a defect of ours; browser tests fail on it.
    saveMissing: true,
    missingKeyHandler: (_languages, _area, key) => reportError(new Error(`No text for ${key}.`)),
  });
  await areaTexts.attach(instance, language);
  document.documentElement.lang = language;
  return instance;
}

export async function switchLanguage(instance: i18n, language: LanguageCode): Promise<void> {
  await areaTexts.load(language);
  await instance.changeLanguage(language);
  document.documentElement.lang = language;
  try {
    localStorage.setItem(storageKey, language);
  } catch {
    // Storage may be switched off; the choice then lasts as long as the page.
  }
}
