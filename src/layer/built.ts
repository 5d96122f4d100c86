import { posix } from "node:path";
import pLimit from "p-limit";
import { isCertain } from "../target/environment.ts";
import type { Architecture } from "../target/runtimes.ts";
import type { Member } from "./closure.ts";
import { close } from "./closure.ts";
import type { BuiltImage, ImageFile, LayerFile, Reason } from "./file.ts";
import { Layout, plainName } from "./layout.ts";
import type { Binary } from "./library.ts";
import { Binaries, binaryOf, isLibrary } from "./library.ts";
import { cachedFolders, READS_AT_ONCE } from "./roots.ts";

const LIBRARIES = "/var/task/lambda_lib";
/** What a Dockerfile leaves in these folders goes to those of the layer. */
const PLACES: Readonly<Record<string, string>> = { [LIBRARIES]: "lib", "/var/task/lambda_bin": "bin" };
/** Where `make install` puts libraries, whether the linker looks there or not. */
const INSTALLED = ["/usr/local/lib64", "/usr/local/lib"];

/** What an image has for a layer. */
export interface BuiltFiles {
  /** What the user put there. */
  readonly placed: readonly LayerFile[];
  /** What that needs, from the same image. */
  readonly needed: readonly LayerFile[];
  /** Paths of the shared libraries among them. */
  readonly libraries: ReadonlySet<string>;
  /** SONAMEs left to the runtime, which is certain to have them. */
  readonly provided: readonly string[];
  readonly notes: readonly string[];
}

/** Whether a Dockerfile left anything for a layer in its image. */
export async function leavesFiles({ list }: Pick<BuiltImage, "list">): Promise<boolean> {
  const found = await Promise.all(Object.keys(PLACES).map((folder) => list(folder)));
  return found.flat().length > 0;
}

/** What a Dockerfile left for the layer in its image, with everything that it needs. */
export async function builtFiles(
  image: BuiltImage,
  architecture: Architecture,
  excluded: (path: string) => boolean,
): Promise<BuiltFiles> {
  const { name: dockerfile, read, list } = image;
  const { left, notes } = await leftIn(image, architecture, excluded);
  const binaries = new Binaries(read, architecture, [LIBRARIES]);
  const configuration = { name: "", version: "", paths: await list("/etc/ld.so.conf.d") };
  const cached = [...INSTALLED, ...(await cachedFolders([configuration], read))];
  const own = left.filter((one) => !isProvided(one));
  const starts = own.flatMap(({ binary, reason }) =>
    binary ? [{ binary, package: undefined, reason }] : [],
  );
  const { members, provided } = await close(starts, binaries, architecture, cached, excluded);

  const libraries = new Set<string>();
  const layout = new Layout(architecture, cached);
  const placed = own.flatMap((one) => placedFiles(one, members.get(one.file.path)));
  const roots = new Set(own.map(({ file }) => file.path));
  const needed = [...members.values()]
    .filter(({ binary }) => !roots.has(binary.path))
    .flatMap((member) => layout.filesOf(member, []));
  const isOfLibrary = ({ source }: LayerFile): boolean => {
    const binary = members.get(source)?.binary;
    return binary !== undefined && isLibrary(binary);
  };
  for (const file of [...placed, ...needed]) if (!file.link && isOfLibrary(file)) libraries.add(file.path);
  const ofImage = (file: LayerFile): LayerFile => ({
    ...file,
    dockerfile,
    reasons: file.reasons.map((one) => (one.kind === "needed" ? { ...one, dockerfile } : one)),
  });
  return {
    placed: placed.map(ofImage),
    needed: needed.map(ofImage),
    libraries,
    provided: [...provided, ...left.filter(isProvided).map(({ binary }) => binary?.elf.soname ?? "")],
    notes,
  };
}

/** A file that a Dockerfile left. */
interface Left {
  readonly file: ImageFile;
  readonly binary: Binary | undefined;
  /** Paths in the layer, the file's own before those of links to it. */
  readonly places: readonly string[];
  readonly reason: Reason;
}

function isProvided({ binary }: Left): boolean {
  return isCertain(binary?.elf.soname ?? "");
}

async function leftIn(
  { name: dockerfile, read, list }: BuiltImage,
  architecture: Architecture,
  excluded: (path: string) => boolean,
): Promise<{ readonly left: Left[]; readonly notes: string[] }> {
  const limit = pLimit(READS_AT_ONCE);
  const listed = await Promise.all(
    Object.entries(PLACES).map(async ([folder, top]) => {
      const paths = (await list(folder)).filter((path) => !excluded(path)).toSorted();
      return Promise.all(
        paths.map((path) => limit(async () => ({ folder, top, path, file: await read(path) }))),
      );
    }),
  );
  const byFile = new Map<string, Omit<Left, "places"> & { places: string[] }>();
  const notes: string[] = [];
  for (const { folder, top, path, file } of listed.flat()) {
    if (!file) notes.push(`${dockerfile}: ${path} is a link that leads to no file: left out`);
    if (!file || excluded(file.path)) continue;
    const place = posix.join(top, posix.normalize(path.slice(folder.length)));
    const reason = { kind: "dockerfile", dockerfile, folder: posix.basename(folder) } as const;
    const known = byFile.get(file.path) ?? {
      file,
      binary: binaryOf(file, architecture),
      places: [],
      reason,
    };
    byFile.set(file.path, known);
    if (path === file.path) known.places.unshift(place);
    else known.places.push(place);
  }
  // Of several copies of a library, `cp -L` makes them, the one that has the SONAME for its name goes first.
  const isNamed = ({ binary, places }: Left): boolean => places[0] === `lib/${binary?.elf.soname ?? ""}`;
  return { left: [...byFile.values()].toSorted((a, b) => Number(isNamed(b)) - Number(isNamed(a))), notes };
}

/** The file at its place, and a link for each further name that it has or by which something needs it. */
function placedFiles({ file, binary, places, reason }: Left, member: Member | undefined): LayerFile[] {
  const [first = ""] = places;
  const library = binary !== undefined && isLibrary(binary);
  const flat = library ? places.find((place) => /^lib\/[^/]+$/.test(place)) : undefined;
  const own = flat === undefined ? first : `lib/${plainName(binary?.elf.soname) ?? posix.basename(flat)}`;
  const names = [...(member?.names ?? [])].filter((name) => plainName(name) !== undefined);
  const program = !library && (own.startsWith("bin/") || binary !== undefined || (file.mode & 0o111) !== 0);
  const made: LayerFile = {
    path: own,
    mode: program ? 0o755 : 0o644,
    bytes: file.bytes,
    link: false,
    source: file.path,
    package: undefined,
    reasons: member?.reasons ?? [reason],
  };
  const others = new Set([...places, ...names.map((name) => `lib/${name}`)]);
  others.delete(own);
  const links = [...others].map((path): LayerFile => {
    const target = Buffer.from(posix.relative(posix.dirname(path), own));
    return { ...made, path, bytes: target, link: true };
  });
  return [made, ...links];
}
