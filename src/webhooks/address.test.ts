import assert from "node:assert/strict";
import { test } from "node:test";
import { guardedLookup, literalOf, mayConnect, parseEndpoint } from "./address.ts";

const PUBLIC = ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8"];
const INSIDE = [
  "127.0.0.1",
  "127.255.255.254",
  "10.0.0.1",
  "172.16.0.1",
  "192.168.1.1",
  "100.64.0.1",
  "::1",
  "fc00::1",
  "fd12:3456::1",
  "::ffff:127.0.0.1",
  "::ffff:10.0.0.1",
];
const NEVER = [
  "0.0.0.0",
  "169.254.169.254",
  "100.100.100.200",
  "168.63.129.16",
  "fd00:ec2::254",
  "fd00:0ec2:0::254",
  "fd20:ce::254",
  "::ffff:169.254.169.254",
  "224.0.0.1",
  "255.255.255.255",
  "240.0.0.1",
  "192.0.2.1",
  "198.18.0.1",
  "192.0.0.1",
  "::",
  "::7f00:1",
  "fe80::1",
  "fec0::1",
  "ff02::1",
  "64:ff9b::7f00:1",
  "64:ff9b:1::7f00:1",
  "2002:7f00:1::",
  "2001::1",
  "2001:db8::1",
  "100::1",
  "fe80::1%eth0",
  "not an address",
  "",
];

test("messages go to public addresses; to those of the own network only by name", () => {
  for (const address of PUBLIC) assert.ok(mayConnect(address, false), address);
  for (const address of INSIDE) {
    assert.ok(!mayConnect(address, false), address);
    assert.ok(mayConnect(address, true), address);
  }
  for (const address of NEVER) {
    assert.ok(!mayConnect(address, false), address);
    assert.ok(!mayConnect(address, true), address);
  }
});

test("an address is https, without user or fragment, and no literal that is refused", () => {
  const refused = { code: "webhook_url_refused" };
  for (const text of [
    "http://hook.example/",
    "ftp://hook.example/",
    "https://user:word@hook.example/",
    "https://hook.example/#part",
    "hook.example",
    `https://hook.example/${"x".repeat(2048)}`,
    // All of these are 127.0.0.1 to whoever connects.
    "https://127.0.0.1/",
    "https://0x7f000001/",
    "https://2130706433/",
    "https://0177.1/",
    "https://127.1/",
    "https://[::1]/",
    "https://[::ffff:7f00:1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://169.254.169.254/latest/meta-data",
  ]) {
    assert.throws(() => parseEndpoint(text, false), refused, text);
  }
  for (const text of ["https://169.254.169.254/", "http://[fe80::1]/", "file:///etc/passwd"]) {
    assert.throws(() => parseEndpoint(text, true), refused, text);
  }
  assert.equal(
    parseEndpoint("https://hook.example/a?b=c", false).href,
    "https://hook.example/a?b=c",
  );
  assert.equal(parseEndpoint("http://127.0.0.1:8080/", true).port, "8080");
  assert.equal(literalOf(new URL("https://[2606:4700::1]/")), "2606:4700::1");
  assert.equal(literalOf(new URL("https://hook.example/")), null);
});

/** What a connection is told. */
function ask(addresses: readonly string[], allowPrivate: boolean, all: boolean) {
  const resolve = async () => addresses.map((address) => ({ address }));
  return new Promise<unknown>((tell) => {
    guardedLookup(allowPrivate, resolve)("hook.example", { all }, (error, found, family) => {
      tell(error ? "refused" : typeof found === "string" ? [found, family] : found);
    });
  });
}

test("a host is refused whole when any of its addresses is", async () => {
  const [good, bad] = ["8.8.8.8", "127.0.0.1"];
  assert.deepEqual(await ask([good, "2606:4700::1"], false, true), [
    { address: good, family: 4 },
    { address: "2606:4700::1", family: 6 },
  ]);
  assert.deepEqual(await ask([good], false, false), [good, 4]);
  assert.equal(await ask([bad], false, true), "refused");
  assert.equal(await ask([bad], false, false), "refused");
  assert.equal(await ask([good, bad], false, true), "refused");
  assert.equal(await ask([], true, true), "refused");
  assert.deepEqual(await ask([bad], true, true), [{ address: bad, family: 4 }]);
  const broken = guardedLookup(true, async () => Promise.reject(new Error("no such host")));
  const error = await new Promise((tell) => broken("hook.example", {}, tell));
  assert.match(String(error), /no such host/u);
});
