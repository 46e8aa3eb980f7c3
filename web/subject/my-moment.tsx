import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { showClock } from "../shared/clock.ts";
import { Button, Progress } from "../shared/controls.tsx";
import { useTexts } from "../shared/language.tsx";
import { Failure, useAction } from "../shared/states.tsx";
import { type Answer, ask, linkOf } from "./service.ts";

type Photo = Answer<"listOwnPhotos">["items"][number];
type Track = NonNullable<Photo["track"]>;

const LOOK_MS = 1500;

/** A copy that was asked for on this page, by its video: all moments of one play from the same. */
const copies = new Map<string, string>();

/** A moment of a video somebody is seen in: played from a copy in which nobody else is shown. */
export function MyMoment(of: {
  readonly subject: string;
  readonly collection: string;
  readonly photo: Photo;
  readonly track: Track;
  readonly still: string;
  readonly alt: string;
}) {
  const { videos } = useTexts();
  const { subject, collection, photo, track } = of;
  const [delivery, setDelivery] = useState<string | null>(null);
  const times = `${showClock(track.from)} – ${showClock(track.to)}`;
  const play = useAction(async () => {
    const known = copies.get(photo.photo);
    const made =
      known ??
      (
        await ask("askForOwnVideo", {
          subject,
          collection,
          sighting: photo.id,
          videos: "intervals",
        })
      ).delivery;
    copies.set(photo.photo, made);
    setDelivery(made);
  });
  const again = (): void => {
    copies.delete(photo.photo);
    setDelivery(null);
  };
  return (
    <>
      {delivery === null ? (
        <img src={of.still} alt={of.alt} loading="lazy" />
      ) : (
        <Copy subject={subject} collection={collection} delivery={delivery} from={track.from} />
      )}
      <div className="words">
        <p>{videos.inView(times)}</p>
        <div className="row">
          {delivery === null ? (
            <Button
              slim
              busy={play.busy}
              label={videos.playLabel(times)}
              onPress={() => play.run()}
            >
              {videos.play}
            </Button>
          ) : (
            <Button look="second" slim onPress={again}>
              {videos.close}
            </Button>
          )}
          <a
            className="button second slim"
            href={linkOf("getOwnTimelineCsv", { subject, collection, sighting: photo.id })}
            download
          >
            {videos.times}
          </a>
        </div>
        {play.error ? <Failure error={play.error} /> : null}
      </div>
    </>
  );
}

/** The copy: how far it is, and then itself, from this moment on. */
function Copy(of: {
  readonly subject: string;
  readonly collection: string;
  readonly delivery: string;
  readonly from: number;
}) {
  const { videos } = useTexts();
  const { subject, collection, delivery, from } = of;
  const player = useRef<HTMLVideoElement>(null);
  const copy = useQuery({
    queryKey: ["me", "copy", delivery],
    queryFn: async () => ask("getOwnVideo", { subject, collection, delivery }),
    refetchInterval: ({ state }) => (isUnderWay(state.data) ? LOOK_MS : false),
  });
  const start = copy.data?.moments.find((one) => one.from === from)?.at ?? 0;
  const made = copy.data?.made === true;
  useEffect(() => {
    if (!made || !player.current) return;
    player.current.currentTime = start;
    void player.current.play().catch(() => undefined);
  }, [made, start]);
  if (copy.error) return <Failure error={copy.error} again={() => void copy.refetch()} />;
  if (made) {
    const link = linkOf("playOwnVideo", { subject, collection, delivery });
    return (
      <>
        <video
          ref={player}
          controls
          playsInline
          preload="metadata"
          src={link}
          aria-label={videos.player}
        />
        <p className="words">
          <a href={link} download>
            {videos.download}
          </a>
        </p>
      </>
    );
  }
  if (!copy.data || isUnderWay(copy.data)) {
    const { done = 0, total = null } = copy.data ?? {};
    return (
      <div className="words" role="status">
        <Progress label={videos.making} done={done} total={total ?? Math.max(1, done)} />
        <p className="quiet small">{videos.makingMore}</p>
      </div>
    );
  }
  return <p className="words note">{videos.notMade}</p>;
}

function isUnderWay(copy: Answer<"getOwnVideo"> | undefined): boolean {
  return copy !== undefined && !copy.made && (copy.state === "queued" || copy.state === "running");
}
