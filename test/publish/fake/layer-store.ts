import { createHash, randomBytes } from "node:crypto";
import type { ForeignVersion, Statement, StoredVersion } from "./api.ts";

/** A layer version's own policy. */
export interface LayerPolicy {
  revision: string;
  readonly statements: Statement[];
}

/** The account's layer versions, and the numbers it has given out. */
export class LayerStore {
  /** By ARN. */
  readonly live = new Map<string, StoredVersion>();
  readonly policies = new Map<string, LayerPolicy>();
  readonly #numbers = new Map<string, number>();
  readonly #arnPrefix: string;
  readonly #now: () => number;

  constructor(arnPrefix: string, now: () => number) {
    this.#arnPrefix = arnPrefix;
    this.#now = now;
  }

  /** Stores a version under the layer's next number. */
  add(given: ForeignVersion): StoredVersion {
    // Never taken back: the service does not give a deleted version's number to another.
    const version = (this.#numbers.get(given.name) ?? 0) + 1;
    this.#numbers.set(given.name, version);
    const layerArn = this.arn(given.name);
    const zip = given.zip && Buffer.from(given.zip.buffer, given.zip.byteOffset, given.zip.byteLength);
    const content = zip ?? randomBytes(32);
    const stored: StoredVersion = {
      name: given.name,
      version,
      arn: `${layerArn}:${version}`,
      layerArn,
      description: given.description ?? "",
      architectures: given.architectures ?? [],
      runtimes: given.runtimes ?? [],
      licenseInfo: given.licenseInfo,
      codeSha256: given.codeSha256 ?? createHash("sha256").update(content).digest("base64"),
      size: given.size ?? content.length,
      createdDate: new Date(given.createdDate ?? this.#now()).toISOString().replace("Z", "+0000"),
      ...(zip && { zip }),
    };
    this.live.set(stored.arn, stored);
    return stored;
  }

  /** Removes a version, with its policy. */
  delete(arn: string): void {
    this.live.delete(arn);
    this.policies.delete(arn);
  }

  /** The live versions of one layer, or of all. */
  of(name?: string): StoredVersion[] {
    const all = [...this.live.values()];
    return name === undefined ? all : all.filter((version) => version.name === name);
  }

  /** Whether a layer of this name has ever had a version. */
  knows(name: string): boolean {
    return this.#numbers.has(name);
  }

  arn(name: string): string {
    return `${this.#arnPrefix}:layer:${name}`;
  }
}
