/**
 * What makes and checks passkeys. Loaded by whoever first uses one: it is 290 files of the 1,740
 * that a service would start with.
 */
export async function webauthn() {
  return import("@simplewebauthn/server");
}
