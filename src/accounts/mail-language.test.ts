import assert from "node:assert/strict";
import { onEachDatabase } from "../../test/databases.ts";
import { enrolPerson, makeCollection, openInstance } from "../../test/instance.ts";
import { answerLinkRequests, askForLink } from "./links.ts";
import { type Mail, sendDueMail } from "./mail.ts";

onEachDatabase("people are written to in the language they said yes in", async (database) => {
  await using instance = await openInstance(database);
  const { app } = instance;
  const dutch = await makeCollection(app, { noticeLanguage: "nl" });
  const english = await makeCollection(app, { name: "other" });
  await enrolPerson(app, dutch, "anna", { contact: "anna@people.example" });
  await enrolPerson(app, english, "bert", { contact: "bert@people.example" });
  for (const who of ["anna", "bert"]) await askForLink(app, "subject", `${who}@people.example`);
  await answerLinkRequests({ ...app, origin: "https://photos.example" });
  const posted: Mail[] = [];
  await sendDueMail(app, { send: async (_, mail) => void posted.push(mail) });
  assert.deepEqual(posted.map(({ subject }) => subject).sort(), [
    "Je link naar wat er over je is bewaard",
    "Your link to what is held about you",
  ]);
});
