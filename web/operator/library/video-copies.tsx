import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button, Choice, Toggle } from "../../shared/controls.tsx";
import { Failure, useAction } from "../../shared/states.tsx";
import { useWords } from "../../shared/words.ts";
import { useCollection } from "../collection.tsx";
import { Ticks } from "../parts/fields.tsx";
import { WORKERS } from "../screens/screen.ts";
import { assent } from "../service.ts";
import { useMay } from "../session.tsx";
import { library } from "../texts/library.ts";
import { deliveriesKey } from "./deliveries-key.ts";
import { sightingsIn, type Viewed } from "./faces.ts";
import { OneDelivery } from "./one-delivery.tsx";

/** Copies of a video in which everybody but some people is covered: asked for, made, fetched. */
export function VideoCopies({ photo }: { readonly photo: Viewed }) {
  const { copies: words } = useWords(library);
  const { id: collection, closed } = useCollection();
  const works = useMay(WORKERS);
  const list = useQuery({
    queryKey: deliveriesKey(collection),
    queryFn: async () => assent.listDeliveries({ collection }),
    enabled: works,
  });
  const people = peopleToShow(photo);
  if (!works || photo.withheld || people.length === 0) return null;
  const made = list.data?.items.filter(({ video }) => video === photo.id) ?? [];
  return (
    <section className="section">
      <h2>{words.title}</h2>
      <p className="quiet small">{words.what}</p>
      {made.map((one) => (
        <OneDelivery key={one.id} collection={collection} delivery={one} works={works} />
      ))}
      {list.error ? <Failure error={list.error} again={() => void list.refetch()} /> : null}
      {closed ? null : <AskForCopy collection={collection} video={photo.id} people={people} />}
    </section>
  );
}

type Choosable = readonly (readonly [subject: string, name: string])[];

/** Who can be shown: matched, or confirmed. An uncertain face waits for somebody's word. */
function peopleToShow(photo: Viewed): Choosable {
  const shown = sightingsIn(photo).filter(
    ({ state, verdict }) => state === "confirmed" || (state === "proposed" && verdict === "match"),
  );
  return [...new Map(shown.map(({ subject, name }) => [subject, name ?? subject]))];
}

function AskForCopy(of: {
  readonly collection: string;
  readonly video: string;
  readonly people: Choosable;
}) {
  const { copies: words } = useWords(library);
  const client = useQueryClient();
  const { collection, video, people } = of;
  const [only] = people.length === 1 ? people : [];
  const [chosen, setChosen] = useState<readonly string[]>(only ? [only[0]] : []);
  const [videos, setVideos] = useState<"whole" | "intervals">("whole");
  const [sound, setSound] = useState(true);
  const ask = useAction(async () => {
    await assent.makeDelivery({
      collection,
      subjects: [...chosen],
      video,
      videos,
      sound: sound ? "keep" : "remove",
    });
    await client.invalidateQueries({ queryKey: deliveriesKey(collection) });
  });
  return (
    <details>
      <summary>{words.ask}</summary>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          ask.run();
        }}
      >
        <Ticks label={words.whom} value={chosen} onChange={setChosen} options={people} />
        <Choice
          label={words.share}
          value={videos}
          onChange={setVideos}
          options={[
            ["whole", words.whole],
            ["intervals", words.intervals],
          ]}
        />
        <Toggle on={sound} onChange={setSound}>
          {words.sound}
        </Toggle>
        {ask.error ? <Failure error={ask.error} /> : null}
        <Button type="submit" busy={ask.busy || chosen.length === 0}>
          {words.make}
        </Button>
      </form>
    </details>
  );
}
