import type { QueryClient } from "@tanstack/react-query";
import { BrowserRouter } from "react-router";
import { mount } from "../shared/mount.tsx";
import { ProblemWords } from "../shared/problems.ts";
import { toldBy } from "../shared/states.tsx";
import { Guard } from "./guard.tsx";
import { SESSION_KEY } from "./session.tsx";
import { fetchScreenAt, Shell } from "./shell.tsx";
import { problems } from "./texts/problems.ts";

fetchScreenAt(location.pathname);
mount(
  <ProblemWords value={problems}>
    <BrowserRouter>
      <Guard>
        <Shell />
      </Guard>
    </BrowserRouter>
  </ProblemWords>,
  askWhoAgain,
);

/** A session that ended meanwhile: the guard looks again, and shows the way to sign in. */
function askWhoAgain(error: Error, client: QueryClient): void {
  const over = ["credentials_missing", "credentials_invalid"].includes(toldBy(error).code);
  if (over) void client.invalidateQueries({ queryKey: SESSION_KEY });
}
