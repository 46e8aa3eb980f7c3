/** A count as it is written in a language. */
export function showCount(count: number, language: string): string {
  return new Intl.NumberFormat(language).format(count);
}

/** A size in bytes, in the largest unit that leaves something before the point. */
export function showBytes(bytes: number, language: string): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;
  const place = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const style = { style: "unit", unit: units[place] ?? "byte", unitDisplay: "short" } as const;
  const digits = place === 0 ? 0 : 1;
  const format = new Intl.NumberFormat(language, { ...style, maximumFractionDigits: digits });
  return format.format(bytes / 1000 ** place);
}

/** A length of time, in its largest unit. */
export function showSeconds(seconds: number, language: string): string {
  const steps = [
    ["hour", 3600],
    ["minute", 60],
    ["second", 1],
  ] as const;
  const [unit, length] = steps.find(([, length]) => seconds >= 1.5 * length) ?? steps[2];
  const style = { style: "unit", unit, unitDisplay: "long", maximumFractionDigits: 0 } as const;
  return new Intl.NumberFormat(language, style).format(Math.max(1, seconds / length));
}
