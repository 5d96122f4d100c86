/**
 * What a stage reports while it works; the command line turns it into text.
 * `subject` names the thing worked on the way the user knows it: an image, a layer.
 */
export type Event =
  | { readonly kind: "engine"; readonly name: string; readonly endpoint: string }
  | {
      readonly kind: "pull-progress";
      readonly image: string;
      readonly received: number;
      readonly total: number;
    }
  | { readonly kind: "pulling"; readonly image: string }
  | { readonly kind: "pulled"; readonly image: string }
  | {
      readonly kind: "install";
      readonly image: string;
      readonly manager: string;
      readonly packages: readonly string[];
    }
  | { readonly kind: "output"; readonly image: string; readonly line: string }
  | {
      readonly kind: "build-image";
      readonly tag: string;
      readonly packages: readonly string[];
      readonly reused: boolean;
    }
  | {
      readonly kind: "layer";
      readonly name: string;
      readonly digest: string;
      readonly files: number;
      readonly bytes: number;
      /** Libraries that the load test tried and that it loaded; absent without one. */
      readonly loadTest?: { readonly tried: number; readonly loaded: number };
    }
  | {
      readonly kind: "resolved";
      readonly request: string;
      readonly package: string;
      readonly version: string;
    }
  | { readonly kind: "note"; readonly message: string; readonly hint?: string }
  | { readonly kind: "nothing-to-ship"; readonly packages: readonly string[] }
  | {
      readonly kind: "published";
      readonly as: "version" | "resource";
      readonly reference: string;
      readonly reused: boolean;
    }
  | { readonly kind: "packing"; readonly layer: string }
  | {
      /** `place` is the object's URL: `s3://bucket/key`. Bytes. */
      readonly kind: "upload-progress";
      readonly place: string;
      readonly sent: number;
      readonly total: number;
    }
  | { readonly kind: "uploaded"; readonly place: string; readonly reused: boolean }
  | {
      readonly kind: "shared";
      readonly reference: string;
      readonly with: string;
      /** They could not use it before. */
      readonly widened: boolean;
    }
  | { readonly kind: "deleted"; readonly reference: string }
  | { readonly kind: "warning"; readonly message: string; readonly hint?: string };

/** Receives events; must not throw. */
export type Listener = (event: Event) => void;
