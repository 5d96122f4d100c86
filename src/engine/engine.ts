import type { InstalledPackage } from "../target/managers/manager.ts";
import type { Repository } from "../target/repositories.ts";
import type { Architecture } from "../target/runtimes.ts";

/** An image that is built from a Dockerfile. */
export interface Dockerfile {
  /** Absolute paths. */
  readonly file: string;
  readonly context: string;
  readonly args: Readonly<Record<string, string>>;
  readonly target?: string;
  /** SHA-256 (hex) of all that decides what is built, base images aside: the same wherever the files lie. */
  readonly digest: string;
}

/** An image and the packages to install on top of it. */
export interface InstallRequest {
  /** Its name; of an image that is built first, what people call it. */
  readonly image: string;
  /** What the image is built from; absent for one that exists. */
  readonly dockerfile?: Dockerfile;
  readonly architecture: Architecture;
  /** Canonical spellings, see target/packages. May be empty. */
  readonly packages: readonly string[];
  /** Where packages may come from besides the image's own repositories, by name; keys that are files by absolute path. */
  readonly repositories: readonly Repository[];
  /** Topics of amazon-linux-extras, sorted. */
  readonly extras: readonly string[];
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

/** A package of a runtime image that was asked for, or that was installed for one that was. */
export interface RuntimePackage extends InstalledPackage {
  /** Every path that it owns. */
  readonly paths: readonly string[];
  /** The requests that it answers, by its own name or by one that it provides; none for what came with others. */
  readonly requests: readonly string[];
}

/** A file of an image, read after all symbolic links. */
export interface ImageFile {
  /** Where the file itself lies. */
  readonly path: string;
  readonly mode: number;
  readonly bytes: Uint8Array;
}

/** A file system of an image. */
export interface ImageFiles {
  /** The regular file that the path leads to; undefined when there is none. */
  read(path: string): Promise<ImageFile | undefined>;
  /** Paths of all files and links below a folder; none when there is no such folder. */
  list(folder: string): Promise<readonly string[]>;
}

/** A file to put below `/opt` for a load test; of a link, `bytes` is the target. */
export interface UnpackedFile {
  readonly path: string;
  readonly mode: number;
  readonly bytes: Uint8Array;
  readonly link: boolean;
}

/** What the dynamic linker said of a library that it could not load. */
export interface LoadFailure {
  /** As in the layer: `lib/libfoo.so.1`. */
  readonly path: string;
  readonly said: string;
}

/** A runtime image in which packages have been installed. */
export interface RuntimeRoot {
  /** Name and version of the system for layer names: `al2023`, `debian12`. */
  readonly os: string;
  readonly packages: readonly RuntimePackage[];
  /** The image with the packages. */
  readonly files: ImageFiles;
  /** The image as it is without them. */
  readonly base: ImageFiles;
  /**
   * Loads libraries, each in a process of its own, in the image as it is with these files in `/opt` and a function's
   * environment. Returns those that failed.
   * @param libraries paths of the files to load
   */
  load(files: readonly UnpackedFile[], libraries: readonly string[]): Promise<LoadFailure[]>;
}

/**
 * Installs packages into images. Implementations differ in how; for one request, one state of the package
 * repositories and one image all of them yield the same files.
 * Every method throws WorkError when the work failed and Interrupted when the signal fired.
 */
export interface Engine {
  /** Makes the build image, or finds it, and gives it the further names too. */
  build(request: InstallRequest, names: readonly string[]): Promise<BuildImage>;
  /** Hands the files of an image to `use`, as it is without the request's packages. */
  open<T>(request: InstallRequest, use: (files: ImageFiles) => Promise<T>): Promise<T>;
  /** Installs runtime packages and hands the result to `use`; the root is gone when `use` returns. */
  install<T>(request: InstallRequest, use: (root: RuntimeRoot) => Promise<T>): Promise<T>;
}
