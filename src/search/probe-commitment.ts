import { createHmac } from "node:crypto";
import { randomBytes } from "../base/random.ts";

const SALT_BYTES = 16;

/** Bytes given to it one after another; at the end, what a record keeps of them all. */
export interface ProbeCommitment {
  update(bytes: Uint8Array): void;
  end(): string;
}

/** Binds a record to a probe without keeping it: HMAC-SHA256 under a salt kept with it. */
export function probeCommitment(): ProbeCommitment {
  const salt = randomBytes(SALT_BYTES);
  const digest = createHmac("sha256", salt);
  return {
    update: (bytes) => void digest.update(bytes),
    end: () => `${salt.toString("hex")}:${digest.digest("hex")}`,
  };
}

/** The same of a probe that is there whole. */
export function commitToProbe(bytes: Uint8Array): string {
  const commitment = probeCommitment();
  commitment.update(bytes);
  return commitment.end();
}
