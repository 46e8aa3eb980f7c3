import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { Button } from "../../shared/controls.tsx";
import { useLanguage } from "../../shared/language.tsx";
import { showDay } from "../../shared/times.ts";
import { useWords } from "../../shared/words.ts";
import { useCollection } from "../collection.tsx";
import { Confirm } from "../parts/confirm.tsx";
import { Select, Tag } from "../parts/fields.tsx";
import { Listed, useList } from "../parts/list.tsx";
import { Empty } from "../parts/states.tsx";
import { Title } from "../parts/title.tsx";
import { WORKERS } from "../screens/screen.ts";
import { assent, type Item } from "../service.ts";
import { useMay } from "../session.tsx";
import { requests } from "../texts/requests.ts";
import { ObjectedPhoto } from "./objected-photo.tsx";
import { usePerson } from "./person-data.ts";

type Request = Item<"listRequests">;
type State = Request["state"];

const DAY_MS = 86_400_000;

/** What people ask that waits for a decision, the one due first at the top. */
export function Requests() {
  const words = useWords(requests);
  const { id: collection } = useCollection();
  const [state, setState] = useState<State>("open");
  const list = useList(["requests", collection, state], async (page) =>
    assent.listRequests({ collection, state, ...page }),
  );
  return (
    <>
      <Title>{words.title}</Title>
      <p>{words.what}</p>
      <div className="filters">
        <Select
          label={words.state}
          value={state}
          onChange={setState}
          options={[
            ["open", words.states.open],
            ["upheld", words.states.upheld],
            ["rejected", words.states.rejected],
          ]}
        />
      </div>
      <Listed
        list={list}
        empty={
          state === "open" ? (
            <Empty title={words.none}>
              <p>{words.noneMore}</p>
            </Empty>
          ) : (
            <Empty title={words.noneDecided} />
          )
        }
      >
        {(all) => all.map((one) => <OneRequest key={one.id} request={one} />)}
      </Listed>
    </>
  );
}

function OneRequest({ request }: { readonly request: Request }) {
  const words = useWords(requests);
  const language = useLanguage();
  const works = useMay(WORKERS);
  const { face, subject, reason, askedAt, decidedAt, state } = request;
  return (
    <article className="card">
      <div className="title">
        <h2>{face === null ? words.photo : words.face}</h2>
        <Clock request={request} />
      </div>
      <dl className="pair">
        <dt>{words.by}</dt>
        <dd>{subject === null ? words.stranger : <Asker subject={subject} />}</dd>
        <dt>{words.reason}</dt>
        <dd className="lines">{reason ?? words.noReason}</dd>
      </dl>
      <p className="quiet small">
        {words.asked(showDay(askedAt, language))}
        {decidedAt === null ? "" : `. ${words.decided(showDay(decidedAt, language))}`}
      </p>
      {state === "open" && works ? <Decide request={request} /> : null}
    </article>
  );
}

/** The days that are left, as the person would count them. */
function Clock({ request: { state, dueAt, late } }: { readonly request: Request }) {
  const words = useWords(requests);
  if (state !== "open") {
    return <Tag look={state === "upheld" ? "good" : "quiet"}>{words.states[state]}</Tag>;
  }
  if (late) return <Tag look="bad">{words.late}</Tag>;
  const days = Math.floor((dueAt - Date.now()) / DAY_MS);
  return <Tag look={days < 7 ? "bad" : "quiet"}>{days < 1 ? words.today : words.left(days)}</Tag>;
}

function Asker({ subject }: { readonly subject: string }) {
  const { id } = useCollection();
  const { data } = usePerson(id, subject);
  return <Link to={`/app/c/${id}/people/${subject}`}>{data?.name ?? subject}</Link>;
}

function Decide({ request }: { readonly request: Request }) {
  const words = useWords(requests);
  const { id: collection } = useCollection();
  const client = useQueryClient();
  const [shown, setShown] = useState(false);
  const [asking, setAsking] = useState<"upheld" | "rejected" | null>(null);
  const { id: objection } = request;
  return (
    <>
      {shown ? (
        <ObjectedPhoto request={request} />
      ) : (
        <p className="quiet small">{words.lookWhat}</p>
      )}
      <div className="row section">
        {shown ? null : (
          <Button look="second" slim onPress={() => setShown(true)}>
            {words.look}
          </Button>
        )}
        <Button slim onPress={() => setAsking("upheld")}>
          {words.uphold}
        </Button>
        <Button look="danger" slim onPress={() => setAsking("rejected")}>
          {words.reject}
        </Button>
      </div>
      {asking === null ? null : (
        <Confirm
          title={asking === "upheld" ? words.upholdTitle : words.rejectTitle}
          yes={asking === "upheld" ? words.uphold : words.reject}
          action={async () => {
            await assent.decideRequest({ collection, objection, decision: asking });
            await client.invalidateQueries({ queryKey: ["requests", collection] });
          }}
          onClose={() => setAsking(null)}
        >
          <p>{asking === "upheld" ? words.upholdMore : words.rejectMore}</p>
        </Confirm>
      )}
    </>
  );
}
