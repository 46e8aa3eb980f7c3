import { Button, Heading } from "../shared/controls.tsx";
import { useFile } from "../shared/file.ts";
import { useLanguage, useTexts } from "../shared/language.tsx";
import { showDay } from "../shared/times.ts";
import { MailReceipt, SignReceipt } from "./keep-receipt.tsx";
import { hasPasskeys } from "../shared/passkeys.ts";
import { type Answer, linkOf } from "./service.ts";

/** The signed receipt of a yes, to be kept; then on to the camera, or not now. */
export function Receipt(of: { readonly yes: Answer<"acceptInvite">; readonly onGoOn: () => void }) {
  const { receipt, invite } = useTexts();
  const language = useLanguage();
  const { yes } = of;
  const saved = useFile(yes.receipt);
  const { subject, consent } = yes;
  return (
    <>
      <Heading focus>{receipt.title}</Heading>
      <p>{receipt.what}</p>
      <div className="card">
        <p>{invite.until(showDay(yes.expiresAt, language))}</p>
        <p className="small">
          {receipt.hash}: <code>{yes.receiptHash}</code>
        </p>
        <div className="row">
          <a className="button second" href={saved} download="receipt.jws">
            {receipt.save}
          </a>
          <a
            className="button second"
            href={linkOf("readReceiptPdf", { subject, consent, language })}
            download="receipt.pdf"
          >
            {receipt.print}
          </a>
          <MailReceipt subject={subject} consent={consent} />
        </div>
        {hasPasskeys() ? <p className="small quiet">{receipt.signMore}</p> : null}
        <SignReceipt subject={subject} consent={consent} />
      </div>
      <h2>{receipt.next}</h2>
      <p>{receipt.nextMore}</p>
      <Button onPress={of.onGoOn}>{receipt.go}</Button>
      <p className="section">
        <a href="/me">{receipt.later}</a>
        <span className="quiet small"> {receipt.laterMore}</span>
      </p>
    </>
  );
}
