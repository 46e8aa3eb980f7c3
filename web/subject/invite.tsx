import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { Heading } from "../shared/controls.tsx";
import { Frame } from "../shared/frame.tsx";
import { useLanguage, useTexts } from "../shared/language.tsx";
import { Failure, Loading, toldBy } from "../shared/states.tsx";
import { forgetToken, tokenInAddress } from "../shared/token.ts";
import { InviteAnswer } from "./invite-answer.tsx";
import { Notice } from "./invite-notice.tsx";
import { Receipt } from "./receipt.tsx";
import { type Answer, ask } from "./service.ts";
import { ShowFace } from "./show-face.tsx";

export type Asked = Answer<"openInvite">;

/** Where the bearer of an invite stands. The camera comes after the receipt, never before. */
type Step =
  | { readonly at: "asked" }
  | { readonly at: "no" }
  | { readonly at: "receipt"; readonly yes: Answer<"acceptInvite"> }
  | { readonly at: "face"; readonly yes: Answer<"acceptInvite"> };

/** What an invite's link or QR code opens: the notice, the choice, the receipt, the camera. */
export function Invite() {
  const [token] = useState(tokenInAddress);
  const [step, setStep] = useState<Step>({ at: "asked" });
  const answer = (next: Step): void => {
    forgetToken();
    setStep(next);
  };
  return (
    <Frame>
      {step.at === "asked" && token === null ? <NoLink /> : null}
      {step.at === "asked" && token !== null ? <Question token={token} onAnswer={answer} /> : null}
      {step.at === "no" ? <SaidNo /> : null}
      {step.at === "receipt" ? (
        <Receipt yes={step.yes} onGoOn={() => setStep({ at: "face", yes: step.yes })} />
      ) : null}
      {step.at === "face" ? (
        <ShowFace collection={step.yes.collection} subject={step.yes.subject} />
      ) : null}
    </Frame>
  );
}

function NoLink() {
  const { invite, me } = useTexts();
  return (
    <>
      <Heading>{invite.noLinkTitle}</Heading>
      <p>{invite.noLink}</p>
      <Link to="/me">{me.photos}</Link>
    </>
  );
}

function SaidNo() {
  const { invite } = useTexts();
  return (
    <>
      <Heading focus>{invite.saidNo}</Heading>
      <p role="status">{invite.saidNoMore}</p>
    </>
  );
}

function Question(of: { readonly token: string; readonly onAnswer: (step: Step) => void }) {
  const { invite } = useTexts();
  const screen = useLanguage();
  const [other, setOther] = useState<string | null>(null);
  const { token } = of;
  const language = other ?? screen;
  const asked = useQuery({
    queryKey: ["invite", token, language],
    queryFn: async () => ask("openInvite", { token, language }),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  });
  if (asked.error) {
    return (
      <>
        <Heading>
          {toldBy(asked.error).code === "invite_over" ? invite.overTitle : invite.noLinkTitle}
        </Heading>
        <Failure error={asked.error} again={() => void asked.refetch()} />
        <NoHarm />
      </>
    );
  }
  if (!asked.data) return <Loading />;
  const { collection } = asked.data;
  return (
    <>
      <Heading>{invite.title(collection.name)}</Heading>
      <Notice asked={asked.data} onLanguage={setOther} />
      <InviteAnswer
        token={token}
        asked={asked.data}
        onNo={() => of.onAnswer({ at: "no" })}
        onYes={(yes) => of.onAnswer({ at: "receipt", yes })}
      />
    </>
  );
}

/** Whoever has answered already finds the way to their own pages. */
function NoHarm() {
  const { signIn } = useTexts();
  return (
    <p>
      <Link to="/me">{signIn.titlePerson}</Link>
    </p>
  );
}
