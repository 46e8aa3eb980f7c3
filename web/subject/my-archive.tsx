import { useQueryClient } from "@tanstack/react-query";
import { Button } from "../shared/controls.tsx";
import { useLanguage, useTexts } from "../shared/language.tsx";
import { Failure, useAction } from "../shared/states.tsx";
import { showMoment } from "../shared/times.ts";
import { isUnderWay, Making, useOwnDeliveries } from "./my-copy.tsx";
import { ask, linkOf } from "./service.ts";

/** Everything they are seen in, as one archive: photos at once, and with videos once it is packed. */
export function MyArchive(of: {
  readonly subject: string;
  readonly collection: string;
  readonly videos: number;
}) {
  const { photos, videos: words } = useTexts();
  const { subject, collection, videos } = of;
  return (
    <>
      <div className="row">
        <a
          className="button second"
          href={linkOf("downloadOwnPhotos", { subject, collection })}
          download
        >
          {videos === 0 ? photos.all : words.photosAlone}
        </a>
        <span className="quiet small">{photos.everyone}</span>
      </div>
      {videos === 0 ? null : <WithVideos {...of} />}
    </>
  );
}

function WithVideos(of: {
  readonly subject: string;
  readonly collection: string;
  readonly videos: number;
}) {
  const { videos: words } = useTexts();
  const language = useLanguage();
  const client = useQueryClient();
  const { subject, collection } = of;
  const list = useOwnDeliveries(of);
  const pack = useAction(async () => {
    await ask("askForOwnDelivery", { subject, collection, videos: "intervals" });
    await client.invalidateQueries({ queryKey: ["me", "deliveries", collection] });
  });
  const found = list.data?.items.find(({ video }) => video === null);
  const packing = found !== undefined && isUnderWay(found);
  return (
    <div className="card">
      <p>{words.packMore(of.videos)}</p>
      {packing ? <Making delivery={found} /> : null}
      {found?.made === true ? (
        <p className="row">
          <a
            className="button second"
            href={linkOf("fetchOwnDelivery", { subject, collection, delivery: found.id })}
            download
          >
            {words.packed(found.photos ?? 0)}
          </a>
          <span className="quiet small">{words.until(showMoment(found.expiresAt, language))}</span>
        </p>
      ) : null}
      {found && !found.made && !packing ? <p className="note">{words.notPacked}</p> : null}
      {packing ? null : (
        <Button look="second" slim busy={pack.busy} onPress={() => pack.run()}>
          {found?.made === true ? words.packAgain : words.pack}
        </Button>
      )}
      {pack.error ? <Failure error={pack.error} /> : null}
    </div>
  );
}
