/**
 * A person's own archive: everything held about them, for them to keep and for anybody to check
 * with `assent verify`. Only they may ask for it, so it goes by their session and not by a key:
 *
 *     ASSENT_COOKIE='assent=...' node client/examples/export.ts <folder>
 */
import { writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { connect } from "../assent.ts";
import { cookieSession } from "../badge.ts";
import { readArguments } from "./settings.ts";

const [folder] = readArguments(["folder"]);
const assent = connect({
  address: process.env["ASSENT_ADDRESS"] ?? "http://localhost:4400",
  as: cookieSession(process.env["ASSENT_COOKIE"] ?? null),
});

const me = await assent.whoAmI();
if (me.kind !== "subject" || me.id === null) {
  console.error("Sign in as a person: by the link in their mail, or their passkey.");
  process.exit(1);
}
const archive = await assent.exportRecord({ subject: me.id });
const path = join(folder, basename(archive.name ?? "export.zip"));
// Written as it comes, so that it may be larger than memory.
await writeFile(path, archive.bytes);
console.log(path);
