import { useState } from "react";
import { Button } from "../../shared/controls.tsx";
import { useLanguage } from "../../shared/language.tsx";
import { showDay, showMoment } from "../../shared/times.ts";
import { useWords } from "../../shared/words.ts";
import { useCollection } from "../collection.tsx";
import { Confirm } from "../parts/confirm.tsx";
import { Tag } from "../parts/fields.tsx";
import { Secrets } from "../parts/secrets.tsx";
import { assent, type Item } from "../service.ts";
import { useMay } from "../session.tsx";
import { accounts } from "../texts/accounts.ts";
import { KeyForm } from "./key-form.tsx";

type Key = Item<"listApiKeys">;

/** The API keys of a collection: made, shown this once, revoked. */
export function Keys() {
  const { keys: words } = useWords(accounts);
  const { id: collection } = useCollection();
  return (
    <Secrets
      words={words}
      make={words.make}
      queryKey={["keys", collection]}
      read={async () => assent.listApiKeys({ collection })}
      form={(onMade) => <KeyForm onDone={onMade} />}
    >
      {(items, renew) => <Rows all={items} onChange={renew} />}
    </Secrets>
  );
}

function Rows(of: { readonly all: readonly Key[]; readonly onChange: () => Promise<void> }) {
  const { keys: words } = useWords(accounts);
  const owner = useMay(["owner"]);
  const [revoking, setRevoking] = useState<Key | null>(null);
  return (
    <>
      <ul className="rows">
        {of.all.map((one) => (
          <Row key={one.id} apiKey={one} onRevoke={owner ? setRevoking : null} />
        ))}
      </ul>
      {revoking ? (
        <Confirm
          title={words.revokeTitle(revoking.label)}
          gone={words.revokeGone}
          yes={words.revoke}
          action={async () => {
            await assent.revokeApiKey({ collection: revoking.collection, apikey: revoking.id });
            await of.onChange();
          }}
          onClose={() => setRevoking(null)}
        />
      ) : null}
    </>
  );
}

function Row(of: { readonly apiKey: Key; readonly onRevoke: ((key: Key) => void) | null }) {
  const { keys: words } = useWords(accounts);
  const language = useLanguage();
  const { onRevoke } = of;
  const { label, scopes, expiresAt, lastUsedAt, revokedAt } = of.apiKey;
  const over = Date.now() >= expiresAt;
  const live = revokedAt === null && !over;
  return (
    <li>
      <div className="what">
        <span className="name">{label}</span>
        <span className="quiet small">
          {scopes.map((scope) => words.scopeNames[scope]).join("; ")}
        </span>
        <span className="quiet small">
          {words.until(showDay(expiresAt, language))},{" "}
          {lastUsedAt === null ? words.unused : words.used(showMoment(lastUsedAt, language))}
        </span>
      </div>
      <div className="row">
        <Tag look={live ? "good" : "quiet"}>
          {revokedAt === null ? (over ? words.over : words.live) : words.revoked}
        </Tag>
        {live && onRevoke ? (
          <Button
            look="danger"
            slim
            label={`${words.revoke}: ${label}`}
            onPress={() => onRevoke(of.apiKey)}
          >
            {words.revoke}
          </Button>
        ) : null}
      </div>
    </li>
  );
}
