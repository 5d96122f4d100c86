import type { InstalledPackage } from "../target/managers/manager.ts";
import type { Architecture } from "../target/runtimes.ts";

/** An image and the packages to install on top of it. */
export interface InstallRequest {
  readonly image: string;
  readonly architecture: Architecture;
  /** Canonical spellings, see target/packages. */
  readonly packages: readonly string[];
}

/** A build image that is there now. */
export interface BuildImage {
  /** SHA-256 (hex) of the inputs: base image, architecture, packages. */
  readonly fingerprint: string;
  /** `samcli/lambda-sampkg-<fingerprint>:latest`. */
  readonly tag: string;
  /** It was there already. */
  readonly reused: boolean;
}

/** A package that installing added to the image, or replaced there, with every path that it owns. */
export interface AddedPackage extends InstalledPackage {
  readonly paths: readonly string[];
}

/** A file of the image, read after all symbolic links. */
export interface ImageFile {
  /** Where the file itself lies. */
  readonly path: string;
  readonly mode: number;
  readonly bytes: Uint8Array;
}

/** The file system of a runtime image in which packages have been installed. */
export interface InstalledRoot {
  /** Name and version of the system for layer names: `al2023`, `debian12`. */
  readonly os: string;
  readonly added: readonly AddedPackage[];
  /** The regular file that the path leads to; undefined when there is none. */
  read(path: string): Promise<ImageFile | undefined>;
}

/**
 * Installs packages into images. Implementations differ in how; for one request, one state of the package
 * repositories and one image all of them yield the same files.
 * Every method throws WorkError when the work failed and Interrupted when the signal fired.
 */
export interface Engine {
  /** Makes the build image, or finds it, and gives it the further names too. */
  build(request: InstallRequest, names: readonly string[]): Promise<BuildImage>;
  /** Installs runtime packages and hands the result to `use`; the root is gone when `use` returns. */
  install<T>(request: InstallRequest, use: (root: InstalledRoot) => Promise<T>): Promise<T>;
}
