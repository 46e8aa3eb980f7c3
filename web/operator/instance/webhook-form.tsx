import { useState } from "react";
import { Button, Field, Toggle } from "../../shared/controls.tsx";
import { Failure, useAction } from "../../shared/states.tsx";
import { useWords } from "../../shared/words.ts";
import { useCollection } from "../collection.tsx";
import { assent } from "../service.ts";
import { instance } from "../texts/instance.ts";

const ADDRESS_LENGTH_MAX = 2000;

/** Adds an endpoint; `onDone` is given its secret, which is shown this once. */
export function WebhookForm({ onDone }: { readonly onDone: (secret: string) => void }) {
  const { webhooks: words } = useWords(instance);
  const { id: collection } = useCollection();
  const [url, setUrl] = useState("");
  const [allowPrivate, setAllowPrivate] = useState(false);
  const add = useAction(async () => {
    onDone((await assent.addWebhook({ collection, url, allowPrivate })).secret);
  });
  return (
    <form
      className="card stack"
      onSubmit={(event) => {
        event.preventDefault();
        add.run();
      }}
    >
      <Field
        label={words.url}
        name="url"
        value={url}
        onChange={setUrl}
        help={words.urlHelp}
        maxLength={ADDRESS_LENGTH_MAX}
      />
      <Toggle on={allowPrivate} onChange={setAllowPrivate}>
        {words.allowPrivate}
      </Toggle>
      {add.error ? <Failure error={add.error} /> : null}
      <Button type="submit" busy={add.busy}>
        {words.submit}
      </Button>
    </form>
  );
}
