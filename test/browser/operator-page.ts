import type { Role } from "../../src/storage/service-schema.ts";
import type { Browser } from "playwright-core";
import { signInAs, type TestService } from "../service.ts";
import { openPage, type Watched } from "./chromium.ts";

/** Opens a page of the operator's side as somebody of a role. */
export async function openAsRole(
  browser: Browser,
  served: TestService,
  role: Role,
  options: Parameters<typeof openPage>[2] & {
    readonly path: string;
    readonly collections?: Parameters<typeof signInAs>[2];
  },
): Promise<Watched> {
  const { origin } = served.service;
  const { cookie = "" } = await signInAs(served, role, options.collections ?? []);
  const [name = "", value = ""] = cookie.split("=");
  const watched = await openPage(browser, origin, options);
  await watched.page
    .context()
    .addCookies([{ name, value, url: origin, httpOnly: true, sameSite: "Lax" }]);
  await watched.page.goto(options.path);
  return watched;
}
