/**
 * Every page of a person's side. `main.tsx` and `me.tsx` have to draw each, and the tests in the
 * browser and the pictures go through all: a page can't be added and forgotten.
 */
export const PUBLIC_SCREENS = [
  "/",
  "/start",
  "/sign-in",
  "/contact",
  "/invite",
  "/transparency",
] as const;

/** Those of whoever is signed in. */
export const OWN_SCREENS = ["/me", "/me/searches", "/me/consent", "/me/face/:collection"] as const;

export type PublicScreen = (typeof PUBLIC_SCREENS)[number];
export type OwnScreen = (typeof OWN_SCREENS)[number];

/**
 * Where a face is shown. It is loaded as a page of its own, never from within another: the policy
 * that the browser got with a page holds for as long as it is open, and only this one's has a camera.
 */
export function facePage(collection: string): string {
  return `/me/face/${collection}`;
}
