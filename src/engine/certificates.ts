import type { Key } from "openpgp";

/** An OpenPGP certificate: a public key with its user names and subkeys (RFC 9580, section 10.1). */
export interface Certificate {
  /** Of the primary key, in capitals. */
  readonly fingerprint: string;
  /** Fingerprints of all its subkeys, in capitals. */
  readonly subkeys: readonly string[];
  readonly armored: string;
}

/** What was read is no certificate; the message says what it is: "an HTML page". */
export class NoCertificate extends Error {}

const BLOCK = /-----BEGIN PGP ([A-Z ]+)-----[^]*?-----END PGP \1-----/g;

/**
 * Reads every certificate of a key file, armored (several blocks, text around them) or binary.
 * Subkeys that the primary key has not signed are left out: rpm before 4.17.1 believes them (CVE-2021-3521), so with them
 * anyone could lengthen a certificate without changing its fingerprint.
 * Throws NoCertificate for everything else, private keys included.
 */
export async function readCertificates(bytes: Uint8Array): Promise<Certificate[]> {
  const { readKeys } = await import("openpgp");
  const text = Buffer.from(bytes).toString("latin1");
  const blocks = [...text.matchAll(BLOCK)];
  const parts = blocks.length > 0 ? blocks.map(([armored]) => ({ armoredKeys: armored })) : undefined;
  const keys: Key[] = [];
  try {
    if (parts) for (const part of parts) keys.push(...(await readKeys(part)));
    else keys.push(...(await readKeys({ binaryKeys: bytes })));
  } catch {
    throw new NoCertificate(
      /^\s*<(?:!doctype|html|\?xml)/i.test(text) ? "an HTML page" : "no OpenPGP public key",
    );
  }
  if (keys.some((key) => key.isPrivate())) throw new NoCertificate("a private key");
  return Promise.all(keys.map(certificateOf));
}

async function certificateOf(key: Key): Promise<Certificate> {
  // at no date: a package that was signed before its key expired is still the vendor's
  const bound = key.subkeys.map((subkey) =>
    subkey.verify(null as unknown as Date).then(
      () => [subkey],
      () => [],
    ),
  );
  key.subkeys = (await Promise.all(bound)).flat();
  return {
    fingerprint: key.getFingerprint().toUpperCase(),
    subkeys: key.subkeys.map((subkey) => subkey.getFingerprint().toUpperCase()),
    armored: key.armor(),
  };
}
