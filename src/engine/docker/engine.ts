import type { ImageInspectInfo } from "dockerode";
import { WorkError } from "../../report/errors.ts";
import type { Listener } from "../../report/events.ts";
import { defaultFolders } from "../../target/environment.ts";
import type { InstalledPackage, PackageManager } from "../../target/managers/manager.ts";
import { parsePackage } from "../../target/packages.ts";
import type { Architecture } from "../../target/runtimes.ts";
import type {
  BuildImage,
  Dockerfile,
  Engine,
  ImageFiles,
  InstallRequest,
  RuntimePackage,
  RuntimeRoot,
} from "../engine.ts";
import { fingerprintOf, keyInputs } from "../fingerprint.ts";
import { KeyReader } from "../keys.ts";
import type { Connection } from "./connect.ts";
import { connect } from "./connect.ts";
import type { BuiltDockerfile } from "./build.ts";
import { buildDockerfile, FINGERPRINT_LABEL, isMade, tagOf } from "./build.ts";
import { ensureImage, findImage, nameImage } from "./image.ts";
import { install, managerOf } from "./install.ts";
import { addRepositories } from "./repositories.ts";
import { osOf } from "./os.ts";
import { loadTest } from "./load.ts";
import { Session } from "./session.ts";
import { Tree } from "./tree.ts";

/** `/lib` and `/usr/lib` hold much else: they are not fetched whole. */
const isLibrariesOnly = (folder: string): boolean => !/^(?:\/usr)?\/lib$/.test(folder);

/** An image to start from. */
interface Base {
  readonly image: ImageInspectInfo;
  /** Present when it was built for this run, or by an earlier one. */
  readonly built?: BuiltDockerfile;
}

/** Docker, or whatever speaks its API. It is connected to on first use. */
export class DockerEngine implements Engine {
  private readonly signal: AbortSignal;
  private readonly listener: Listener;
  private connecting: Promise<Connection> | undefined;
  private readonly keys: KeyReader;
  private readonly bases = new Map<string, Promise<Base>>();
  private readonly lastOf = new Map<string, Promise<unknown>>();

  constructor(signal: AbortSignal, listener: Listener) {
    this.signal = signal;
    this.listener = listener;
    this.keys = new KeyReader(signal);
  }

  async build(request: InstallRequest, names: readonly string[]): Promise<BuildImage> {
    const connection = await this.connection();
    const { image: base, built } = await this.base(request);
    const made = await this.make(connection, request, base, built);
    this.checkUser(request, base);
    for (const name of names) await nameImage(connection, made.tag, name);
    this.listener({ kind: "build-image", tag: made.tag, of: contentsOf(request), reused: made.reused });
    return made;
  }

  /** SAM starts the image as its user (where SAM itself runs as root), and its builder writes into folders of root. */
  private checkUser({ image }: InstallRequest, { Config }: ImageInspectInfo): void {
    if (/^(?:root|0)(?::.*)?$/.test(Config.User || "root")) return;
    const message = `image ${image} runs as user ${Config.User}: sam build may not be able to build in it`;
    this.listener({ kind: "warning", message, hint: "end its Dockerfile with `USER root`" });
  }

  private async make(
    connection: Connection,
    request: InstallRequest,
    base: ImageInspectInfo,
    built: BuiltDockerfile | undefined,
  ): Promise<BuildImage> {
    if (built && request.packages.length === 0) return built;
    const fingerprint = fingerprintOf(
      request,
      built?.fingerprint ?? base.Id,
      await keyInputs(request, this.keys),
    );
    const tag = tagOf(fingerprint);
    if (request.packages.length === 0) {
      const reused = (await findImage(connection, tag, request.architecture))?.Id === base.Id;
      if (!reused) await nameImage(connection, base.Id, tag);
      return { fingerprint, tag, reused };
    }
    const reused = await isMade(connection, tag, request.architecture, fingerprint);
    if (!reused) {
      const keys = await this.keys.of(request.repositories);
      await Session.open(connection, request, base, async (session) => {
        const manager = await managerOf(session);
        const forget = await addRepositories(session, manager, keys);
        await install(session, manager, this.listener);
        for (const command of manager.clean) await session.run(command);
        await forget();
        await session.commit(tag, { [FINGERPRINT_LABEL]: fingerprint });
      });
    }
    return { fingerprint, tag, reused };
  }

  async open<T>(request: InstallRequest, use: (files: ImageFiles) => Promise<T>): Promise<T> {
    const connection = await this.connection();
    const { image: base } = await this.base(request);
    const folders = defaultFolders(request.architecture).filter(isLibrariesOnly);
    return Session.open(connection, request, base, (session) => use(new Tree(session, folders)));
  }

