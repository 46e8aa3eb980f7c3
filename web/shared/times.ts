/** The reader's own way to write days in a language: en-GB rather than en, where they have it. */
function wayOf(language: string): string {
  return navigator.languages.find((one) => one.startsWith(`${language}-`)) ?? language;
}

/** What a language is called in another: `nl` in English is Dutch. */
export function showLanguage(of: string, language: string): string {
  return new Intl.DisplayNames([language], { type: "language" }).of(of) ?? of;
}

/** A day, in the reader's language and place. */
export function showDay(at: number | string, language: string): string {
  return new Intl.DateTimeFormat(wayOf(language), { dateStyle: "long" }).format(new Date(at));
}

/** A day and a time of it. */
export function showMoment(at: number | string, language: string): string {
  const style = { dateStyle: "long", timeStyle: "short" } as const;
  return new Intl.DateTimeFormat(wayOf(language), style).format(new Date(at));
}

/** A time of the day. */
export function showTime(at: number, language: string): string {
  return new Intl.DateTimeFormat(language, { timeStyle: "short" }).format(new Date(at));
}
