/**
 * Enrols somebody whose signed form lies on the table, and searches with another photo of them:
 *
 *     node client/examples/enrol-and-find.ts <collection> "A. Name" a@example.org portrait.jpg probe.jpg
 */
import { ProblemError } from "../errors.ts";
import { openFile } from "../node-files.ts";
import { connectByEnvironment, readArguments } from "./settings.ts";

const [collection, name, contact, portrait, probe] = readArguments([
  "collection",
  "name",
  "contact",
  "portrait",
  "probe",
]);
const assent = connectByEnvironment();

try {
  const enrolled = await assent.enrolPerson({
    collection,
    name,
    contact,
    form: "binder 1, page 1",
    signedOn: new Date().toISOString().slice(0, 10),
    witness: "the front desk",
    photo: await openFile(portrait),
  });
  if (enrolled.outcome === "refused") {
    console.log(`Not enrolled, the photo won't do: ${enrolled.problems.join(", ")}`);
  } else {
    console.log(`${enrolled.outcome}: ${enrolled.subject}`);
  }
  const purpose = "show how a search looks";
  const { faces } = await assent.searchByPhoto({
    collection,
    purpose,
    photo: await openFile(probe),
  });
  for (const face of faces) {
    if (face.verdict === "match")
      console.log(`match: ${face.subject.id}, seen ${face.sightings.length} times`);
    else console.log(face.verdict);
  }
} catch (error) {
  // Every refusal has a code from a closed list, so a program can act on it.
  if (!(error instanceof ProblemError)) throw error;
  console.error(`${error.code}: ${error.detail ?? error.message}`);
  process.exitCode = 1;
}
