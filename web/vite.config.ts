import react from "@vitejs/plugin-react";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { defineConfig, type Plugin } from "vite";

const DIST = join(import.meta.dirname, "dist");
const COMPRESSIBLE = /\.(js|css|html|svg)$/u;

/** Two pages: what people see of themselves stays small, whatever the operator's side grows to. */
// oxlint-disable-next-line import/no-default-export -- Vite reads its configuration so.
export default defineConfig({
  root: import.meta.dirname,
  // A file named by its own hash never changes; nothing is inlined, for the policy allows no data:.
  build: {
    outDir: DIST,
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: ["subject", "operator"].map((name) => join(import.meta.dirname, `${name}.html`)),
    },
  },
  plugins: [react(), compressed()],
});

/** Writes each file compressed beside it, once, so that the service need not at every request. */
function compressed(): Plugin {
  return {
    name: "assent-compressed",
    apply: "build",
    closeBundle: async () => {
      const names = await readdir(DIST, { recursive: true });
      await Promise.all(names.filter((name) => COMPRESSIBLE.test(name)).map(compress));
    },
  };
}

async function compress(name: string): Promise<void> {
  const path = join(DIST, name);
  const bytes = await readFile(path);
  const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
  await writeFile(`${path}.br`, await promisify(brotliCompress)(bytes, { params }));
  await writeFile(`${path}.gz`, await promisify(gzip)(bytes, { level: 9 }));
}
