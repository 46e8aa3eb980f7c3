import { existsSync } from "node:fs";
import { join } from "node:path";

const FOLDER = join(import.meta.dirname, "..", "..", "shared");

/**
 * The absolute path of test material that lies beside the repository and never in it (photos of
 * people who consented to studies, model files), or null where it is absent.
 */
export function shared(relativePath: string): string | null {
  const path = join(FOLDER, relativePath);
  return existsSync(path) ? path : null;
}
