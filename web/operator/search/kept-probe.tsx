import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Button } from "../../shared/controls.tsx";
import { useLanguage } from "../../shared/language.tsx";
import { Failure, useAction } from "../../shared/states.tsx";
import { showMoment } from "../../shared/times.ts";
import { useWords } from "../../shared/words.ts";
import { Confirm } from "../parts/confirm.tsx";
import { WORKERS } from "../screens/screen.ts";
import { assent, type Item } from "../service.ts";
import { useMay } from "../session.tsx";
import { search as texts } from "../texts/search.ts";

type Search = Item<"listSearches">;

/** What a search was made with, while it is kept: shown when it is asked for, and deleted. */
export function KeptProbe(of: {
  readonly collection: string;
  readonly search: Search;
  readonly probe: NonNullable<Search["probe"]>;
}) {
  const { keep: words } = useWords(texts);
  const language = useLanguage();
  const client = useQueryClient();
  const [address, setAddress] = useState<string | null>(null);
  const [asking, setAsking] = useState(false);
  const works = useMay(WORKERS);
  const { collection, search, probe } = of;
  const which = { collection, search: search.id };
  useEffect(() => () => (address === null ? undefined : URL.revokeObjectURL(address)), [address]);
  const show = useAction(async () => {
    const file = await assent.getProbe(which);
    setAddress(URL.createObjectURL(await file.whole()));
  });
  const isVideo = probe.type.startsWith("video/");
  return (
    <>
      <span className="row small">
        {words.kept(showMoment(probe.until, language))}
        {address === null ? (
          <Button
            look="second"
            slim
            busy={show.busy}
            label={`${words.show}: ${search.purpose}`}
            onPress={() => show.run()}
          >
            {words.show}
          </Button>
        ) : null}
        {works ? (
          <Button
            look="danger"
            slim
            label={`${words.remove}: ${search.purpose}`}
            onPress={() => setAsking(true)}
          >
            {words.remove}
          </Button>
        ) : null}
      </span>
      {show.error ? <Failure error={show.error} /> : null}
      {address !== null && isVideo ? (
        <video className="film clip" controls playsInline src={address} aria-label={words.alt} />
      ) : null}
      {address !== null && !isVideo ? (
        <img className="film clip" src={address} alt={words.alt} />
      ) : null}
      {asking ? (
        <Confirm
          title={words.removeTitle}
          gone={[isVideo ? words.goneVideo : words.gonePhoto]}
          yes={words.remove}
          action={async () => {
            await assent.deleteProbe(which);
            await client.invalidateQueries({ queryKey: ["searches", collection] });
          }}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </>
  );
}
