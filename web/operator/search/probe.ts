import { useEffect, useState } from "react";
import { type Answer, assent } from "../service.ts";

/** A photo searched with: where it is shown from in this browser, and the faces in it. */
export interface Probe extends Answer<"detectFaces"> {
  readonly photo: File;
  /** Of the photo, for as long as the screen stands. */
  readonly address: string;
}

export type ProbeFace = Probe["faces"][number];

/** Has the faces of a photo found. Nobody is compared, and nothing is kept or recorded. */
export function useProbe(
  collection: string,
  photo: File,
): { readonly probe: Probe | null; readonly error: unknown } {
  const [state, setState] = useState<{ probe: Probe | null; error: unknown }>({
    probe: null,
    error: null,
  });
  useEffect(() => {
    const stop = new AbortController();
    const address = URL.createObjectURL(photo);
    const look = async (): Promise<void> => {
      try {
        const found = await assent.detectFaces({ collection, photo }, { signal: stop.signal });
        if (!stop.signal.aborted) setState({ probe: { ...found, photo, address }, error: null });
      } catch (error) {
        if (!stop.signal.aborted) setState({ probe: null, error });
      }
    };
    void look();
    return () => {
      stop.abort();
      URL.revokeObjectURL(address);
    };
  }, [collection, photo]);
  return state;
}
