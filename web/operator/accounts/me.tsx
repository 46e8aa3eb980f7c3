import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "../../shared/controls.tsx";
import { hasPasskeys, makePasskey } from "../../shared/passkeys.ts";
import { useLanguage } from "../../shared/language.tsx";
import { Done, Failure, useAction } from "../../shared/states.tsx";
import { showDay, showMoment } from "../../shared/times.ts";
import { useWords } from "../../shared/words.ts";
import { Confirm } from "../parts/confirm.tsx";
import { Tag } from "../parts/fields.tsx";
import { Loaded } from "../parts/states.tsx";
import { Title } from "../parts/title.tsx";
import { assent } from "../service.ts";
import { accounts } from "../texts/accounts.ts";

const PASSKEYS_KEY = ["passkeys"];
const SESSIONS_KEY = ["sessions"];

/** One's own passkeys, and where one is signed in. */
export function MyAccess() {
  const { me: words } = useWords(accounts);
  return (
    <>
      <Title>{words.title}</Title>
      <div className="sections two">
        <MyPasskeys />
        <MySessions />
      </div>
    </>
  );
}

function MyPasskeys() {
  const { me: words } = useWords(accounts);
  const client = useQueryClient();
  const [failed, setFailed] = useState(false);
  const add = useAction(async () => {
    setFailed(false);
    try {
      const response = await makePasskey(await assent.startPasskey());
      await assent.addPasskey({ response });
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      setFailed(true);
    }
    await client.invalidateQueries({ queryKey: PASSKEYS_KEY });
  });
  return (
    <section className="card">
      <h2>{words.passkeys}</h2>
      <p>{words.passkeysMore}</p>
      <Passkeys />
      {failed ? <p role="alert">{words.failed}</p> : null}
      {add.error ? <Failure error={add.error} /> : null}
      {hasPasskeys() ? (
        <Button look="second" slim busy={add.busy} onPress={add.run}>
          {words.add}
        </Button>
      ) : (
        <p className="quiet">{words.unable}</p>
      )}
    </section>
  );
}

function Passkeys() {
  const { me: words } = useWords(accounts);
  const language = useLanguage();
  const client = useQueryClient();
  const [removing, setRemoving] = useState<string | null>(null);
  const query = useQuery({ queryKey: PASSKEYS_KEY, queryFn: async () => assent.listPasskeys() });
  return (
    <Loaded query={query}>
      {({ items }) => (
        <>
          {items.length === 0 ? <p className="quiet">{words.none}</p> : null}
          <ul className={items.length === 0 ? "" : "rows"}>
            {items.map(({ id, createdAt, lastUsedAt }) => {
              const made = words.made(showDay(createdAt, language));
              const used =
                lastUsedAt === null ? words.unused : words.used(showMoment(lastUsedAt, language));
              return (
                <li key={id}>
                  <span className="what">
                    {made}, {used}
                  </span>
                  <Button
                    look="danger"
                    slim
                    label={`${words.remove}: ${made}`}
                    onPress={() => setRemoving(id)}
                  >
                    {words.remove}
                  </Button>
                </li>
              );
            })}
          </ul>
          {removing === null ? null : (
            <Confirm
              title={words.removeTitle}
              gone={words.removeGone}
              yes={words.remove}
              action={async () => {
                await assent.removePasskey({ passkey: removing });
                await client.invalidateQueries({ queryKey: PASSKEYS_KEY });
              }}
              onClose={() => setRemoving(null)}
            />
          )}
        </>
      )}
    </Loaded>
  );
}

function MySessions() {
  const { me: words } = useWords(accounts);
  const language = useLanguage();
  const client = useQueryClient();
  const [ended, setEnded] = useState<number | null>(null);
  const query = useQuery({ queryKey: SESSIONS_KEY, queryFn: async () => assent.listSessions() });
  const end = useAction(async () => {
    setEnded((await assent.endOtherSessions()).ended);
    await client.invalidateQueries({ queryKey: SESSIONS_KEY });
  });
  return (
    <section className="card">
      <h2>{words.sessions}</h2>
      <Loaded query={query}>
        {({ items }) => (
          <>
            <ul className="rows">
              {items.map(({ current, createdAt, seenAt }) => (
                <li key={`${createdAt} ${seenAt}`}>
                  <span className="what">
                    {words.since(showMoment(createdAt, language))},{" "}
                    {words.seen(showMoment(seenAt, language))}
                  </span>
                  <Tag look={current ? "good" : "quiet"}>
                    {current ? words.current : words.other}
                  </Tag>
                </li>
              ))}
            </ul>
            {end.error ? <Failure error={end.error} /> : null}
            {ended === null ? null : (
              <Done>
                <p>{words.ended(ended)}</p>
              </Done>
            )}
            {items.length > 1 ? (
              <Button look="second" slim busy={end.busy} onPress={end.run}>
                {words.endOthers}
              </Button>
            ) : null}
          </>
        )}
      </Loaded>
    </section>
  );
}
