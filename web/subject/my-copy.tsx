import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { Button, Progress } from "../shared/controls.tsx";
import { useLanguage, useTexts } from "../shared/language.tsx";
import { Failure, useAction } from "../shared/states.tsx";
import { showMoment } from "../shared/times.ts";
import { type Answer, ask, linkOf } from "./service.ts";

type Delivery = Answer<"listOwnDeliveries">["items"][number];

const LOOK_MS = 1500;

interface Whose {
  readonly subject: string;
  readonly collection: string;
}

/** What was made for the person in a collection and is still to be had, the newest first. */
export function useOwnDeliveries({ subject, collection }: Whose) {
  return useQuery({
    queryKey: ["me", "deliveries", collection],
    queryFn: async () => ask("listOwnDeliveries", { subject, collection }),
    refetchInterval: ({ state }) => (state.data?.items.some(isUnderWay) ? LOOK_MS : false),
  });
}

export function isUnderWay({ made, state }: Delivery): boolean {
  return !made && (state === "queued" || state === "running");
}

/** A copy of the moments of a video: not asked for, on its way, there, or not to be had. */
export interface Copy extends Whose {
  readonly state: "none" | "making" | "made" | "failed";
  readonly delivery: Delivery | null;
  readonly busy: boolean;
  readonly error: unknown;
  /** The picture of one of the moments. */
  readonly still: string;
  readonly ask: () => void;
}

/** The newest copy of their moments in a video, and a way to ask for one. */
export function useCopy(
  of: Whose & { readonly video: string; readonly sighting: string | undefined },
): Copy {
  const { subject, collection, video, sighting } = of;
  const client = useQueryClient();
  const list = useOwnDeliveries(of);
  const make = useAction(async () => {
    if (sighting === undefined) return;
    const asked = { subject, collection, sighting, videos: "intervals" } as const;
    await ask("askForOwnVideo", asked);
    await client.invalidateQueries({ queryKey: ["me", "deliveries", collection] });
  });
  const delivery =
    list.data?.items.find((one) => one.video === video && one.videos === "intervals") ?? null;
  const { busy, error } = make;
  const state = stateOf(delivery);
  const still =
    sighting === undefined ? "" : linkOf("getOwnThumbnail", { subject, collection, sighting });
  return { subject, collection, state, delivery, busy, error, still, ask: () => make.run() };
}

function stateOf(delivery: Delivery | null): Copy["state"] {
  if (delivery === null) return "none";
  if (delivery.made) return "made";
  return isUnderWay(delivery) ? "making" : "failed";
}

/** A copy as it stands: asked for, made, and then played from the moment chosen. */
export function MyCopy(of: {
  readonly copy: Copy;
  /** Where the moment that was pressed begins in the video, and how often one was. */
  readonly from: number | null;
  readonly presses: number;
}) {
  const { videos } = useTexts();
  const { copy } = of;
  const { state, delivery } = copy;
  const askFor = (label: string) => (
    <Button look="second" slim busy={copy.busy} onPress={copy.ask}>
      {label}
    </Button>
  );
  return (
    <>
      {state === "none" ? (
        <>
          <p className="quiet small">{videos.askMore}</p>
          <div className="row">{askFor(videos.ask)}</div>
        </>
      ) : null}
      {state === "making" ? <Making delivery={delivery} /> : null}
      {state === "failed" ? <p className="note">{videos.notMade}</p> : null}
      {state === "made" && delivery ? (
        <Player key={delivery.id} {...of} delivery={delivery} askFor={askFor} />
      ) : null}
      {copy.error ? <Failure error={copy.error} /> : null}
    </>
  );
}

/** How far something that is made for them is. */
export function Making({ delivery }: { readonly delivery: Delivery | null }) {
  const { videos } = useTexts();
  const { done = 0, total = null } = delivery ?? {};
  return (
    <div role="status">
      <Progress label={videos.making} done={done} total={total ?? Math.max(1, done)} />
      <p className="quiet small">{videos.makingMore}</p>
    </div>
  );
}

function Player(of: {
  readonly copy: Copy;
  readonly delivery: Delivery;
  readonly from: number | null;
  readonly presses: number;
  readonly askFor: (label: string) => ReactNode;
}) {
  const { videos } = useTexts();
  const language = useLanguage();
  const player = useRef<HTMLVideoElement>(null);
  const [broken, setBroken] = useState(false);
  const { delivery, from, presses } = of;
  const { subject, collection } = of.copy;
  const start = from === null ? null : (delivery.moments.find((one) => one.from === from) ?? null);
  const at = start?.at ?? null;
  useEffect(() => {
    if (at === null || !player.current) return;
    player.current.currentTime = at;
    player.current.scrollIntoView({ block: "nearest" });
    // A player that may not start by itself waits for its own button.
    void player.current.play().catch(() => undefined);
  }, [at, presses]);
  const link = linkOf("playOwnVideo", { subject, collection, delivery: delivery.id });
  if (broken) {
    return (
      <div className="note">
        <p>{videos.broken}</p>
        {of.askFor(videos.again)}
      </div>
    );
  }
  return (
    <>
      <video
        ref={player}
        controls
        playsInline
        preload="metadata"
        src={link}
        poster={of.copy.still}
        aria-label={videos.player}
        onError={() => setBroken(true)}
      />
      {from !== null && start === null ? (
        <div className="note">
          <p>{videos.since}</p>
          {of.askFor(videos.again)}
        </div>
      ) : null}
      <p className="row small">
        <a href={link} download>
          {videos.download}
        </a>
        <span className="quiet">{videos.until(showMoment(delivery.expiresAt, language))}</span>
      </p>
    </>
  );
}
