import { lazy, type ReactNode, Suspense } from "react";
import { BrowserRouter, Route, Routes } from "react-router";
import { Frame } from "../shared/frame.tsx";
import { mount } from "../shared/mount.tsx";
import { Loading } from "../shared/states.tsx";
import { Landing } from "./landing.tsx";
import { Missing } from "./missing.tsx";
import { PUBLIC_SCREENS, type PublicScreen } from "./screens.ts";
import { SignIn } from "./sign-in.tsx";

const Start = lazy(async () => ({ default: (await import("./start.tsx")).Start }));
const Contact = lazy(async () => ({ default: (await import("./contact.tsx")).Contact }));
const Invite = lazy(async () => ({ default: (await import("./invite.tsx")).Invite }));
const Transparency = lazy(async () => ({
  default: (await import("../open/transparency.tsx")).Transparency,
}));
const Me = lazy(async () => ({ default: (await import("./me.tsx")).Me }));

const PAGES: Readonly<Record<PublicScreen, ReactNode>> = {
  "/": <Landing />,
  "/start": <Start />,
  "/sign-in": <SignIn whose="account" />,
  "/contact": <Contact />,
  "/invite": <Invite />,
  "/transparency": <Transparency />,
};

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
        <Route path="/me/*" element={<Me />} />
        <Route path="*" element={<Missing />} />
      </Routes>
    </Suspense>
  </BrowserRouter>,
);
