import { useState } from "react";
import { Button } from "../shared/controls.tsx";
import { useLanguage, useTexts } from "../shared/language.tsx";
import { Done, Failure, useAction } from "../shared/states.tsx";
import { hasPasskeys } from "../shared/passkeys.ts";
import { signReceipt } from "./passkeys.ts";
import { ask } from "./service.ts";

interface Kept {
  readonly subject: string;
  readonly consent: string;
  /** Tells the buttons of one receipt from those of its neighbours. */
  readonly name?: string;
}

/** Has a receipt mailed to the person's own address. */
export function MailReceipt({ subject, consent, name }: Kept) {
  const { receipt } = useTexts();
  const language = useLanguage();
  const [sent, setSent] = useState(false);
  const mail = useAction(async () => {
    await ask("mailReceipt", { subject, consent, language });
    setSent(true);
  });
  return (
    <>
      <Button
        look="second"
        slim={name !== undefined}
        busy={mail.busy || sent}
        onPress={mail.run}
        {...labelled(receipt.mail, name)}
      >
        {receipt.mail}
      </Button>
      {sent ? (
        <p className="small told" role="status">
          {receipt.mailed}
        </p>
      ) : null}
      {mail.error ? <Failure error={mail.error} /> : null}
    </>
  );
}

/** Signs a receipt's hash by a passkey, which is made first where there is none. Nobody has to. */
export function SignReceipt({ subject, consent, name }: Kept) {
  const { receipt } = useTexts();
  const [came, setCame] = useState<"signed" | "refused" | null>(null);
  const sign = useAction(async () => {
    setCame(null);
    try {
      await signReceipt({ subject, consent });
      setCame("signed");
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      setCame("refused");
    }
  });
  if (!hasPasskeys()) return null;
  if (came === "signed") {
    return (
      <Done>
        <p>{receipt.signed}</p>
      </Done>
    );
  }
  return (
    <>
      <Button
        look="second"
        slim={name !== undefined}
        busy={sign.busy}
        onPress={sign.run}
        {...labelled(receipt.sign, name)}
      >
        {receipt.sign}
      </Button>
      {came === "refused" ? (
        <p className="small told" role="alert">
          {receipt.signFailed}
        </p>
      ) : null}
      {sign.error ? <Failure error={sign.error} /> : null}
    </>
  );
}

function labelled(words: string, name: string | undefined): { readonly label?: string } {
  return name === undefined ? {} : { label: `${words}: ${name}` };
}
