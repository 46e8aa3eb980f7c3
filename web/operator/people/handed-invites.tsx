import { useEffect, useState } from "react";
import { Button } from "../../shared/controls.tsx";
import { useLanguage } from "../../shared/language.tsx";
import { Failure, useAction } from "../../shared/states.tsx";
import { showDay } from "../../shared/times.ts";
import { useWords } from "../../shared/words.ts";
import { useCollection } from "../collection.tsx";
import { saveFile } from "../parts/save-file.ts";
import { assent } from "../service.ts";
import { invites } from "../texts/invites.ts";
import type { Made } from "./new-invites.tsx";

/** Invites to hand over, on the screen and as a PDF; nobody can show them again. */
export function HandedInvites(of: { readonly made: Made; readonly onClose: () => void }) {
  const words = useWords(invites);
  const language = useLanguage();
  const { id: collection } = useCollection();
  const print = useAction(async () => {
    const tokens = of.made.flatMap(({ token }) => (token === null ? [] : [token]));
    const pdf = await assent.printInvites({ collection, tokens, language });
    saveFile(await pdf.whole(), pdf.name ?? "invites.pdf");
  });
  return (
    <section className="card">
      <h2>{words.handedTitle}</h2>
      <p>{words.handedWhat}</p>
      {print.error ? <Failure error={print.error} /> : null}
      <div className="row">
        <Button busy={print.busy} onPress={print.run}>
          {words.pdf}
        </Button>
        <Button look="second" onPress={of.onClose}>
          {words.putAway}
        </Button>
      </div>
      <ul className="posters">
        {of.made.map(({ id, link, qr, expiresAt }, index) => (
          <li key={id} className="poster">
            <h3>{words.one(index + 1)}</h3>
            {qr === null ? null : <Qr svg={qr} alt={words.qrAlt(index + 1)} />}
            <p className="small">{words.until(showDay(expiresAt, language))}</p>
            <code>{link}</code>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** An SVG as a picture: nothing in it can run. */
function Qr({ svg, alt }: { readonly svg: string; readonly alt: string }) {
  const [address, setAddress] = useState<string | null>(null);
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [svg]);
  return address === null ? null : <img src={address} alt={alt} />;
}
