import type { Architecture } from "../target/runtimes.ts";

/** A layer ready to be handed out. */
export interface Layer {
  readonly name: string;
  /** The content's digest, 64 hex digits. */
  readonly digest: string;
  /** The start of `description` by which a version of this content is recognised. */
  readonly mark: string;
  readonly description: string;
  /** Licences of what is in it, as the packages state them; absent when none does. At most 512 characters. */
  readonly license?: string;
  /** The archive's bytes, made as they are read: the same ones at every call. */
  zip(): AsyncIterable<Uint8Array>;
  readonly architecture: Architecture;
  /** Runtime identifiers that the layer is for, at most 15: first those that asked. */
  readonly runtimes: readonly string[];
  /** Runtime identifiers of the functions that get it. */
  readonly asked: readonly string[];
}

/** What a function's Layers says to get the layer. */
export type LayerReference =
  | { readonly kind: "version"; readonly arn: string; readonly reused: boolean }
  | {
      readonly kind: "resource";
      readonly logicalId: string;
      readonly resource: Readonly<Record<string, unknown>>;
      readonly reused: boolean;
    };

/** Makes layers available to functions. Throws WorkError. */
export interface Publisher {
  /**
   * Hands out layers, all or none as far as that can be known beforehand; the same content is published once: a second
   * call finds the first one's result.
   * @returns a reference for each layer, in the same order
   */
  publish(layers: readonly Layer[]): Promise<readonly LayerReference[]>;
}
