import type { BrowserContext } from "playwright-core";
import type { CollectionId } from "../../src/base/ids.ts";
import type { Role } from "../../src/storage/service-schema.ts";
import { signInAs, type TestService } from "../service.ts";

/** Signs a browser in on the operator's side, as a new account of a role. */
export async function signInOperator(
  context: BrowserContext,
  served: TestService,
  role: Role,
  collections: readonly CollectionId[] = [],
): Promise<void> {
  const { cookie = "" } = await signInAs(served, role, collections);
  const [name = "", value = ""] = cookie.split("=");
  await context.addCookies([{ name, value, url: served.service.origin }]);
}
