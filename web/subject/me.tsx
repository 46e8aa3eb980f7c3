import { lazy, useState } from "react";
import { NavLink, Route, Routes, useParams } from "react-router";
import { Frame } from "../shared/frame.tsx";
import { useTexts } from "../shared/language.tsx";
import { tokenInAddress } from "../shared/token.ts";
import { Erased } from "./erased.tsx";
import { MyPhotos } from "./my-photos.tsx";
import { SignOut, useSession } from "./session.tsx";
import { ShowFace } from "./show-face.tsx";
import { SignIn } from "./sign-in.tsx";

const MySearches = lazy(async () => ({ default: (await import("./my-searches.tsx")).MySearches }));
const MyConsent = lazy(async () => ({ default: (await import("./my-consent.tsx")).MyConsent }));

/** A person's own pages, once they are signed in; until then, the way to sign in. */
export function Me() {
  const { data } = useSession();
  const [erased, setErased] = useState<{ readonly certificate: string | null } | null>(null);
  if (erased) return <Erased certificate={erased.certificate} />;
  if (tokenInAddress() !== null || data?.kind !== "subject" || data.id === null) {
    return <SignIn whose="subject" />;
  }
  const subject = data.id;
  return (
    <Frame beside={<SignOut />} wide>
      <Sections />
      <Routes>
        <Route path="" element={<MyPhotos subject={subject} />} />
        <Route path="searches" element={<MySearches subject={subject} />} />
        <Route
          path="consent"
          element={
            <MyConsent subject={subject} onErased={(certificate) => setErased({ certificate })} />
          }
        />
        <Route path="face/:collection" element={<Face subject={subject} />} />
      </Routes>
    </Frame>
  );
}

function Face({ subject }: { readonly subject: string }) {
  const { collection = "" } = useParams();
  return <ShowFace collection={collection} subject={subject} />;
}

function Sections() {
  const { me } = useTexts();
  return (
    <nav aria-label={me.sections}>
      <ul>
        <li>
          <NavLink to="/me" end>
            {me.photos}
          </NavLink>
        </li>
        <li>
          <NavLink to="/me/searches">{me.searches}</NavLink>
        </li>
        <li>
          <NavLink to="/me/consent">{me.consent}</NavLink>
        </li>
      </ul>
    </nav>
  );
}
