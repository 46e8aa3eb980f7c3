import { isMainThread } from "node:worker_threads";
import { assert } from "../../base/errors.ts";

const NAME = "ORT_DISABLE_TELEMETRY";

/**
 * [Note: reports] From 1.29 on ONNX Runtime tells its makers of every process and model it runs,
 * under an identifier it keeps at home, unless the environment of the process says no before its
 * first session (its pull request 27379). Nothing leaves an instance. A worker thread has a copy of
 * the environment: what it sets there the runtime never sees, so whoever starts the thread calls this
 * first, and a thread whose starter did not gets no session.
 */
export function forbidReports(): void {
  if (isMainThread) process.env[NAME] = "1";
  assert(process.env[NAME] === "1", "Whoever starts a thread that opens models forbids reports");
}
