import { useQuery } from "@tanstack/react-query";
import { useWords } from "../../shared/words.ts";
import { useCollection } from "../collection.tsx";
import { assent, type Item, linkTo } from "../service.ts";
import { requests } from "../texts/requests.ts";

/** The photo that is decided on, with a frame around the face where it is about one. */
export function ObjectedPhoto({ request }: { readonly request: Item<"listRequests"> }) {
  const words = useWords(requests);
  const { id: collection } = useCollection();
  const { id: objection, photo, face } = request;
  const viewed = useQuery({
    queryKey: ["photo", collection, photo],
    queryFn: async () => assent.getPhoto({ collection, photo }),
    enabled: face !== null,
  });
  const box = viewed.data?.people.find((one) => one.face === face)?.box;
  return (
    <div className="objected">
      <img
        src={linkTo("getThumbnail", { collection, photo, size: "large", objection })}
        alt={words.alt}
      />
      {box ? (
        <svg viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
          <rect {...box} className="under" />
          <rect {...box} />
        </svg>
      ) : null}
    </div>
  );
}