  async install<T>(request: InstallRequest, use: (root: RuntimeRoot) => Promise<T>): Promise<T> {
    const connection = await this.connection();
    const { image: base } = await this.base(request);
    const folders = defaultFolders(request.architecture).filter(isLibrariesOnly);
    return Session.open(connection, request, base, async (pristine) => {
      const os = await osOf(pristine);
      const asItIs = new Tree(pristine, folders);
      const load: RuntimeRoot["load"] = (files, libraries) => loadTest(pristine, files, libraries);
      if (request.packages.length === 0) return use({ os, packages: [], files: asItIs, base: asItIs, load });
      const keys = await this.keys.of(request.repositories);
      return Session.open(connection, request, base, async (session) => {
        const manager = await managerOf(session);
        const before = await installed(session, manager);
        await addRepositories(session, manager, keys);
        await install(session, manager, this.listener);
        const packages = await runtimePackages(session, manager, before);
        return use({ os, packages, files: new Tree(session, folders), base: asItIs, load });
      });
    });
  }

  async samVariables(): Promise<Readonly<Record<string, string>>> {
    return (await this.connection()).samVariables;
  }

  private connection(): Promise<Connection> {
    return (this.connecting ??= connect({ signal: this.signal, listener: this.listener }));
  }

  /** The base image; asked for, pulled or built once, however many sets share it. */
  private base({ image, architecture, dockerfile }: InstallRequest): Promise<Base> {
    const key = `${architecture} ${dockerfile?.digest ?? image}`;
    const known =
      this.bases.get(key) ??
      (dockerfile
        ? this.built(image, architecture, dockerfile)
        : this.image(image, architecture).then((found) => ({ image: found })));
    this.bases.set(key, known);
    return known;
  }

  /** One architecture of a name after the other: a pull moves the name. */
  private image(name: string, architecture: Architecture): Promise<ImageInspectInfo> {
    const image = Promise.allSettled([this.lastOf.get(name)])
      .then(() => this.connection())
      .then((connection) => ensureImage(connection, name, architecture));
    this.lastOf.set(name, image);
    return image;
  }

  private async built(image: string, architecture: Architecture, dockerfile: Dockerfile): Promise<Base> {
    const connection = await this.connection();
    const base = (name: string): Promise<ImageInspectInfo> => this.image(name, architecture);
    const built = await buildDockerfile(connection, dockerfile, architecture, base);
    const found = await findImage(connection, built.tag, architecture);
    if (found) return { image: found, built };
    throw new WorkError(`image ${built.tag} is not there although ${image} was built`);
  }
}

/** What an image holds, for people. */
function contentsOf({ image, packages }: InstallRequest): readonly string[] {
  return packages.length > 0 ? packages : [image];
}

async function installed(session: Session, { database }: PackageManager): Promise<InstalledPackage[]> {
  return database.parseList(await query(session, database.list));
}

async function query(session: Session, command: readonly string[]): Promise<string> {
  const { exitCode, stdout, output } = await session.run(command);
  if (exitCode !== 0) {
    throw new WorkError(`the package database of ${session.request.image} cannot be read`, {
      quote: output.trim().split("\n").slice(-4).join("\n"),
    });
  }
  return stdout;
}

const identity = ({ name, version, architecture }: InstalledPackage): string =>
  `${name} ${version} ${architecture}`;

/** What installing added or replaced, and what was asked for and there already, with all paths. */
async function runtimePackages(
  session: Session,
  manager: PackageManager,
  before: readonly InstalledPackage[],
): Promise<RuntimePackage[]> {
  const known = new Set(before.map(identity));
  const requests = session.request.packages.map((text) => ({ text, name: parsePackage(text).name }));
  const after = await installed(session, manager);
  const names = new Set(after.flatMap(({ name, architecture }) => [name, `${name}:${architecture}`]));
  // A package of the name goes before one that only provides it.
  const answers = ({ name, architecture, provides }: InstalledPackage, request: string): boolean =>
    names.has(request)
      ? name === request || `${name}:${architecture}` === request
      : provides.includes(request);
  const chosen = after
    .map((one) => ({
      ...one,
      requests: requests.filter(({ name }) => answers(one, name)).map(({ text }) => text),
    }))
    .filter((one) => one.requests.length > 0 || !known.has(identity(one)));
  if (chosen.length === 0) return [];
  const paths = manager.database.parseFiles(await query(session, manager.database.files(chosen)), chosen);
  return chosen.map((one, index) => ({ ...one, paths: paths[index] ?? [] }));
}
