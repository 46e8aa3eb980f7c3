import { buffer } from "node:stream/consumers";
import { ZipFile } from "yazl";

/** A ZIP archive of these files; `mode` as Unix has it, for links and other kinds. */
export async function zipOf(
  files: Readonly<Record<string, Buffer>>,
  mode = 0o100644,
): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, bytes] of Object.entries(files)) zip.addBuffer(bytes, name, { mode });
  zip.end();
  return buffer(zip.outputStream);
}
