import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PrivateKey, PublicKey } from "openpgp";
import { generateKey, readKey } from "openpgp";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { readCertificates } from "../../src/engine/certificates.ts";

interface Pair {
  readonly privateKey: PrivateKey;
  readonly publicKey: PublicKey;
}

/** A key whose packages are signed by a subkey, as many vendors have it. */
const keyOf = (name: string): Promise<Pair> =>
  generateKey({ userIDs: [{ name }], subkeys: [{ sign: true }], format: "object" });

let vendor: Pair;
let stranger: Pair;
beforeAll(async () => {
  [vendor, stranger] = await Promise.all([keyOf("vendor"), keyOf("stranger")]);
});

const fingerprint = (key: { getFingerprint(): string }): string => key.getFingerprint().toUpperCase();

/** Fingerprints of primary keys and subkeys, in gpg's eyes. */
function asGpgReads(bytes: string | Uint8Array): string[] {
  const home = mkdtempSync(join(tmpdir(), "sam-pkg-gpg-"));
  onTestFinished(() => rmSync(home, { recursive: true }));
  const options = ["--homedir", home, "--batch", "--with-colons", "--show-keys"];
  const output = execFileSync("gpg", options, {
    input: bytes,
    encoding: "utf8",
    stdio: ["pipe", "pipe", "ignore"],
  });
  return [...output.matchAll(/^fpr:+([0-9A-F]+):/gm)].map(([, found = ""]) => found);
}

describe("certificates", () => {
  it.each([
    ["armored", () => vendor.publicKey.armor()],
    ["binary", () => vendor.publicKey.write()],
    [
      "in several blocks with text around them",
      () => `Ours:\n${vendor.publicKey.armor()}\nTheirs:\n${stranger.publicKey.armor()}`,
    ],
    ["several in one binary", () => Buffer.concat([vendor.publicKey.write(), stranger.publicKey.write()])],
  ])("%s have the fingerprints that gpg says", async (_form, make) => {
    const bytes = make();
    const found = await readCertificates(Buffer.from(bytes as Uint8Array));
    expect(found.flatMap((one) => [one.fingerprint, ...one.subkeys])).toEqual(asGpgReads(bytes));
    expect(asGpgReads(found.map(({ armored }) => armored).join("\n"))).toEqual(asGpgReads(bytes));
  });

  it("lose a subkey that the primary key has not signed", async () => {
    const forged = await readKey({ binaryKey: vendor.publicKey.write() });
    forged.subkeys.push(...stranger.publicKey.subkeys);
    const bytes = forged.write();
    expect((await readKey({ binaryKey: bytes })).subkeys).toHaveLength(2);
    const [found] = await readCertificates(bytes);
    expect(found?.fingerprint).toBe(fingerprint(vendor.publicKey));
    expect(found?.subkeys).toEqual(vendor.publicKey.subkeys.map(fingerprint));
    expect((await readKey({ armoredKey: found?.armored ?? "" })).subkeys).toHaveLength(1);
  });

  it("keep a subkey that has expired: what it signed before is still the vendor's", async () => {
    const date = new Date("2020-01-01");
    const options = { userIDs: [{ name: "old" }], date, keyExpirationTime: 60, subkeys: [{ sign: true }] };
    const { publicKey } = await generateKey({ ...options, format: "object" });
    const [found] = await readCertificates(publicKey.write());
    expect(found?.subkeys).toHaveLength(1);
  });
});

it.each([
  ["a private key", () => vendor.privateKey.armor()],
  ["a private key", () => vendor.privateKey.write()],
  ["an HTML page", () => "<!DOCTYPE html><title>Sign in</title>"],
  ["no OpenPGP public key", () => "garbage"],
  ["no OpenPGP public key", () => ""],
  ["no OpenPGP public key", () => vendor.publicKey.armor().slice(0, 200)],
  ["no OpenPGP public key", () => vendor.publicKey.armor().replaceAll("PUBLIC KEY BLOCK", "SIGNATURE")],
])("%s is refused", async (what, make) => {
  await expect(readCertificates(Buffer.from(make() as string))).rejects.toThrow(what);
});
