import { useState } from "react";
import { Button } from "../../shared/controls.tsx";
import { useLanguage } from "../../shared/language.tsx";
import { showDay } from "../../shared/times.ts";
import { useWords } from "../../shared/words.ts";
import { useCollection } from "../collection.tsx";
import { Confirm } from "../parts/confirm.tsx";
import { Tag } from "../parts/fields.tsx";
import { Secrets } from "../parts/secrets.tsx";
import { assent, type Item } from "../service.ts";
import { useMay } from "../session.tsx";
import { instance } from "../texts/instance.ts";
import { DeadMessages } from "./dead-messages.tsx";
import { Messages } from "./messages.tsx";
import { WebhookForm } from "./webhook-form.tsx";

type Webhook = Item<"listWebhooks">;

/** The endpoints of a collection, what they were told, and what did not arrive. */
export function Webhooks() {
  const { webhooks: words } = useWords(instance);
  const { id: collection } = useCollection();
  return (
    <>
      <Secrets
        words={words}
        make={words.add}
        queryKey={["webhooks", collection, "endpoints"]}
        read={async () => assent.listWebhooks({ collection })}
        form={(onMade) => <WebhookForm onDone={onMade} />}
      >
        {(items, renew) =>
          items.map((one) => <Endpoint key={one.id} webhook={one} onChange={renew} />)
        }
      </Secrets>
      <DeadMessages />
    </>
  );
}

function Endpoint(of: { readonly webhook: Webhook; readonly onChange: () => Promise<void> }) {
  const { webhooks: words } = useWords(instance);
  const language = useLanguage();
  const owner = useMay(["owner"]);
  const [open, setOpen] = useState(false);
  const [removing, setRemoving] = useState(false);
  const { id: webhook, collection, url, allowPrivate, createdAt } = of.webhook;
  return (
    <section className="card">
      <h2 className="mono">{url}</h2>
      <p className="quiet small">
        {words.since(showDay(createdAt, language))} {allowPrivate ? <Tag>{words.own}</Tag> : null}
      </p>
      <div className="row">
        <Button
          look="second"
          slim
          label={`${open ? words.hide : words.messages}: ${url}`}
          onPress={() => setOpen(!open)}
        >
          {open ? words.hide : words.messages}
        </Button>
        {owner ? (
          <Button
            look="danger"
            slim
            label={`${words.remove}: ${url}`}
            onPress={() => setRemoving(true)}
          >
            {words.remove}
          </Button>
        ) : null}
      </div>
      {open ? <Messages webhook={webhook} /> : null}
      {removing ? (
        <Confirm
          title={words.removeTitle}
          gone={words.removeGone}
          yes={words.remove}
          action={async () => {
            await assent.removeWebhook({ collection, webhook });
            await of.onChange();
          }}
          onClose={() => setRemoving(false)}
        />
      ) : null}
    </section>
  );
}
