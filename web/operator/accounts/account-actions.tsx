import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "../../shared/controls.tsx";
import { Failure, useAction } from "../../shared/states.tsx";
import { useWords } from "../../shared/words.ts";
import { Confirm } from "../parts/confirm.tsx";
import { assent } from "../service.ts";
import { accounts } from "../texts/accounts.ts";
import { type Account, ACCOUNTS_KEY } from "./account.ts";

/** What an owner does with somebody else's account. */
export function AccountActions({ account }: { readonly account: Account }) {
  const words = useWords(accounts);
  const client = useQueryClient();
  const [asking, setAsking] = useState<"disable" | "remove" | null>(null);
  const [sent, setSent] = useState(false);
  const { id, name, state } = account;
  const renew = async (): Promise<void> => client.invalidateQueries({ queryKey: ACCOUNTS_KEY });
  const link = useAction(async () => {
    await assent.sendAccountLink({ account: id });
    setSent(true);
  });
  const enable = useAction(async () => {
    await assent.enableAccount({ account: id });
    await renew();
  });
  const close = (): void => setAsking(null);
  const failure: unknown = link.error ?? enable.error;
  const button = (look: "second" | "danger", words: string, press: () => void, busy = false) => (
    <Button look={look} slim label={`${words}: ${name}`} busy={busy} onPress={press}>
      {words}
    </Button>
  );
  return (
    <>
      {state === "active" ? (
        <>
          {button("second", words.link, link.run, link.busy)}
          {button("second", words.disable, () => setAsking("disable"))}
        </>
      ) : (
        button("second", words.enable, enable.run, enable.busy)
      )}
      {button("danger", words.remove, () => setAsking("remove"))}
      {sent ? <span role="status">{words.linkSent}</span> : null}
      {failure === null ? null : <Failure error={failure} />}
      {asking === "disable" ? (
        <Confirm
          title={words.disableTitle(name)}
          yes={words.disable}
          action={async () => {
            await assent.disableAccount({ account: id });
            await renew();
          }}
          onClose={close}
        >
          <p>{words.disableMore}</p>
        </Confirm>
      ) : null}
      {asking === "remove" ? (
        <Confirm
          title={words.removeTitle(name)}
          gone={words.removeGone}
          yes={words.remove}
          action={async () => {
            await assent.removeAccount({ account: id });
            await renew();
          }}
          onClose={close}
        >
          <p>{words.removeMore}</p>
        </Confirm>
      ) : null}
    </>
  );
}
