import { readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { main as compile } from "assemblyscript/asc";

const GALLERY = new URL("../src/search/gallery/", import.meta.url);
export const KERNEL_SOURCE = fileURLToPath(new URL("kernel.as.ts", GALLERY));
export const KERNEL_BINARY = fileURLToPath(new URL("kernel.wasm", GALLERY));

const FLAGS = `
  --outFile kernel.wasm --optimizeLevel 3 --noAssert --runtime stub
  --importMemory --sharedMemory --maximumMemory 65536
  --enable simd --enable threads --enable relaxed-simd`
  .trim()
  .split(/\s+/);

/**
 * Compiles AssemblyScript to WebAssembly that works on a shared memory it is handed. No runtime
 * and no heap: a kernel's only state is that memory. Throws with the compiler's messages.
 */
export async function compileKernel(source: string): Promise<Uint8Array> {
  const folder = dirname(source);
  let binary: Uint8Array | null = null;
  const messages: string[] = [];
  const { error } = await compile([basename(source), ...FLAGS], {
    readFile: (name) => readFile(join(folder, name), "utf8").catch(() => null),
    writeFile: (_name, contents) => {
      if (contents instanceof Uint8Array) binary = contents;
    },
    listFiles: () => [],
    stderr: { write: (chunk) => messages.push(String(chunk)) },
  });
  if (error ?? !binary) throw new Error(`The kernel does not compile: ${messages.join("")}`);
  return binary;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await writeFile(KERNEL_BINARY, await compileKernel(KERNEL_SOURCE));
}
