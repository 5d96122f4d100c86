import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { generateKey } from "openpgp";
import { afterAll, beforeAll, expect, it } from "vitest";
import { fingerprintOf, keyInputs } from "../../src/engine/fingerprint.ts";
import { KeyReader } from "../../src/engine/keys.ts";
import type { Repository } from "../../src/target/repositories.ts";

let folder: string;
let file: string;
let primary: string;
let subkey: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sam-pkg-keys-"));
  file = join(folder, "vendor.asc");
  const options = { userIDs: [{ name: "vendor" }], subkeys: [{ sign: true }] };
  const { publicKey } = await generateKey({ ...options, format: "object" });
  await writeFile(file, publicKey.armor());
  primary = publicKey.getFingerprint().toUpperCase();
  subkey = publicKey.subkeys[0]?.getFingerprint().toUpperCase() ?? "";
});
afterAll(() => rm(folder, { recursive: true }));

const repository = (gpgKey: string, gpgKeyFingerprint?: string): Repository => ({
  name: "vendor",
  baseUrl: "https://packages.example.com",
  gpgCheck: true,
  gpgKey,
  ...(gpgKeyFingerprint === undefined ? {} : { gpgKeyFingerprint }),
});

const keysOf = (one: Repository, signal = new AbortController().signal) => new KeyReader(signal).of([one]);

const prints = async (one: Repository): Promise<string[] | undefined> =>
  (await keysOf(one)).get("vendor")?.map(({ fingerprint }) => fingerprint);

it("are read from a path and from a file URL", async () => {
  for (const key of [file, pathToFileURL(file).href]) {
    expect(await prints(repository(key, primary))).toEqual([primary]);
  }
});

it("of a file with several are those with the fingerprint, or all where none is named", async () => {
  const { publicKey } = await generateKey({ userIDs: [{ name: "other" }], format: "object" });
  const both = join(folder, "both.asc");
  await writeFile(both, publicKey.armor() + (await readFile(file, "utf8")));
  expect(await prints(repository(both, primary))).toEqual([primary]);
  expect(await prints(repository(both))).toEqual([publicKey.getFingerprint().toUpperCase(), primary]);
});

it("are not looked at where nothing is checked", async () => {
  expect(await keysOf({ ...repository("/nonexistent"), gpgCheck: false })).toEqual(new Map());
});

it("go by their primary key: a subkey's fingerprint is refused, and the hint names the other", async () => {
  await expect(keysOf(repository(file, subkey))).rejects.toMatchObject({
    message: expect.stringContaining(
      `has the fingerprint ${primary}, GpgKeyFingerprint is ${subkey}`,
    ) as string,
    hint: expect.stringContaining(`a subkey; if its owner publishes ${primary} as well`) as string,
  });
});

it("are files, and small", async () => {
  await expect(keysOf(repository("/dev/zero"))).rejects.toMatchObject({ quote: "it is no file" });
  const large = join(folder, "large.asc");
  await writeFile(large, Buffer.alloc(1_000_001));
  await expect(keysOf(repository(large))).rejects.toMatchObject({ quote: "it is larger than 1000000 bytes" });
});

it("are not waited for when the user has interrupted", async () => {
  const url = "http://127.0.0.1:9/key.asc";
  await expect(keysOf(repository(url, primary), AbortSignal.abort())).rejects.toThrow("interrupted");
});

const REQUEST = {
  image: "base",
  architecture: "x86_64",
  packages: ["zlib"],
  repositories: [],
  extras: [],
} as const;

/** The fingerprint of a build image with packages of these. */
const imageOf = async (...repositories: Repository[]): Promise<string> => {
  const request = { ...REQUEST, repositories };
  return fingerprintOf(
    request,
    "sha256:0",
    await keyInputs(request, new KeyReader(new AbortController().signal)),
  );
};

it("decide on a build image by what they are, not by where they lie", async () => {
  const copy = join(folder, "copy.asc");
  await writeFile(copy, await new KeyReader(new AbortController().signal).bytes("vendor", file));
  const other = join(folder, "other.asc");
  await writeFile(other, "another");
  expect(await imageOf(repository(copy))).toBe(await imageOf(repository(file)));
  expect(await imageOf(repository(other))).not.toBe(await imageOf(repository(file)));
  expect(await imageOf(repository("https://packages.example.com/never-fetched", primary))).toBe(
    await imageOf(repository(file, primary)),
  );
  expect(await imageOf({ ...repository(file), priority: 1 })).not.toBe(await imageOf(repository(file)));
});

it("and repositories leave the fingerprints of build images without them as they were", () => {
  expect(fingerprintOf(REQUEST, "sha256:0", [])).toBe(
    "c29f79f7d67144b74247c4ef029b1d6024b500f81afbb61689f9eae1f053fb76",
  );
  expect(fingerprintOf({ ...REQUEST, extras: ["php8.2"] }, "sha256:0", [])).not.toBe(
    fingerprintOf(REQUEST, "sha256:0", []),
  );
});
