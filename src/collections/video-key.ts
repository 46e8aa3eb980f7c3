import { analysisKey } from "./media.ts";

/**
 * Which pack and pipeline found a video's tracks. Where nobody was there to be compared with, faces
 * were linked by their places alone, and two people may be taken for one: such a video is looked at
 * anew, once, when somebody comes.
 */
export function videoKey(pack: string, embedded: boolean): string {
  return embedded ? analysisKey(pack) : `${analysisKey(pack)}/places`;
}
