import { type ReactNode, useState } from "react";
import { Link, Navigate, NavLink, Route, Routes, useLocation, useParams } from "react-router";
import { Heading } from "../shared/controls.tsx";
import { Frame } from "../shared/frame.tsx";
import { useTexts } from "../shared/language.tsx";
import { part } from "../shared/part.ts";
import { Failure, Loading } from "../shared/states.tsx";
import { tokenInAddress } from "../shared/token.ts";
import { Erased } from "./erased.tsx";
import { useGrantIn } from "./grants.ts";
import { MyPhotos } from "./my-photos.tsx";
import { facePage, OWN_SCREENS, type OwnScreen } from "./screens.ts";
import { SignOut, useSession } from "./session.tsx";
import { ShowFace } from "./show-face.tsx";
import { SignIn } from "./sign-in.tsx";

const mySearches = part(async () => (await import("./my-searches.tsx")).MySearches);
const myConsent = part(async () => (await import("./my-consent.tsx")).MyConsent);

/** What is fetched while it is still being asked who is there. */
const PARTS: Readonly<Record<string, { readonly fetch: () => Promise<void> }>> = {
  "/me/searches": mySearches,
  "/me/consent": myConsent,
};
void PARTS[location.pathname]?.fetch();

/** A person's own pages, once they are signed in; until then, the way to sign in. */
export function Me() {
  const { data } = useSession();
  const [erased, setErased] = useState<{ readonly certificate: string | null } | null>(null);
  if (erased) return <Erased certificate={erased.certificate} />;
  if (tokenInAddress() !== null || data?.kind !== "subject" || data.id === null) {
    return <SignIn whose="subject" />;
  }
  const subject = data.id;
  const pages: Readonly<Record<OwnScreen, ReactNode>> = {
    "/me": <MyPhotos subject={subject} />,
    "/me/searches": <mySearches.Content subject={subject} />,
    "/me/consent": (
      <myConsent.Content subject={subject} onErased={(certificate) => setErased({ certificate })} />
    ),
    "/me/face/:collection": <Face subject={subject} />,
  };
  return (
    <Frame beside={<SignOut />} wide>
      <Sections />
      <Routes>
        {OWN_SCREENS.map((path) => (
          <Route key={path} path={path.slice("/me/".length)} element={pages[path]} />
        ))}
        <Route path="*" element={<Navigate to="/me" replace />} />
      </Routes>
    </Frame>
  );
}

/** A camera is offered where a consent is in force, and nowhere else. */
function Face({ subject }: { readonly subject: string }) {
  const { collection = "" } = useParams();
  const { camera, me, problems } = useTexts();
  const { known, grant, error, refetch } = useGrantIn(collection, subject);
  // What is known stays, though asking once more should fail: somebody may be before the camera.
  if (grant) return <ShowFace collection={collection} subject={subject} />;
  if (error) return <Failure error={error} again={() => void refetch()} />;
  if (!known) return <Loading />;
  return (
    <>
      <Heading focus>{camera.title}</Heading>
      <p>{problems.no_live_grant}</p>
      <Link to="/me/consent" reloadDocument>
        {me.consent}
      </Link>
    </>
  );
}

function Sections() {
  const { me } = useTexts();
  // Whoever leaves the page with the camera leaves its permission behind.
  const anew = useLocation().pathname.startsWith(facePage(""));
  const sections = [
    ["/me", me.photos],
    ["/me/searches", me.searches],
    ["/me/consent", me.consent],
  ] as const;
  return (
    <nav aria-label={me.sections}>
      <ul>
        {sections.map(([path, words]) => (
          <li key={path}>
            <NavLink to={path} end reloadDocument={anew}>
              {words}
            </NavLink>
          </li>
        ))}
      </ul>
    </nav>
  );
}
