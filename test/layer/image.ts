import { writeFileSync } from "node:fs";
import { join, posix } from "node:path";
import type { ImageFile, ListFolder, PackageFiles, ReadFile } from "../../src/layer/file.ts";
import { Workshop } from "./elf/compile.ts";

type Node = { readonly bytes: Uint8Array; readonly mode: number } | { readonly link: string };

/** An image in memory that reads and lists as an engine's session does: all links followed, the real path told. */
export class FakeImage {
  private readonly nodes = new Map<string, Node>();

  file(path: string, content: Uint8Array | string, mode = 0o644): this {
    this.nodes.set(path, { bytes: typeof content === "string" ? Buffer.from(content) : content, mode });
    return this;
  }

  link(path: string, target: string): this {
    this.nodes.set(path, { link: target });
    return this;
  }

  /** Every path of the image, links too, in the order in which they came. */
  get paths(): string[] {
    return [...this.nodes.keys()];
  }

  /** The image as a package that owns all of it. */
  owned(name = "p", version = "1.0"): PackageFiles {
    return { name, version, paths: this.paths };
  }

  readonly read: ReadFile = (path) => Promise.resolve(this.find(path));

  readonly list: ListFolder = (folder) => {
    const real = this.resolve(folder);
    if (real === undefined) return Promise.resolve([]);
    const below = this.paths.filter((path) => path.startsWith(`${real}/`));
    return Promise.resolve(below.map((path) => posix.join(folder, path.slice(real.length))));
  };

  private find(path: string): ImageFile | undefined {
    const real = path.endsWith("/") ? undefined : this.resolve(path);
    const node = real === undefined ? undefined : this.nodes.get(real);
    return real !== undefined && node && "bytes" in node ? { path: real, ...node } : undefined;
  }

  /** The path after all links, those of folders too; undefined when they run in a circle. */
  private resolve(path: string, hops = 0): string | undefined {
    let place = "/";
    const parts = path.split("/");
    for (const [index, part] of parts.entries()) {
      place = posix.join(place, part);
      const node = this.nodes.get(place);
      if (node && "link" in node) {
        const target = posix.resolve(posix.dirname(place), node.link);
        return hops > 40 ? undefined : this.resolve(posix.join(target, ...parts.slice(index + 1)), hops + 1);
      }
    }
    return place;
  }
}

/** What a library is made of. */
export interface Wanted {
  readonly soname?: string;
  readonly needs?: readonly string[];
  readonly source?: string;
  /** A linker's version script. */
  readonly versions?: string;
  /** Libraries that are linked against as they are, versions and all. */
  readonly against?: readonly Uint8Array[];
  readonly options?: readonly string[];
}

/** gcc in a folder of its own; the same wish gives the same bytes without another run. */
export class Forge {
  private readonly workshop = new Workshop();
  private readonly made = new Map<string, Buffer>();
  private serial = 0;

  /** A shared library without libc. */
  library({ soname, ...rest }: Wanted = {}): Buffer {
    const name = soname === undefined ? [] : [`-Wl,-soname,${soname}`];
    return this.build(rest, "-shared", "-fPIC", "-nostdlib", ...name);
  }

  /** A position-independent program, as distributions build them. */
  program({ source = "int main(void) { return 0; }", ...rest }: Wanted = {}): Buffer {
    return this.build({ source, ...rest }, "-pie", "-fPIE");
  }

  remove(): void {
    this.workshop.remove();
  }

  private build(
    { needs = [], source = "", versions, against = [], options = [] }: Wanted,
    ...base: readonly string[]
  ): Buffer {
    const key = JSON.stringify([
      base,
      needs,
      source,
      versions,
      against.map((bytes) => Buffer.from(bytes).toString("latin1")),
      options,
    ]);
    const known = this.made.get(key);
    if (known) return known;
    const stubs = needs.map((soname) => this.library({ soname, source: "int sam_pkg_stub;" }));
    const inputs = [...stubs, ...against].map((bytes) => this.put(bytes, ".so"));
    const script =
      versions === undefined ? [] : [`-Wl,--version-script=${this.put(Buffer.from(versions), ".map")}`];
    const result = this.workshop.compile(
      this.name(".out"),
      source,
      ...base,
      "-Wl,--no-as-needed",
      "-Wl,--allow-shlib-undefined",
      ...script,
      ...options,
      ...inputs,
    );
    this.made.set(key, result);
    return result;
  }

  private name(extension: string): string {
    this.serial += 1;
    return `${this.serial}${extension}`;
  }

  private put(bytes: Uint8Array, extension: string): string {
    const path = join(this.workshop.folder, this.name(extension));
    writeFileSync(path, bytes);
    return path;
  }
}
