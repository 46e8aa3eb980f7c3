import assert from "node:assert/strict";
import { onEachDatabase } from "../../test/databases.ts";
import { eventsOf } from "../../test/ledger.ts";
import { fakePhoto } from "../../test/fake-engine.ts";
import { enrolPerson, importPhotos, makeCollection, openInstance } from "../../test/instance.ts";
import { changeLimits } from "../collections/limits.ts";
import { withdraw } from "../rights/consent-changes.ts";
import { pageOfReviews, type Review, type ReviewsKey } from "./reviews.ts";
import { decide } from "./sightings.ts";

onEachDatabase(
  "reviews are of living consents, each held against another face",
  async (database) => {
    await using instance = await openInstance(database);
    const { app } = instance;
    const made = await makeCollection(app);
    const elsewhere = await makeCollection(app, { name: "elsewhere" });
    const anna = await enrolPerson(app, made, "anna");
    const bert = await enrolPerson(app, made, "bert");
    await enrolPerson(app, elsewhere, "carl");
    await importPhotos(instance, made, {
      "a.jpg": fakePhoto(["anna", "bert"], "a"),
      "b.jpg": fakePhoto(["anna"], "b"),
      "c.jpg": fakePhoto(["anna"], "c"),
    });
    await importPhotos(instance, elsewhere, { "d.jpg": fakePhoto(["carl"], "d") }, "elsewhere");
    const read = async (state: Review["state"]): Promise<readonly Review[]> => {
      const all: Review[] = [];
      let after: ReviewsKey | null = null;
      do {
        const page = { collection: made.id, state, after, limit: 2 };
        const { reviews, next }: Awaited<ReturnType<typeof pageOfReviews>> = await pageOfReviews(
          app.db,
          app.recorder,
          page,
        );
        all.push(...reviews);
        after = next;
      } while (after !== null);
      return all;
    };
    const proposed = await read("proposed");
    const subjects = proposed.map(({ subject }) => subject);
    assert.deepEqual(subjects, [anna, anna, anna, bert].toSorted(), "each once, by person");
    const [first, second] = proposed.filter(({ subject }) => subject === anna);
    assert.ok(first && second);
    assert.equal(first.reference?.state, "proposed");
    assert.equal(proposed.find(({ subject }) => subject === bert)?.reference, null);
    const listed = await eventsOf(app, "photos.listed");
    assert.deepEqual(new Set(listed.map((event) => event.subject)), new Set([anna, bert]));

    await decide(app.db, app.recorder, second.id, "confirmed");
    const now = (await read("proposed")).find(({ id }) => id === first.id);
    assert.deepEqual(
      { face: now?.reference?.face, state: now?.reference?.state },
      { face: second.face, state: "confirmed" },
    );
    assert.deepEqual(
      (await read("confirmed")).map(({ id }) => id),
      [second.id],
    );

    await changeLimits(app.db, app.recorder, made.id, { twoPerson: true });
    assert.equal(await decide(app.db, app.recorder, first.id, "confirmed"), "proposed");
    const once = (await read("proposed")).find(({ id }) => id === first.id);
    assert.deepEqual(once?.confirmedBy, [app.recorder.account]);

    await withdraw(app.db, app.recorder, anna, made.id);
    assert.deepEqual(
      (await read("proposed")).map(({ subject }) => subject),
      [bert],
    );
    assert.deepEqual(await read("confirmed"), []);
  },
);
