import type { Architecture } from "../target/runtimes.ts";

/** A layer ready to be handed out. */
export interface Layer {
  readonly name: string;
  /** The content's digest, 64 hex digits. */
  readonly digest: string;
  /** The start of `description` by which a version of this content is recognised. */
  readonly mark: string;
  readonly description: string;
  readonly zip: Uint8Array;
  readonly architecture: Architecture;
  /** Runtime identifiers, at most 15. */
  readonly runtimes: readonly string[];
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
  /** The same content is published once: a second call finds the first one's result. */
  publish(layer: Layer): Promise<LayerReference>;
}
