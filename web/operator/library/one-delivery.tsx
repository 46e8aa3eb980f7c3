import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useLanguage } from "../../shared/language.tsx";
import { showMoment } from "../../shared/times.ts";
import { useWords } from "../../shared/words.ts";
import { JobProgress } from "../parts/job.tsx";
import { assent, type Item, linkTo } from "../service.ts";
import { library } from "../texts/library.ts";
import { deliveriesKey } from "./deliveries-key.ts";

type Delivery = Item<"listDeliveries">;

/** A delivery: for whom, how far it is, and then the file. */
export function OneDelivery(of: {
  readonly collection: string;
  readonly delivery: Delivery;
  readonly works: boolean;
}) {
  const { deliveries: words } = useWords(library);
  const language = useLanguage();
  const client = useQueryClient();
  const { collection, delivery, works } = of;
  const { id, subjects, photos, video, made, expiresAt, job } = delivery;
  const file = { collection, delivery: id };
  return (
    <div className="card">
      <p>
        <Names collection={collection} subjects={subjects} />
      </p>
      <p className="quiet small">
        {video === null
          ? null
          : `${words.ofVideo[delivery.videos === "whole" ? "whole" : "intervals"]} `}
        {made && video === null && photos !== null ? `${words.photos(photos)} ` : null}
        {words.until(showMoment(expiresAt, language))}
      </p>
      {made && works ? (
        <a
          className="button second slim"
          href={video === null ? linkTo("fetchDelivery", file) : linkTo("playDelivery", file)}
          download
        >
          {video === null ? words.fetch : words.fetchVideo}
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
