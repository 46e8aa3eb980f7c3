import { createContext, type ReactNode, use, useEffect, useState } from "react";
import { I18nProvider } from "react-aria-components";
import { en } from "../texts/en.ts";
import { nl } from "../texts/nl.ts";
import type { Texts } from "../texts/texts.ts";

/** Every language of the screens. A new one is a file beside these and a line here. */
const LANGUAGES = { en, nl } satisfies Readonly<Record<string, Texts>>;

export type Language = keyof typeof LANGUAGES;

interface Chosen {
  readonly language: Language;
  readonly texts: Texts;
  readonly choose: (language: Language) => void;
}

const Context = createContext<Chosen>({ language: "en", texts: en, choose: () => undefined });
const KEPT = "assent-language";

/** Gives what is inside its words; a choice is kept in this browser alone. */
export function LanguageProvider({ children }: { readonly children: ReactNode }) {
  const [language, setLanguage] = useState(startingLanguage);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const choose = (wanted: Language): void => {
    localStorage.setItem(KEPT, wanted);
    setLanguage(wanted);
  };
  return (
    <I18nProvider locale={language}>
      <Context value={{ language, texts: LANGUAGES[language], choose }}>{children}</Context>
    </I18nProvider>
  );
}

/** The words of the chosen language. */
export function useTexts(): Texts {
  return use(Context).texts;
}

/** Which language was chosen. */
export function useLanguage(): Language {
  return use(Context).language;
}

/** A button for each language but the one in use, named in its own words. */
export function LanguageChoice() {
  const { language, choose } = use(Context);
  return (
    <>
      {Object.entries(LANGUAGES)
        .filter(([code]) => code !== language)
        .map(([code, texts]) => (
          <button
            key={code}
            type="button"
            className="link"
            lang={code}
            onClick={() => choose(code as Language)}
          >
            {texts.ownName}
          </button>
        ))}
    </>
  );
}

function startingLanguage(): Language {
  const wanted = [localStorage.getItem(KEPT), ...navigator.languages]
    .map((tag) => tag?.slice(0, 2) ?? "")
    .find((tag): tag is Language => Object.hasOwn(LANGUAGES, tag));
  return wanted ?? "en";
}
