import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "../../shared/controls.tsx";
import { useLanguage } from "../../shared/language.tsx";
import { Done, Failure, useAction } from "../../shared/states.tsx";
import { showDay, showLanguage } from "../../shared/times.ts";
import { useWords } from "../../shared/words.ts";
import { useCollection } from "../collection.tsx";
import { Confirm } from "../parts/confirm.tsx";
import { Tag } from "../parts/fields.tsx";
import { Listed, useList } from "../parts/list.tsx";
import { showCount } from "../parts/numbers.ts";
import { Empty, Loaded } from "../parts/states.tsx";
import { Title } from "../parts/title.tsx";
import { WORKERS } from "../screens/screen.ts";
import { assent, type Item } from "../service.ts";
import { useMay } from "../session.tsx";
import { invites } from "../texts/invites.ts";
import { NewInvites } from "./new-invites.tsx";

type Invite = Item<"listInvites">;

/** The invites of a collection: making them, and how each stands. */
export function Invites() {
  const words = useWords(invites);
  const { id: collection, closed } = useCollection();
  const works = useMay(WORKERS);
  const client = useQueryClient();
  const renew = async (): Promise<void> =>
    client.invalidateQueries({ queryKey: ["invites", collection] });
  const list = useList(["invites", collection, "list"], async (page) =>
    assent.listInvites({ collection, ...page }),
  );
  return (
    <>
      <Title>{words.title}</Title>
      <p>{words.what}</p>
      {closed ? null : <Cap />}
      {works && !closed ? <NewInvites onMade={renew} /> : null}
      <Listed
        list={list}
        empty={<Empty title={words.none}>{closed ? null : <p>{words.noneMore}</p>}</Empty>}
      >
        {(all) => <Rows all={all} works={works} onChange={renew} />}
      </Listed>
    </>
  );
}

/** How many may still be invited today. */
function Cap() {
  const words = useWords(invites);
  const language = useLanguage();
  const { id: collection } = useCollection();
  const query = useQuery({
    queryKey: ["invites", collection, "cap"],
    queryFn: async () => assent.getInviteCap({ collection }),
  });
  return (
    <Loaded query={query}>
      {({ left, daily }) =>
        left === 0 ? (
          <div className="note bad">
            <p>{words.capNone}</p>
          </div>
        ) : (
          <p className="quiet small">
            {words.cap(showCount(left, language), showCount(daily, language))}
          </p>
        )
      }
    </Loaded>
  );
}

function Rows(of: {
  readonly all: readonly Invite[];
  readonly works: boolean;
  readonly onChange: () => Promise<void>;
}) {
  const words = useWords(invites);
  const { id: collection } = useCollection();
  const [ending, setEnding] = useState<string | null>(null);
  const [resent, setResent] = useState(false);
  const resend = useAction(async (invite: string) => {
    setResent(false);
    await assent.resendInvite({ collection, invite });
    setResent(true);
    await of.onChange();
  });
  return (
    <>
      {resend.error ? <Failure error={resend.error} /> : null}
      {resent ? (
        <Done>
          <p>{words.resent}</p>
        </Done>
      ) : null}
      <ul className="rows">
        {of.all.map((one) => (
          <Row
            key={one.id}
            invite={one}
            busy={resend.busy}
            onResend={of.works ? resend.run : null}
            onEnd={of.works ? setEnding : null}
          />
        ))}
      </ul>
      {ending === null ? null : (
        <Confirm
          title={words.endTitle}
          gone={words.endGone}
          yes={words.endYes}
          action={async () => {
            await assent.endInvite({ collection, invite: ending });
            await of.onChange();
          }}
          onClose={() => setEnding(null)}
        />
      )}
    </>
  );
}

function Row(of: {
  readonly invite: Invite;
  readonly busy: boolean;
  readonly onResend: ((id: string) => void) | null;
  readonly onEnd: ((id: string) => void) | null;
}) {
  const words = useWords(invites);
  const language = useLanguage();
  const { onResend, onEnd } = of;
  const { id, state, hasContact, createdAt, expiresAt, language: spoken } = of.invite;
  const made = words.madeOn(showDay(createdAt, language));
  const open = state === "open";
  return (
    <li>
      <div className="what">
        <span>
          {made}, {hasContact ? words.mail : words.hand}, {showLanguage(spoken, language)}
        </span>
        <span className="quiet small">{words.until(showDay(expiresAt, language))}</span>
      </div>
      <div className="row">
        <Tag look={state === "used" ? "good" : "quiet"}>{words.states[state]}</Tag>
        {open && hasContact && onResend ? (
          <Button
            look="second"
            slim
            label={`${words.resend}: ${made}`}
            busy={of.busy}
            onPress={() => onResend(id)}
          >
            {words.resend}
          </Button>
        ) : null}
        {open && onEnd ? (
          <Button look="danger" slim label={`${words.end}: ${made}`} onPress={() => onEnd(id)}>
            {words.end}
          </Button>
        ) : null}
      </div>
    </li>
  );
}
