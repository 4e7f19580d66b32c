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

/** The languages that there are texts in: tag and own name. */
export const OFFERED = Object.entries(LANGUAGES).filter(([tag]) => `./locales/${tag}.ts` in catalogues);

/** The language that was chosen before, else the first of the browser's that there is, else English. */
export function preferredLanguage(wanted: readonly string[] = navigator.languages): string {
  const tags = OFFERED.map(([tag]) => tag);
  const chosen = preferences().language;
  if (chosen && tags.includes(chosen)) return chosen;
  for (const tag of wanted) {
    const exact = tags.find((known) => known.toLowerCase() === tag.toLowerCase());
    if (exact) return exact;
    if (/^zh-(hant|hk|mo)/i.test(tag) && tags.includes("zh-TW")) return "zh-TW";
    const primary = tag.split("-")[0]?.toLowerCase();
    const similar = tags.find((known) => known.split("-")[0] === primary);
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

/** Null goes back to the browser's language. */
export async function changeLanguage(chosen: string | null): Promise<void> {
  setPreferences({ language: chosen });
  const language = preferredLanguage();
  await load(language);
  await i18next.changeLanguage(language);
}
