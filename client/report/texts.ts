// Words of the pages. What a pack says comes first; words that belong to the application itself are in words.<language>.json.
import type fromPack from "./from-pack.json";
import welsh from "./words.cy.json";
import interfaceWords from "./words.en.json";
import type { Pack } from "./pack.ts";

/** Texts that only a pack has are listed in from-pack.json; a test holds the bundled pack to the list. */
export type Key = keyof typeof interfaceWords | keyof typeof fromPack;
export type Fills = Readonly<Record<string, string | number>>;
export type Texts = (key: Key, fills?: Fills) => string;

// Languages

/** What the pages are written in, each by its own name. Both come with the page: which one is read, no server learns. */
export const LANGUAGES = { en: "English", cy: "Cymraeg" } as const;
export type Language = keyof typeof LANGUAGES;

const WORDS: Readonly<Record<Language, Readonly<Record<string, string>>>> = { en: interfaceWords, cy: welsh };
const LOCALES: Readonly<Record<Language, string>> = { en: "en-GB", cy: "cy-GB" };
let locale = LOCALES.en;

export function isLanguage(language: string): language is Language {
  return language in LANGUAGES;
}

/** From here on, days and sizes read as this language writes them. */
export function writeIn(language: Language): void {
  locale = LOCALES[language];
}

/** Texts by key, `{name}` filled in, in the language of the pack. */
export function texts(pack: Pack | undefined): Texts {
  const language = pack?.language ?? "en";
  const own = WORDS[isLanguage(language) ? language : "en"];
  return (key, fills = {}) => {
    const source = pack?.texts[key] ?? own[key];
    if (source === undefined) throw new Error(`There is no text "${key}".`);
    return source.replace(/\{([a-z-]+)\}/g, (all, name: string) => String(fills[name] ?? all));
  };
}

// Days

// The day of the institution, not of the device. All institutions so far are in the United Kingdom.
const ZONE = "Europe/London";

/** Today as `YYYY-MM-DD`. */
export function today(now = new Date()): string {
  return new Intl.DateTimeFormat("en-CA", {
    timeZone: ZONE,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  }).format(now);
}

export function addDays(day: string, days: number): string {
  const date = new Date(`${day}T12:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

// Written out: most browsers come without Welsh names of days and months.
const DYDDIAU = "Sul Llun Mawrth Mercher Iau Gwener Sadwrn".split(" ");
const MISOEDD = "Ionawr Chwefror Mawrth Ebrill Mai Mehefin Gorffennaf Awst Medi Hydref Tachwedd Rhagfyr".split(" ");

/** "Sunday 20 December 2026". */
export function longDay(day: string): string {
  const date = new Date(`${day}T12:00:00Z`);
  if (locale === LOCALES.cy)
    return `Dydd ${DYDDIAU[date.getUTCDay()]} ${date.getUTCDate()} ${MISOEDD[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
  const part = (options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat(locale, { timeZone: "UTC", ...options }).format(date);
  return `${part({ weekday: "long" })} ${part({ day: "numeric", month: "long", year: "numeric" })}`;
}

/** "4 KB", "1.5 MB". */
export function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  const kb = bytes / 1024;
  return kb < 1000 ? `${Math.ceil(kb)} KB` : `${Number((kb / 1024).toFixed(1))} MB`;
}
