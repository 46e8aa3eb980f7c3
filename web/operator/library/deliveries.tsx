import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useLanguage } from "../../shared/language.tsx";
import { showMoment } from "../../shared/times.ts";
import { useWords } from "../../shared/words.ts";
import { useCollection } from "../collection.tsx";
import { JobProgress } from "../parts/job.tsx";
import { Empty, Loaded } from "../parts/states.tsx";
import { Title } from "../parts/title.tsx";
import { WORKERS } from "../screens/screen.ts";
import { assent, type Item, linkTo } from "../service.ts";
import { useMay } from "../session.tsx";
import { library } from "../texts/library.ts";
import { AskForDelivery, deliveriesKey } from "./ask-for-delivery.tsx";

type Delivery = Item<"listDeliveries">;

/** Photos of people, packed for them with everybody else blurred: asked for here, and fetched. */
export function Deliveries() {
  const { deliveries: words } = useWords(library);
  const { id, closed } = useCollection();
  const works = useMay(WORKERS);
  const list = useQuery({
    queryKey: deliveriesKey(id),
    queryFn: async () => assent.listDeliveries({ collection: id }),
  });
  return (
    <>
      <Title>{words.title}</Title>
      <p>{words.what}</p>
      {works && !closed ? <AskForDelivery collection={id} /> : null}
      <h2>{words.there}</h2>
      <Loaded query={list}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={words.none}>
              <p>{words.noneMore}</p>
            </Empty>
          ) : (
            items.map((one) => (
              <OneDelivery key={one.id} collection={id} delivery={one} works={works} />
            ))
          )
        }
      </Loaded>
    </>
  );
}

function OneDelivery(of: {
  readonly collection: string;
  readonly delivery: Delivery;
  readonly works: boolean;
}) {
  const { deliveries: words } = useWords(library);
  const language = useLanguage();
  const client = useQueryClient();
  const { collection, delivery, works } = of;
  const { id, subjects, photos, made, expiresAt, job } = delivery;
  return (
    <div className="card">
      <p>
        <Names collection={collection} subjects={subjects} />
      </p>
      <p className="quiet small">
        {made && photos !== null ? `${words.photos(photos)} ` : null}
        {words.until(showMoment(expiresAt, language))}
      </p>
      {made && works ? (
        <a
          className="button second slim"
          href={linkTo("fetchDelivery", { collection, delivery: id })}
          download
        >
          {words.fetch}
        </a>
      ) : null}
      {!made && job !== null ? (
        <JobProgress
          job={job}
          label={words.making}
          stoppable={works}
          onOver={() => void client.invalidateQueries({ queryKey: deliveriesKey(collection) })}
        />
      ) : null}
    </div>
  );
}

/** More names than this are a crowd. */
const NAMES_MAX = 5;

/** Whose photos they are; for those who see no names, their ids. */
function Names(of: { readonly collection: string; readonly subjects: readonly string[] }) {
  const { deliveries: words } = useWords(library);
  const shown = of.subjects.slice(0, NAMES_MAX);
  const rest = of.subjects.length - shown.length;
  return (
    <>
      {shown.map((subject, index) => (
        <span key={subject}>
          {index > 0 ? ", " : null}
          <Name collection={of.collection} subject={subject} />
        </span>
      ))}
      {rest > 0 ? ` ${words.andMore(rest)}` : null}
    </>
  );
}

function Name({ collection, subject }: { readonly collection: string; readonly subject: string }) {
  const { data } = useQuery({
    queryKey: ["person", collection, subject],
    queryFn: async () => assent.getPerson({ collection, subject }),
    staleTime: 60_000,
  });
  return <strong>{data?.name ?? subject}</strong>;
}
