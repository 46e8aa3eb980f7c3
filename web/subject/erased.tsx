import { Heading } from "../shared/controls.tsx";
import { Frame } from "../shared/frame.tsx";
import { useFile } from "../shared/file.ts";
import { useTexts } from "../shared/language.tsx";
import { Done } from "../shared/states.tsx";

/** What is left after an erasure: its certificate, here and nowhere else. */
export function Erased({ certificate }: { readonly certificate: string | null }) {
  const { consent } = useTexts();
  const saved = useFile(certificate ?? "");
  return (
    <Frame>
      <Heading focus>{consent.erased}</Heading>
      <Done>
        <p>{consent.erasedMore}</p>
      </Done>
      {certificate === null ? null : (
        <a className="button first" href={saved} download="erasure-certificate.jws">
          {consent.certificate}
        </a>
      )}
    </Frame>
  );
}
