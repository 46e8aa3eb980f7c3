import { lazy, Suspense } from "react";
import { BrowserRouter, Navigate, Route, Routes } from "react-router";
import { Frame } from "../shared/frame.tsx";
import { mount } from "../shared/mount.tsx";
import { Loading } from "../shared/states.tsx";
import { Landing } from "./landing.tsx";
import { SignIn } from "./sign-in.tsx";

const Start = lazy(async () => ({ default: (await import("./start.tsx")).Start }));
const Contact = lazy(async () => ({ default: (await import("./contact.tsx")).Contact }));
const Invite = lazy(async () => ({ default: (await import("./invite.tsx")).Invite }));
const Me = lazy(async () => ({ default: (await import("./me.tsx")).Me }));

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
        <Route path="/" element={<Landing />} />
        <Route path="/start" element={<Start />} />
        <Route path="/sign-in" element={<SignIn whose="account" />} />
        <Route path="/contact" element={<Contact />} />
        <Route path="/invite" element={<Invite />} />
        <Route path="/me/*" element={<Me />} />
        <Route path="*" element={<Navigate to="/" replace />} />
      </Routes>
    </Suspense>
  </BrowserRouter>,
);
