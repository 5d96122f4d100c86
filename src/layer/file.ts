import type { Architecture } from "../target/runtimes.ts";

/** Why a file is in a layer. */
export type Reason =
  | { readonly kind: "package"; readonly package: string }
  | { readonly kind: "needed"; readonly by: string; readonly name: string }
  | { readonly kind: "recipe"; readonly recipe: string }
  | { readonly kind: "include"; readonly pattern: string };

/** A file of a layer. The path is relative to the layer's root, which Lambda unpacks to `/opt`. */
export interface LayerFile {
  readonly path: string;
  /** 0o644, or 0o755 for programs. */
  readonly mode: number;
  /** The content; of a link its target, a name in the same folder. */
  readonly bytes: Uint8Array;
  readonly link: boolean;
  /** Where the file lay in the runtime image. */
  readonly source: string;
  /** The installed package that owns it; undefined when it is the runtime image's own. */
  readonly package: string | undefined;
  readonly reasons: readonly Reason[];
}

/** A regular file of an image, read after all links. */
export interface ImageFile {
  readonly path: string;
  readonly mode: number;
  readonly bytes: Uint8Array;
}

/** Reads the regular file that a path of an image leads to; undefined when there is none. */
export type ReadFile = (path: string) => Promise<ImageFile | undefined>;

/** Paths of all files below a folder of an image, links too; none when there is no such folder. */
export type ListFolder = (folder: string) => Promise<readonly string[]>;

/** An installed package with every path that it owns. */
export interface PackageFiles {
  readonly name: string;
  readonly version: string;
  readonly paths: readonly string[];
}

/** What a layer is assembled from. */
export interface Ingredients {
  readonly architecture: Architecture;
  /** The requested packages and those that were installed for them. */
  readonly packages: readonly PackageFiles[];
  /** The runtime image with the packages. */
  readonly read: ReadFile;
  readonly list: ListFolder;
  /** The runtime image as it is without them. */
  readonly readBase: ReadFile;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** Images of the user's own making, whose libraries and programs go in as well. */
  readonly built: readonly BuiltImage[];
}

/** The files of an image that a Dockerfile made. */
export interface BuiltImage {
  readonly read: ReadFile;
  readonly list: ListFolder;
}
