import { Link, useSearchParams } from "react-router";
import { useWords } from "../../shared/words.ts";
import { useCollection } from "../collection.tsx";
import { Title } from "../parts/title.tsx";
import { useMay } from "../session.tsx";
import { WORKERS } from "../screens/screen.ts";
import { library } from "../texts/library.ts";
import { PhotoGrid } from "./photo-grid.tsx";
import { addressOf, type PhotoList, usePhotoList } from "./photo-list.ts";

/** Every photo of the collection. */
export function Photos() {
  const { photos: words } = useWords(library);
  const { id, closed } = useCollection();
  const list = usePhotoList();
  const works = useMay(WORKERS);
  return (
    <>
      <Title
        beside={
          works && !closed ? (
            <Link className="button second slim" to={`/app/c/${id}/import`}>
              {words.add}
            </Link>
          ) : null
        }
      >
        {words.title}
      </Title>
      <Filters list={list} />
      <PhotoGrid key={addressOf(list)} collection={id} list={list} />
    </>
  );
}

function Filters({ list }: { readonly list: PhotoList }) {
  const { photos: words } = useWords(library);
  const [, setQuery] = useSearchParams();
  const change = (changes: Partial<PhotoList>): void =>
    setQuery(addressOf({ ...list, ...changes }), { replace: true });
  return (
    <div className="row">
      <label className="inline">
        {words.order}
        <select
          value={list.order}
          onChange={({ target }) => change({ order: target.value === "date" ? "date" : "newest" })}
        >
          <option value="newest">{words.orders.newest}</option>
          <option value="date">{words.orders.date}</option>
        </select>
      </label>
      <label className="inline">
        {words.show}
        <select
          value={list.show}
          onChange={({ target }) => change({ show: target.value as PhotoList["show"] })}
        >
          <option value="all">{words.shown.all}</option>
          <option value="pending">{words.shown.pending}</option>
          <option value="problem">{words.shown.problem}</option>
        </select>
      </label>
      {list.subject === null ? null : (
        <button
          type="button"
          className="button second slim"
          onClick={() => change({ subject: null })}
        >
          {words.ofOnePerson}
        </button>
      )}
    </div>
  );
}
