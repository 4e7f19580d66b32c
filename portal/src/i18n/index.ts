/**
 * Texts in ten languages. A language is a folder, a part of the console a file in it (a namespace), and each
 * file is loaded when something first asks for it: what waits for it waits in the nearest `Suspense`.
 */

import i18next, { type BackendModule, type ResourceKey } from "i18next";
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

const files = import.meta.glob<ResourceKey>("./locales/*/*.json", { import: "default" });

/** The languages that there are texts in: tag and own name. */
export const OFFERED = Object.entries(LANGUAGES).filter(([tag]) => `./locales/${tag}/common.json` in files);

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

/** Reads a language's texts of a part of the console. */
const backend: BackendModule = {
  type: "backend",
  init: () => {},
  read: async (language, namespace) => (await files[`./locales/${language}/${namespace}.json`]?.()) ?? {},
};

export async function startTexts(): Promise<void> {
  const language = preferredLanguage();
  document.documentElement.lang = language;
  await i18next
    .use(backend)
    .use(initReactI18next)
    .init({
      lng: language,
      load: "currentOnly",
      fallbackLng: false,
      ns: ["common"],
      defaultNS: "common",
      interpolation: { escapeValue: false },
    });
}

/** Null goes back to the browser's language. */
export async function changeLanguage(chosen: string | null): Promise<void> {
  setPreferences({ language: chosen });
  const language = preferredLanguage();
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}
