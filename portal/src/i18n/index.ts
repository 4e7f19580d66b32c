/** Texts in ten languages. Each language is one file that is loaded when it is chosen. */

import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { preferences, setPreferences } from "~/app/preferences";

/** Tag of each language and its own name. */
export const LANGUAGES: Record<string, string> = {
  "en-US": "English",
  "zh-CN": "简体中文",
  "zh-TW": "繁體中文",
  "de-DE": "Deutsch",
  "es-ES": "Español",
  "fr-FR": "Français",
  "ko-KR": "한국어",
  "pt-BR": "Português (Brasil)",
  "ru-RU": "Русский",
  "tr-TR": "Türkçe",
};

type Catalogue = Record<string, Record<string, unknown>>;

const catalogues = import.meta.glob<{ default: Catalogue }>("./locales/*.ts");

/** The language that was chosen before, else the first of the browser's that there is, else English. */
export function preferredLanguage(wanted: readonly string[] = navigator.languages): string {
  const chosen = preferences().language;
  if (chosen && chosen in LANGUAGES) return chosen;
  for (const tag of wanted) {
    const exact = Object.keys(LANGUAGES).find((known) => known.toLowerCase() === tag.toLowerCase());
    if (exact) return exact;
    if (/^zh-(hant|hk|mo)/i.test(tag)) return "zh-TW";
    const primary = tag.split("-")[0]?.toLowerCase();
    const similar = Object.keys(LANGUAGES).find((known) => known.split("-")[0] === primary);
    if (similar) return similar;
  }
  return "en-US";
}

async function load(language: string): Promise<void> {
  const catalogue = await catalogues[`./locales/${language}.ts`]?.();
  for (const [namespace, texts] of Object.entries(catalogue?.default ?? {})) {
    i18next.addResourceBundle(language, namespace, texts, true, true);
  }
  document.documentElement.lang = language;
}

export async function startTexts(): Promise<void> {
  const language = preferredLanguage();
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    defaultNS: "common",
    resources: {},
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
  });
  await load(language);
}

export async function changeLanguage(language: string): Promise<void> {
  setPreferences({ language });
  await load(language);
  await i18next.changeLanguage(language);
}
