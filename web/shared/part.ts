import { type ComponentType, createElement, lazy, useState } from "react";

/** A part of the pages that is fetched once it is wanted. */
export interface Part<Props> {
  /** Where it stands, it is drawn: at once if it is there, and else as React's `lazy` does. */
  readonly Content: ComponentType<Props>;
  /** Has it fetched before it is drawn; what fails is told where it is drawn. */
  readonly fetch: () => Promise<void>;
}

/**
 * As React's `lazy`, and without its placeholder for what is there already: that stays for 300 ms
 * once it was shown, and every page would open with it.
 */
export function part<Props extends object>(load: () => Promise<ComponentType<Props>>): Part<Props> {
  let loaded: ComponentType<Props> | null = null;
  const Lazy = lazy(async () => {
    loaded = await load();
    return { default: loaded };
  });
  return {
    // Whichever was drawn first stays: another would begin anew.
    Content: (props) => {
      const [Drawn] = useState<ComponentType<Props>>(
        () => loaded ?? (Lazy as ComponentType<Props>),
      );
      return createElement(Drawn, props);
    },
    fetch: async () => {
      loaded = await load().catch(() => null);
    },
  };
}

/** How long a page waits for its first part before it says that it does: longer and one wonders. */
const FIRST_MS_MAX = 200;

/** Waits for the part that a page begins with, if there is one, but not for long. */
export async function untilThere(first: Pick<Part<object>, "fetch"> | undefined): Promise<void> {
  const late = new Promise((resolve) => {
    setTimeout(resolve, FIRST_MS_MAX);
  });
  await Promise.race([first?.fetch(), late]);
}
