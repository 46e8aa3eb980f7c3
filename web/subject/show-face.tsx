import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { FileTrigger } from "react-aria-components";
import { Button, Heading } from "../shared/controls.tsx";
import { useTexts } from "../shared/language.tsx";
import { Done, Failure, useAction } from "../shared/states.tsx";
import { Camera } from "./camera.tsx";
import { useGrantIn } from "./grants.ts";
import { ask } from "./service.ts";

type Problems = readonly { readonly code: string; readonly advice: string }[];

/** Showing one's face: by the camera, once it is asked for, or by a photo; until one is good. */
export function ShowFace(of: { readonly collection: string; readonly subject: string }) {
  const { collection, subject } = of;
  const { camera } = useTexts();
  const client = useQueryClient();
  const [shown, setShown] = useState<"closed" | "open" | "refused" | "done">("closed");
  const [problems, setProblems] = useState<Problems>([]);
  const { grant } = useGrantIn(collection, subject);
  // Until it is known, no way is offered that may be refused.
  const upload = grant?.collection.uploadPhoto;
  const send = useAction(async (photo: Blob, source: "camera" | "file") => {
    const answer = await ask("enrolPhoto", { collection, subject, photo, source });
    setProblems(answer.outcome === "refused" ? answer.problems : []);
    if (answer.outcome === "refused") return;
    setShown("done");
    await client.invalidateQueries({ queryKey: ["me"] });
  });
  if (shown === "done") return <AllDone />;
  return (
    <>
      <Heading focus>{camera.title}</Heading>
      <p>{camera.alone}</p>
      {shown === "open" ? (
        <Camera
          busy={send.busy}
          onPicture={(picture) => send.run(picture, "camera")}
          onRefused={() => setShown("refused")}
        />
      ) : null}
      {shown === "refused" ? (
        <div className="note bad" role="alert">
          {camera.refused} {upload === false ? camera.refusedOnly : camera.refusedUpload}
        </div>
      ) : null}
      {problems.length > 0 ? <Poor problems={problems} /> : null}
      {send.error ? <Failure error={send.error} /> : null}
      <div className="row section">
        {shown === "open" ? null : (
          <Button busy={send.busy} onPress={() => setShown("open")}>
            {camera.open}
          </Button>
        )}
        {upload === true ? (
          <FileTrigger
            acceptedFileTypes={["image/*"]}
            onSelect={(files) => {
              const [photo] = files ?? [];
              if (photo) send.run(photo, "file");
            }}
          >
            <Button look="second" busy={send.busy}>
              {camera.upload}
            </Button>
          </FileTrigger>
        ) : null}
      </div>
      {upload === false ? <p className="quiet">{camera.cameraOnly}</p> : null}
      {send.busy ? <p role="status">{camera.sending}</p> : null}
    </>
  );
}

/** Why a picture can't be used, each with what to change. */
function Poor({ problems }: { readonly problems: Problems }) {
  const { camera } = useTexts();
  const known: Readonly<Record<string, string>> = camera.quality;
  return (
    <div className="note bad" role="alert">
      <h2>{camera.poor}</h2>
      <ul>
        {problems.map(({ code, advice }) => (
          <li key={code}>{known[code] ?? advice}</li>
        ))}
      </ul>
    </div>
  );
}

function AllDone() {
  const { camera } = useTexts();
  return (
    <>
      <Heading focus>{camera.done}</Heading>
      <Done>
        <p>{camera.doneMore}</p>
      </Done>
      <a className="button first" href="/me">
        {camera.toPhotos}
      </a>
    </>
  );
}
