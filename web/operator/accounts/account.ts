import type { Item } from "../service.ts";

/** An account, as the list of them has it. */
export type Account = Item<"listAccounts">;

export const ACCOUNTS_KEY = ["accounts"];
