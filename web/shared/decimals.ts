import { useLanguage } from "./language.tsx";

/** Writes numbers with so many digits behind the point, or the comma, as the reader's language does. */
export function useDecimal(): (value: number, digits: number) => string {
  const language = useLanguage();
  return (value, digits) => {
    const fraction = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    return new Intl.NumberFormat(language, fraction).format(value);
  };
}
