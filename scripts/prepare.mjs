// Runs at the end of `npm ci`, in plain JavaScript: whoever installs without development
// dependencies may have an older Node, and no Vite. They get the screens with the image or the
// archive they install, built before.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const vite = fileURLToPath(new URL("../node_modules/vite/package.json", import.meta.url));
const web = fileURLToPath(new URL("../web", import.meta.url));

if (existsSync(vite) && existsSync(web)) {
  const { build } = await import("vite");
  await build({ root: web, configFile: `${web}/vite.config.ts`, logLevel: "warn" });
}
