import { type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useLocation } from "react-router";
import { Failure, Loading } from "../../shared/states.tsx";
import { useWords } from "../../shared/words.ts";
import { useCollection } from "../collection.tsx";
import { Empty } from "../parts/states.tsx";
import { library } from "../texts/library.ts";
import { GAP, type GridWindow, useGridWindow } from "./grid-window.ts";
import { type PhotoList, usePhotos } from "./photo-list.ts";
import { Tile } from "./photo-tile.tsx";

/** What is drawn changes with every row; what is asked for, when scrolling rests for this long. */
const REST_MS = 90;

/**
 * [Note: a long grid] The page is as high as all photos need, and only the tiles near what is seen
 * exist: a hundred thousand photos cost as much as a hundred. A tile's place in the list says where
 * it stands, so that one can jump anywhere, and pages of photos are asked for by place. A tile never
 * moves on the page: scrolling paints what is new and nothing twice. Places and heights are set by
 * script on the elements, which the page's policy allows; it forbids styles in markup.
 */
export function PhotoGrid(of: { readonly collection: string; readonly list: PhotoList }) {
  const { photos: words } = useWords(library);
  const grid = useRef<HTMLDivElement>(null);
  const seen = useGridWindow(grid);
  const first = seen.firstRow * seen.columns;
  const wanted = useRested({ first, last: first + Math.max(1, seen.rows) * seen.columns });
  const photos = usePhotos(of.collection, of.list, wanted);
  const total = useLastKnown(photos.total);
  const last = Math.min(total ?? 0, first + seen.rows * seen.columns);
  const keys = useKeys(grid, seen, total ?? 0);
  const stop = keys.active >= first && keys.active < last ? keys.active : first;
  return (
    <>
      {photos.error ? <Failure error={photos.error} again={photos.refetch} /> : null}
      {total === null && !photos.error ? <Loading /> : null}
      {total === 0 ? <None list={of.list} /> : null}
      <div
        ref={grid}
        className="grid"
        style={{ height: Math.ceil((total ?? 0) / seen.columns) * seen.rowHeight }}
      >
        <ul
          className="tiles"
          aria-label={words.grid(total ?? 0)}
          hidden={!total}
          onKeyDown={keys.onKeyDown}
        >
          {Array.from({ length: Math.max(0, last - first) }, (_, index) => (
            <Tile
              key={first + index}
              place={first + index}
              total={total ?? 0}
              photo={photos.at(first + index)}
              list={of.list}
              collection={of.collection}
              isStop={first + index === stop}
              left={((first + index) % seen.columns) * seen.rowHeight}
              top={Math.floor((first + index) / seen.columns) * seen.rowHeight}
              side={seen.rowHeight - GAP}
            />
          ))}
        </ul>
      </div>
    </>
  );
}

function None({ list: { show, subject } }: { readonly list: PhotoList }) {
  const { photos: words } = useWords(library);
  const { closed } = useCollection();
  const all = show === "all" && subject === null;
  const more = closed ? null : words.noneMore;
  return (
    <Empty title={all ? words.none : words.noneSo}>
      <p>{all ? more : words.noneSoMore}</p>
    </Empty>
  );
}

interface Places {
  readonly first: number;
  readonly last: number;
}

/** Follows at once where nothing was asked yet, else when it has stood still for a moment. */
function useRested({ first, last }: Places): Places {
  const [rested, setRested] = useState<Places>({ first, last });
  useEffect(() => {
    const timer = setTimeout(() => setRested({ first, last }), REST_MS);
    return () => clearTimeout(timer);
  }, [first, last]);
  return rested;
}

/** While another page is on its way, the list is as long as it was. */
function useLastKnown(total: number | null): number | null {
  const [known, setKnown] = useState(total);
  if (total !== null && total !== known) setKnown(total);
  return total ?? known;
}

/** Arrows go from photo to photo, as in any grid; one tile takes part in the order of Tab. */
function useKeys(grid: { readonly current: HTMLElement | null }, seen: GridWindow, total: number) {
  const { state } = useLocation() as { readonly state: { readonly at?: unknown } | null };
  const start = typeof state?.at === "number" ? state.at : null;
  const [active, setActive] = useState(start ?? 0);
  // Where the focus is to go once its tile exists.
  const [going, setGoing] = useState(start);
  const ready = total > 0 && seen.rows > 0;
  useLayoutEffect(() => {
    const element = grid.current;
    if (going === null || !ready || !element) return;
    const tile = element.querySelector<HTMLElement>(`[data-place="${going}"]`);
    if (!tile || isOutside(tile)) scrollTo(element, seen, going);
    if (!tile) return;
    tile.focus({ preventScroll: true });
    setGoing(null);
  }, [grid, seen, going, ready]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = stepOf(event.key, seen.columns);
    if (step === null) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(total - 1, placeOf(event.target) + step));
    setActive(next);
    setGoing(next);
  };
  return { active, onKeyDown };
}

function placeOf(target: EventTarget): number {
  return target instanceof HTMLElement ? Number(target.dataset["place"] ?? 0) : 0;
}

function stepOf(key: string, columns: number): number | null {
  const steps: Readonly<Record<string, number>> = {
    ArrowRight: 1,
    ArrowLeft: -1,
    ArrowDown: columns,
    ArrowUp: -columns,
    PageDown: 4 * columns,
    PageUp: -4 * columns,
    Home: -Infinity,
    End: Infinity,
  };
  return steps[key] ?? null;
}

function isOutside(tile: HTMLElement): boolean {
  const { top, bottom } = tile.getBoundingClientRect();
  return top < 0 || bottom > innerHeight;
}

function scrollTo(grid: HTMLElement, { columns, rowHeight }: GridWindow, place: number): void {
  const top = grid.getBoundingClientRect().top + scrollY;
  const row = Math.floor(place / columns);
  scroll({ top: Math.max(0, top + row * rowHeight - innerHeight / 3) });
}
