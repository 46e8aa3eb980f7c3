import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button, Heading, Progress } from "../shared/controls.tsx";
import { useTexts } from "../shared/language.tsx";
import { Failure, Loading } from "../shared/states.tsx";
import { useGrants } from "./grants.ts";
import { MyArchive } from "./my-archive.tsx";
import { MyPhoto } from "./my-photo.tsx";
import { MyVideo, type OwnMoment } from "./my-video.tsx";
import type { Photo } from "./my-word.tsx";
import { facePage } from "./screens.ts";
import { type Answer, ask } from "./service.ts";

type Grant = Answer<"listGrants">["items"][number];
type Step = Answer<"watchOwnProgress">["items"][number];

/** While photos are looked through, what is found should appear at once; else now and then. */
const WORKING_MS = 1500;
const RESTING_MS = 15_000;
const PHOTOS_ON_PAGE = 24;

/** The photos that a person is seen in, a section for each consent in force. */
export function MyPhotos({ subject }: { readonly subject: string }) {
  const { photos } = useTexts();
  const grants = useGrants(subject);
  const progress = useQuery({
    queryKey: ["me", "progress"],
    queryFn: async () => ask("watchOwnProgress", { subject }),
    refetchInterval: ({ state }) => (state.data?.items.some(isWorking) ? WORKING_MS : RESTING_MS),
  });
  const live = grants.data?.items.filter(({ state }) => state === "granted" || state === "paused");
  return (
    <>
      <Heading>{photos.title}</Heading>
      {grants.isPending ? <Loading /> : null}
      {grants.error ? <Failure error={grants.error} again={() => void grants.refetch()} /> : null}
      {live?.length === 0 ? <p>{photos.noGrant}</p> : null}
      {live?.map((grant) => (
        <Section
          key={grant.id}
          subject={subject}
          grant={grant}
          step={progress.data?.items.find(
            ({ collection }) => collection.id === grant.collection.id,
          )}
        />
      ))}
    </>
  );
}

function isWorking({ state }: Step): boolean {
  return state === "queued" || state === "running";
}

function Section(of: {
  readonly subject: string;
  readonly grant: Grant;
  readonly step: Step | undefined;
}) {
  const { photos } = useTexts();
  const { collection, enrolled } = of.grant;
  return (
    <section>
      <h2>{collection.name}</h2>
      {enrolled ? null : (
        <div className="note">
          <p>{photos.notEnrolled}</p>
          <a className="button first" href={facePage(collection.id)}>
            {photos.showFace}
          </a>
        </div>
      )}
      {of.step ? <HowFar step={of.step} /> : null}
      <Found
        subject={of.subject}
        collection={collection.id}
        working={of.step !== undefined && isWorking(of.step)}
        enrolled={enrolled}
      />
    </section>
  );
}

function HowFar({ step: { state, done, total } }: { readonly step: Step }) {
  const { photos } = useTexts();
  if (state === "queued" || (state === "running" && total === null)) {
    return (
      <p className="quiet" role="status">
        {photos.waiting}
      </p>
    );
  }
  if (state === "running") {
    return (
      <div className="card">
        <Progress label={photos.progress(done, total ?? done)} done={done} total={total ?? done} />
      </div>
    );
  }
  return state === "failed" || state === "cancelled" ? <p>{photos.stopped}</p> : null;
}

/** A photo of which somebody said here that it is not them, and its place in the list. */
interface Disowned {
  readonly place: number;
  readonly photo: Photo;
}

/**
 * The service shows nobody a photo they said they are not on. It stays where it was as long as this
 * page is open, so that a slip can be taken back.
 */
function withDisowned(items: readonly Photo[], disowned: readonly Disowned[]): readonly Photo[] {
  const list = items.filter(({ id }) => disowned.every(({ photo }) => photo.id !== id));
  for (const { place, photo } of disowned.toSorted((a, b) => a.place - b.place)) {
    list.splice(place, 0, photo);
  }
  return list;
}

function Found(of: {
  readonly subject: string;
  readonly collection: string;
  readonly working: boolean;
  readonly enrolled: boolean;
}) {
  const { photos, more } = useTexts();
  const { subject, collection } = of;
  const found = useInfiniteQuery({
    queryKey: ["me", "photos", collection],
    queryFn: async ({ pageParam }) =>
      ask("listOwnPhotos", {
        subject,
        collection,
        limit: PHOTOS_ON_PAGE,
        ...(pageParam === null ? {} : { cursor: pageParam }),
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    refetchInterval: of.working ? WORKING_MS : RESTING_MS,
  });
  const [disowned, setDisowned] = useState<readonly Disowned[]>([]);
  const decide: Decide = (photo, place, state) => {
    const others = disowned.filter((one) => one.photo.id !== photo.id);
    const own = { place, photo: { ...photo, state } };
    setDisowned(state === "rejected" ? [...others, own] : others);
  };
  if (found.isPending) return <Loading />;
  if (found.error) return <Failure error={found.error} again={() => void found.refetch()} />;
  const items = withDisowned(
    found.data.pages.flatMap((page) => page.items),
    disowned,
  );
  if (items.length === 0) {
    return of.enrolled ? (
      <div className="card">
        <p>{photos.none}</p>
        <p className="quiet">{photos.noneMore}</p>
      </div>
    ) : null;
  }
  return (
    <>
      <MyArchive
        subject={subject}
        collection={collection}
        videos={found.data.pages.at(-1)?.videos ?? 0}
      />
      <Grid subject={subject} collection={collection} items={items} onVerdict={decide} />
      {found.hasNextPage ? (
        <Button
          look="second"
          busy={found.isFetchingNextPage}
          onPress={() => void found.fetchNextPage()}
        >
          {more}
        </Button>
      ) : null}
    </>
  );
}

/** A photo, or a video with all its moments. */
interface Entry extends OwnMoment {
  readonly moments: readonly OwnMoment[] | null;
}

/** The list with each video once, where its first moment is; moments in order of time. */
function withVideos(items: readonly Photo[]): readonly Entry[] {
  const places = items.map((photo, place) => ({ photo, place }));
  const videos = Map.groupBy(places, ({ photo }) => photo.photo);
  return places.flatMap((one): readonly Entry[] => {
    if (one.photo.track === null) return [{ ...one, moments: null }];
    const moments = videos.get(one.photo.photo) ?? [];
    if (moments[0] !== one) return [];
    const start = ({ photo }: OwnMoment): number => photo.track?.from ?? 0;
    return [{ ...one, moments: moments.toSorted((a, b) => start(a) - start(b)) }];
  });
}

type Decide = (photo: Photo, place: number, state: Photo["state"]) => void;

function Grid(of: {
  readonly subject: string;
  readonly collection: string;
  readonly items: readonly Photo[];
  readonly onVerdict: Decide;
}) {
  return (
    <ul className="photos">
      {withVideos(of.items).map(({ photo, place, moments }) =>
        moments === null ? (
          <li key={photo.id} className="photo">
            <MyPhoto
              subject={of.subject}
              collection={of.collection}
              photo={photo}
              onVerdict={(state) => of.onVerdict(photo, place, state)}
            />
          </li>
        ) : (
          <li key={photo.photo} className="photo video">
            <MyVideo
              subject={of.subject}
              collection={of.collection}
              moments={moments}
              onVerdict={(moment, state) => of.onVerdict(moment.photo, moment.place, state)}
            />
          </li>
        ),
      )}
    </ul>
  );
}
