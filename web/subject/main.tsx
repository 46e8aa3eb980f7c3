import { type ReactNode, Suspense } from "react";
import { BrowserRouter, Route, Routes } from "react-router";
import { Frame } from "../shared/frame.tsx";
import { mount } from "../shared/mount.tsx";
import { type Part, part, untilThere } from "../shared/part.ts";
import { Loading } from "../shared/states.tsx";
import { Landing } from "./landing.tsx";
import { Missing } from "./missing.tsx";
import { PUBLIC_SCREENS, type PublicScreen } from "./screens.ts";
import { SignIn } from "./sign-in.tsx";

const start = part(async () => (await import("./start.tsx")).Start);
const contact = part(async () => (await import("./contact.tsx")).Contact);
const invite = part(async () => (await import("./invite.tsx")).Invite);
const transparency = part(async () => (await import("../open/transparency.tsx")).Transparency);
const me = part(async () => (await import("./me.tsx")).Me);

const PAGES: Readonly<Record<PublicScreen, ReactNode>> = {
  "/": <Landing />,
  "/start": <start.Content />,
  "/sign-in": <SignIn whose="account" />,
  "/contact": <contact.Content />,
  "/invite": <invite.Content />,
  "/transparency": <transparency.Content />,
};

/** What these pages begin with; the others are a part of this file's. */
const PARTS: Readonly<Record<string, Part<object>>> = {
  "/start": start,
  "/contact": contact,
  "/invite": invite,
  "/transparency": transparency,
};

const { pathname } = location;
await untilThere(pathname.startsWith("/me") ? me : PARTS[pathname]);
mount(
  <BrowserRouter>
    <Suspense
      fallback={
        <Frame>
          <Loading />
        </Frame>
      }
    >
      <Routes>
        {PUBLIC_SCREENS.map((path) => (
          <Route key={path} path={path} element={PAGES[path]} />
        ))}
        <Route path="/me/*" element={<me.Content />} />
        <Route path="*" element={<Missing />} />
      </Routes>
    </Suspense>
  </BrowserRouter>,
);
