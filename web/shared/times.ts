/** A day, in the reader's language and place. */
export function showDay(at: number | string, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: "long" }).format(new Date(at));
}

/** A day and a time of it. */
export function showMoment(at: number | string, language: string): string {
  const style = { dateStyle: "long", timeStyle: "short" } as const;
  return new Intl.DateTimeFormat(language, style).format(new Date(at));
}
