import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { isoCBOR } from "@simplewebauthn/server/helpers";

const FLAGS = { present: 0x01, verified: 0x04, attested: 0x40 } as const;

/** How the person handled their authenticator, and what lies to the site. */
export interface Handling {
  /** The site the browser is on; the true one unless said otherwise. */
  readonly origin?: string;
  /** Unlocked by PIN or otherwise. */
  readonly unlocked?: boolean;
  readonly challenge?: string;
}

/**
 * An authenticator in software, with one passkey (ES256): what a browser and a security key do
 * together, as Web Authentication Level 3 has it.
 */
export class Authenticator {
  readonly id: string = randomBytes(16).toString("base64url");
  readonly #key: KeyObject;
  readonly #public: Map<number, number | Uint8Array>;
  readonly #origin: string;
  /** As the authenticator counts its signatures. */
  counter = 0;

  constructor(origin: string) {
    this.#origin = origin;
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const { x = "", y = "" } = publicKey.export({ format: "jwk" });
    this.#key = privateKey;
    // COSE_Key (RFC 9053): EC2, ES256, P-256, x, y.
    this.#public = new Map<number, number | Uint8Array>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, bytesOf(x)],
      [-3, bytesOf(y)],
    ]);
  }

  /** Answers `navigator.credentials.create`. */
  register(options: { readonly challenge: string }, handling: Handling = {}): unknown {
    const id = bytesOf(this.id);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(id.length);
    const attested = Buffer.concat([Buffer.alloc(16), length, id, isoCBOR.encode(this.#public)]);
    const authData = Buffer.concat([this.#head(FLAGS.attested, handling), attested]);
    const attestation = new Map<string, unknown>([
      ["fmt", "none"],
      ["attStmt", new Map()],
      ["authData", new Uint8Array(authData)],
    ]);
    const attestationObject = isoCBOR.encode(attestation as Parameters<typeof isoCBOR.encode>[0]);
    return this.#answer({
      clientDataJSON: this.#clientData("webauthn.create", options, handling),
      attestationObject: Buffer.from(attestationObject).toString("base64url"),
      transports: ["internal"],
    });
  }

  /** Answers `navigator.credentials.get`. */
  signIn(options: { readonly challenge: string }, handling: Handling = {}): unknown {
    this.counter += 1;
    const authData = this.#head(0, handling);
    const clientDataJSON = this.#clientData("webauthn.get", options, handling);
    const hash = createHash("sha256").update(bytesOf(clientDataJSON)).digest();
    const signature = sign("sha256", Buffer.concat([authData, hash]), this.#key);
    return this.#answer({
      clientDataJSON,
      authenticatorData: authData.toString("base64url"),
      signature: signature.toString("base64url"),
    });
  }

  #head(flags: number, { origin = this.#origin, unlocked = true }: Handling): Buffer {
    const site = createHash("sha256").update(new URL(origin).hostname).digest();
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(this.counter);
    const all = flags | FLAGS.present | (unlocked ? FLAGS.verified : 0);
    return Buffer.concat([site, Buffer.from([all]), counter]);
  }

  #clientData(
    type: string,
    options: { readonly challenge: string },
    { origin = this.#origin, challenge = options.challenge }: Handling,
  ): string {
    const said = JSON.stringify({ type, challenge, origin, crossOrigin: false });
    return Buffer.from(said).toString("base64url");
  }

  #answer(response: Readonly<Record<string, unknown>>): unknown {
    const { id } = this;
    return { id, rawId: id, type: "public-key", response, clientExtensionResults: {} };
  }
}

function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "base64url"));
}
