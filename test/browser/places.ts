import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { SCREENS } from "../../web/operator/screens/screens.ts";
import {
  facePage,
  OWN_SCREENS,
  type OwnScreen,
  PUBLIC_SCREENS,
  type PublicScreen,
} from "../../web/subject/screens.ts";
import { openPage, type PageLook, viewportOf, type Watched } from "./chromium.ts";
import { signInAnna, signInOwner } from "./scene.ts";
import type { FurnishedScene } from "./furnished.ts";

/** A page of the screens, as it is opened: every one of the tables has its place here. */
export interface Place {
  /** In files' names and in failures. */
  readonly name: string;
  readonly path: string;
  readonly as: "nobody" | "person" | "owner";
}

/** A token of the right form that opens nothing: what stands behind it is asked for at a press. */
const ANY_TOKEN = "A".repeat(43);

/** How each page of the person's side is opened; one that is added must say so here. */
const OF_PERSON: Readonly<
  Record<PublicScreen | OwnScreen, (scene: FurnishedScene) => string | Promise<string>>
> = {
  "/": () => "/",
  "/start": () => `/start#${ANY_TOKEN}`,
  "/sign-in": () => "/sign-in",
  "/contact": () => `/contact#${ANY_TOKEN}`,
  "/invite": async (scene) => scene.invite(),
  "/transparency": () => "/transparency",
  "/me": () => "/me",
  "/me/searches": () => "/me/searches",
  "/me/consent": () => "/me/consent",
  "/me/face/:collection": ({ collection }) => facePage(collection.id),
};

/**
 * Every page there is, from the tables that the pages themselves are made from; that of a photo twice,
 * for of a video it shows something else.
 */
export async function everyPlace(scene: FurnishedScene): Promise<readonly Place[]> {
  const own: readonly string[] = OWN_SCREENS;
  const ofPerson = await Promise.all(
    [...PUBLIC_SCREENS, ...OWN_SCREENS].map(async (screen): Promise<Place> => ({
      name: screen === "/" ? "landing" : nameOf(screen),
      path: await OF_PERSON[screen](scene),
      as: own.includes(screen) ? "person" : "nobody",
    })),
  );
  const ofOperator = SCREENS.map(({ within, path }): Place => {
    const base = within === "collection" ? "/app/c/:collection" : "/app";
    const whole = path === "" ? base : `${base}/${path}`;
    return { name: nameOf(whole), path: fill(whole, scene), as: "owner" };
  });
  const ofVideo: Place = {
    name: "app-c-collection-photos-video",
    path: fill("/app/c/:collection/photos/:video", scene),
    as: "owner",
  };
  return [...ofPerson, ...ofOperator, ofVideo];
}

/**
 * Makes what opens places, as whoever each is for, and waits until they are there: in one browser of
 * each kind of person, for what is anew in each place is the page.
 */
export function placeOpener(
  scene: FurnishedScene,
  look: PageLook = {},
): (place: Place) => Promise<Watched> {
  const opened = new Map<Place["as"], Watched>();
  return async (place) => {
    const watched = opened.get(place.as) ?? (await openFor(scene, place, look));
    opened.set(place.as, watched);
    const { page } = watched;
    await page.setViewportSize(viewportOf(look));
    await page.goto(place.path);
    await settle(page, place.name);
    return watched;
  };
}

async function openFor(scene: FurnishedScene, place: Place, look: PageLook): Promise<Watched> {
  const { served, browser } = scene;
  const watched = await openPage(browser, served.service.origin, look);
  await signInFor(scene, place, watched.page);
  return watched;
}

/** Signs a page's browser in as whoever a place is for. */
async function signInFor(scene: FurnishedScene, { as }: Place, page: Page): Promise<void> {
  if (as === "person") await signInAnna(scene, page.context(), scene.subject);
  if (as === "owner") await signInOwner(scene, page.context());
}

/** Waits until a page has its heading, waits for nothing any more, and shows its pictures. */
export async function settle(page: Page, name: string): Promise<void> {
  // At every picture the browser draws: a locator's `waitFor` looks twice a second after a while.
  const asked = page.waitForFunction(() => {
    if (!document.querySelector("h1")?.checkVisibility()) return false;
    const waits = [...document.querySelectorAll('[role="status"]')].some(
      ({ textContent }) => textContent === "One moment…" || textContent === "Een ogenblik…",
    );
    const pictures = [...document.querySelectorAll("img")].filter(
      (one) => one.loading !== "lazy" || one.getBoundingClientRect().top < innerHeight,
    );
    const tiles = document.querySelectorAll(".tile canvas:not([data-drawn])");
    return !waits && pictures.every((one) => one.complete) && tiles.length === 0;
  });
  await asked.catch((cause: unknown) => {
    throw new Error(`The page is never done: ${name}`, { cause });
  });
}

function nameOf(path: string): string {
  return path.slice(1).replaceAll("/", "-").replaceAll(":", "");
}

function fill(path: string, { ids }: FurnishedScene): string {
  return path.replaceAll(/:([a-z]+)/giu, (_, name: string) => {
    const id = ids[name];
    assert.ok(
      id !== undefined,
      `Say in test/browser/furnished.ts what :${name} stands for (${path}).`,
    );
    return id;
  });
}
