import { z } from "zod";
import { VerifyError } from "./errors.ts";

const seconds = z.number().nonnegative();

/** `videos/list.json`: the videos a person is seen in, when, and the file of cues of each. */
export const videosSchema = z.array(
  z.strictObject({
    video: z.string(),
    collection: z.string(),
    takenAt: z.string().nullable(),
    seconds,
    cues: z.string(),
    moments: z.array(
      z.strictObject({
        sighting: z.string(),
        from: seconds,
        to: seconds,
        best: seconds,
        verdict: z.enum(["match", "uncertain"]),
        state: z.enum(["proposed", "confirmed", "rejected"]),
      }),
    ),
  }),
);

/** Checks that the cues of every video are there, and no others. Throws VerifyError incomplete. */
export function checkVideos(videos: z.infer<typeof videosSchema>, cues: readonly string[]): void {
  const named = videos.map((video) => video.cues);
  const missing = named.find((name) => !cues.includes(name));
  if (missing !== undefined) throw new VerifyError("incomplete", `${missing} is missing.`);
  if (named.length === cues.length) return;
  throw new VerifyError("incomplete", "There are times of a video that is not listed.");
}
