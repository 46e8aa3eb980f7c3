import { type ReactNode, Suspense } from "react";
import { Link, matchPath, Route, Routes, useLocation, useParams } from "react-router";
import { Boundary } from "../shared/boundary.tsx";
import { type Part, part } from "../shared/part.ts";
import { Loading } from "../shared/states.tsx";
import { useWords } from "../shared/words.ts";
import { CollectionContext, useCollections } from "./collection.tsx";
import { Navigation } from "./navigation.tsx";
import { Loaded } from "./parts/states.tsx";
import { Title } from "./parts/title.tsx";
import type { Screen } from "./screens/screen.ts";
import { SCREENS } from "./screens/screens.ts";
import { useMay } from "./session.tsx";
import { shell } from "./texts/shell.ts";

const PARTS: readonly (readonly [Screen, Part<object>])[] = SCREENS.map((screen) => [
  screen,
  part(screen.load),
]);

/** Has the screen at an address fetched, while it is still being asked who is there. */
export function fetchScreenAt(address: string): void {
  const found = PARTS.find(([{ within, path }]) => {
    const above = within === "collection" ? "/app/c/:collection" : "/app";
    return matchPath(path === "" ? above : `${above}/${path}`, address) !== null;
  });
  void found?.[1].fetch();
}

/** What stands around every screen of the operator's side, and the screens in it. */
export function Shell() {
  const words = useWords(shell);
  return (
    <div className="shell">
      <a className="skip" href="#content">
        {words.skip}
      </a>
      <Navigation />
      <main id="content" tabIndex={-1}>
        <Boundary at={useLocation().pathname}>
          <Suspense fallback={<Loading />}>
            <Routes>
              <Route path="/app">
                {routesOf("instance")}
                <Route path="c/:collection">
                  {routesOf("collection", (content) => (
                    <OfCollection>{content}</OfCollection>
                  ))}
                </Route>
              </Route>
              <Route path="*" element={<Missing />} />
            </Routes>
          </Suspense>
        </Boundary>
      </main>
    </div>
  );
}

function routesOf(
  within: Screen["within"],
  around: (content: ReactNode) => ReactNode = (content) => content,
) {
  return PARTS.filter(([screen]) => screen.within === within).map(([screen, { Content }]) => (
    <Route
      key={screen.path}
      {...(screen.path === "" ? { index: true } : { path: screen.path })}
      element={<ForRole who={screen.who}>{around(<Content />)}</ForRole>}
    />
  ));
}

function ForRole({ who, children }: { readonly who: Screen["who"]; readonly children: ReactNode }) {
  const words = useWords(shell);
  if (useMay(who)) return <>{children}</>;
  return <Refusal title={words.notYours}>{words.notYoursMore}</Refusal>;
}

/** A screen is begun anew for each collection: nothing of one is seen in another. */
function OfCollection({ children }: { readonly children: ReactNode }) {
  const words = useWords(shell);
  const { collection: id } = useParams();
  return (
    <Loaded query={useCollections()}>
      {(all) => {
        const collection = all.find((one) => one.id === id);
        return collection ? (
          <CollectionContext key={id} value={collection}>
            {children}
          </CollectionContext>
        ) : (
          <Refusal title={words.noCollection}>{words.noCollectionMore}</Refusal>
        );
      }}
    </Loaded>
  );
}

function Missing() {
  const words = useWords(shell);
  return <Refusal title={words.missing}>{words.missingMore}</Refusal>;
}

function Refusal({ title, children }: { readonly title: string; readonly children: string }) {
  const words = useWords(shell);
  return (
    <>
      <Title>{title}</Title>
      <p>{children}</p>
      <Link className="button second" to="/app">
        {words.toCollections}
      </Link>
    </>
  );
}
