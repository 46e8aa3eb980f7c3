import { connect } from "../../client/assent.ts";
import { browserSession } from "../../client/badge.ts";
import { each } from "../../client/each.ts";
import { ProblemError } from "../../client/errors.ts";
import { followJob } from "../../client/follow.ts";
import { storageMemory, uploadFile } from "../../client/upload.ts";

/** What a page of the service could do with the client; the test calls it in the browser. */
async function tryClient(photos: Readonly<Record<"portrait" | "probe" | "group", string>>) {
  const fileOf = (name: keyof typeof photos) => new File([photos[name]], `${name}.jpg`);
  const assent = connect({ address: location.origin, as: browserSession() });
  const { id: collection } = await assent.createCollection({
    name: "browser",
    purpose: "give the guests their pictures",
    notice: "We look for your face in the photos of the gala.",
    contact: "office@club.example",
    retentionDays: 365,
    ageFloor: 16,
    sceneBasis: "ticket terms and signs at the door",
  });
  await assent.enrolPerson({
    collection,
    name: "Anna",
    contact: "anna@people.example",
    form: "binder 1, page 1",
    signedOn: new Date().toISOString().slice(0, 10),
    witness: "Bert",
    photo: fileOf("portrait"),
  });
  const progress: number[] = [];
  await uploadFile(
    assent,
    { collection, name: "group.jpg", file: fileOf("group") },
    {
      partBytes: 50,
      memory: storageMemory(localStorage),
      onProgress: (sent) => progress.push(sent),
    },
  );
  const states: string[] = [];
  for await (const job of each(assent.listJobs, {})) {
    for await (const { state } of followJob(assent, job.id)) states.push(state);
  }
  const { faces } = await assent.searchByPhoto({
    collection,
    purpose: "a test",
    photo: fileOf("probe"),
  });
  const refused = await assent.listPeople({ collection: "col_AAAAAAAAAAAAAAAA" }).then(
    () => null,
    (error: unknown) => (error instanceof ProblemError ? error.code : String(error)),
  );
  const [first] = faces;
  const seen = first?.verdict === "match" ? first.sightings.length : 0;
  return { parts: progress.length, states, verdict: first?.verdict, seen, refused };
}

Object.assign(globalThis, { tryClient });
