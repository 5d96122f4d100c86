import { readFile, stat } from "node:fs/promises";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { Interrupted, WorkError } from "../report/errors.ts";
import type { Repository } from "../target/repositories.ts";
import { isUrl } from "../target/repositories.ts";
import type { Certificate } from "./certificates.ts";

/** Certificates that may sign a repository's packages, by the repository's name. */
export type Keys = ReadonlyMap<string, readonly Certificate[]>;

const LARGEST = 1_000_000;
const PATIENCE = 30_000;

/** Reads repositories' keys, each key once in a run. */
export class KeyReader {
  private readonly signal: AbortSignal;
  private readonly files = new Map<string, Promise<Uint8Array>>();

  constructor(signal: AbortSignal) {
    this.signal = signal;
  }

  /**
   * The certificates of each repository whose packages' signatures are checked: of its key the one with the fingerprint
   * that it names, without one all. Throws WorkError when a key cannot be had or is another.
   */
  async of(repositories: readonly Repository[]): Promise<Keys> {
    const keys = new Map<string, readonly Certificate[]>();
    for (const repository of repositories) {
      const { name, gpgCheck, gpgKey } = repository;
      if (gpgCheck && gpgKey !== undefined) keys.set(name, await this.certificates(repository, gpgKey));
    }
    return keys;
  }

  /** The bytes of a key; `name` is the repository's, for messages. */
  bytes(name: string, key: string): Promise<Uint8Array> {
    const reading = this.files.get(key) ?? this.read(name, key);
    this.files.set(key, reading);
    return reading;
  }

  private async certificates(
    { name, gpgKeyFingerprint }: Repository,
    key: string,
  ): Promise<readonly Certificate[]> {
    const bytes = await this.bytes(name, key);
    const { NoCertificate, readCertificates } = await import("./certificates.ts");
    const certificates = await readCertificates(bytes).catch((error: unknown): never => {
      if (!(error instanceof NoCertificate)) throw error;
      throw new WorkError(`the key of repository ${name} is ${error.message}: ${shown(key)}`, {
        hint: "GpgKey names the public key that signs the packages, as `gpg --armor --export` writes it",
        cause: error,
      });
    });
    if (gpgKeyFingerprint === undefined) return certificates;
    const found = certificates.filter(({ fingerprint }) => fingerprint === gpgKeyFingerprint);
    if (found.length > 0) return found;
    throw anotherKey(name, key, gpgKeyFingerprint, certificates);
  }

  private async read(name: string, key: string): Promise<Uint8Array> {
    try {
      if (!isUrl(key)) return await readSmall(key);
      const url = new URL(key);
      return url.protocol === "file:" ? await readSmall(fileURLToPath(url)) : await this.fetch(url);
    } catch (error) {
      if (this.signal.aborted) throw new Interrupted();
      throw new WorkError(`the key of repository ${name} cannot be had: ${shown(key)}`, {
        quote: reasonOf(error),
        hint: "check GpgKey and the network, or save the key beside the template and name the file",
        cause: error,
      });
    }
  }

  private async fetch(url: URL): Promise<Uint8Array> {
    const signal = AbortSignal.any([this.signal, AbortSignal.timeout(PATIENCE)]);
    const response = await fetch(url, { signal });
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body ?? []) {
      chunks.push(chunk as Uint8Array);
      size += (chunk as Uint8Array).length;
      if (size > LARGEST) throw new Error(TOO_LARGE);
    }
    return Buffer.concat(chunks);
  }
}

const TOO_LARGE = `it is larger than ${LARGEST} bytes`;

async function readSmall(file: string): Promise<Uint8Array> {
  const found = await stat(file);
  // a device or a pipe may never end
  if (!found.isFile()) throw new Error("it is no file");
  if (found.size > LARGEST) throw new Error(TOO_LARGE);
  return readFile(file);
}

function anotherKey(
  name: string,
  key: string,
  wanted: string,
  certificates: readonly Certificate[],
): WorkError {
  const owner = certificates.find(({ subkeys }) => subkeys.includes(wanted));
  // Whoever makes a certificate can take another's subkey into it: only the primary key's fingerprint says whose it is.
  const hint = owner
    ? `that is the fingerprint of a subkey; if its owner publishes ${owner.fingerprint} as well, write that one`
    : "ask the repository's owner which fingerprint is right; if theirs is the one named, this key is not theirs";
  const found = certificates.map(({ fingerprint }) => fingerprint).join(", ");
  return new WorkError(
    `the key of repository ${name} is another: ${shown(key)} has the fingerprint ${found}, GpgKeyFingerprint is ${wanted}`,
    { hint },
  );
}

/** A path as seen from here; a URL as it is. */
function shown(key: string): string {
  return isUrl(key) ? key : relative(process.cwd(), key);
}

/** The system's own words: fetch hides them in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message || reasonOf(error.cause) : error.message;
}
