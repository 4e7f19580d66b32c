import { describe, expect, it } from "vitest";

type Texts = { [key: string]: string | Texts };

const SOURCE = "en-US";
const PLURAL = /_(zero|one|two|few|many|other)$/;

/** Every text of a file by its whole key. */
function flatten(texts: Texts, prefix = ""): Map<string, string> {
  return new Map(
    Object.entries(texts).flatMap(([key, value]) =>
      typeof value === "string" ? [[prefix + key, value] as const] : [...flatten(value, `${prefix}${key}.`)],
    ),
  );
}

const files = import.meta.glob<Texts>("./locales/*/*.json", { eager: true, import: "default" });
const languages = new Map<string, Map<string, string>>();
for (const [path, texts] of Object.entries(files)) {
  const [, language = "", namespace = ""] = /locales\/([^/]+)\/([^/]+)\.json$/.exec(path) ?? [];
  const all = languages.get(language) ?? new Map<string, string>();
  for (const [key, text] of flatten(texts)) all.set(`${namespace}:${key}`, text);
  languages.set(language, all);
}
const source = languages.get(SOURCE) ?? new Map<string, string>();

/** The key without the suffix of a plural form, where it is one: its other forms are there as well. */
function stem(key: string): string | null {
  const base = key.replace(PLURAL, "");
  return base !== key && source.has(`${base}_other`) ? base : null;
}

/** The keys that a language has to have: one for each of its plural forms. */
function wantedKeys(language: string): Set<string> {
  const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
  return new Set(
    [...source.keys()].flatMap((key) => {
      const base = stem(key);
      if (base === null) return [key];
      // A text of its own for nothing at all may be given in any language.
      const none = source.has(`${base}_zero`) ? [`${base}_zero`] : [];
      return [...forms.map((form) => `${base}_${form}`), ...none];
    }),
  );
}

function variables(text: string): string[] {
  return [...new Set([...text.matchAll(/\{\{\s*([\w.]+)[^}]*\}\}/g)].map(([, name]) => name ?? ""))].sort();
}

describe.each([...languages])("the texts in %s", (language, texts) => {
  it("are there, every one and no other", () => {
    const wanted = wantedKeys(language);
    expect([...wanted].filter((key) => !texts.has(key))).toEqual([]);
    expect([...texts.keys()].filter((key) => !wanted.has(key))).toEqual([]);
  });

  it("are not empty", () => {
    expect([...texts].filter(([, text]) => text.trim() === "").map(([key]) => key)).toEqual([]);
  });

  it("have the variables of the English ones", () => {
    const wrong = [...texts].filter(([key, text]) => {
      const base = key.replace(PLURAL, "");
      const english = source.get(key) ?? source.get(`${base}_other`) ?? "";
      const [has, wants] = [variables(text), variables(english)];
      // A form for exactly one or two things may say so without the number.
      const mayOmit = key !== base && !key.endsWith("_other") ? ["count"] : [];
      // And what is one in English may be 1, 21 and 31 in another language, or 0 and 1.
      const mayAdd = key === base ? [] : ["count"];
      return (
        has.some((name) => !wants.includes(name) && !mayAdd.includes(name)) ||
        wants.some((name) => !has.includes(name) && !mayOmit.includes(name))
      );
    });
    expect(wrong.map(([key]) => key)).toEqual([]);
  });
});
