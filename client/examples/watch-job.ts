/**
 * Shows how far the newest job is until it is over, through restarts of the service:
 *
 *     node client/examples/watch-job.ts
 */
import { followJob } from "../follow.ts";
import { connectByEnvironment } from "./settings.ts";

const assent = connectByEnvironment();
const [newest] = (await assent.listJobs({ limit: 1 })).items;
if (newest) {
  for await (const { kind, state, done, total } of followJob(assent, newest.id)) {
    console.log(`${kind}: ${state}, ${done} of ${total ?? "?"}`);
  }
} else {
  console.log("There is no job.");
}
