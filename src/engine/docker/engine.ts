import type { ImageInspectInfo } from "dockerode";
import { WorkError } from "../../report/errors.ts";
import type { Listener } from "../../report/events.ts";
import { defaultFolders } from "../../target/environment.ts";
import type { InstalledPackage, PackageManager } from "../../target/managers/manager.ts";
import { parsePackage } from "../../target/packages.ts";
import type {
  BuildImage,
  Engine,
  ImageFiles,
  InstallRequest,
  RuntimePackage,
  RuntimeRoot,
} from "../engine.ts";
import { fingerprintOf } from "../fingerprint.ts";
import type { Connection } from "./connect.ts";
import { connect } from "./connect.ts";
import { ensureImage, findImage, nameImage } from "./image.ts";
import { install, managerOf } from "./install.ts";
import { osOf } from "./os.ts";
import { loadTest } from "./load.ts";
import { Session } from "./session.ts";
import { Tree } from "./tree.ts";

/** `/lib` and `/usr/lib` hold much else: they are not fetched whole. */
const isLibrariesOnly = (folder: string): boolean => !/^(?:\/usr)?\/lib$/.test(folder);

const FINGERPRINT_LABEL = "sam-pkg.fingerprint";

/** Docker, or whatever speaks its API. It is connected to on first use. */
export class DockerEngine implements Engine {
  private readonly signal: AbortSignal;
  private readonly listener: Listener;
  private connecting: Promise<Connection> | undefined;
  private readonly bases = new Map<string, Promise<ImageInspectInfo>>();
  private readonly lastOf = new Map<string, Promise<unknown>>();

  constructor(signal: AbortSignal, listener: Listener) {
    this.signal = signal;
    this.listener = listener;
  }

  async build(request: InstallRequest, names: readonly string[]): Promise<BuildImage> {
    const connection = await this.connection();
    const base = await this.base(request);
    const fingerprint = fingerprintOf(request, base.Id);
    const tag = `samcli/lambda-sampkg-${fingerprint.slice(0, 16)}:latest`;
    const reused = await isBuilt(connection, tag, request, fingerprint);
    if (!reused) {
      await Session.open(connection, request, base, async (session) => {
        const manager = await managerOf(session);
        await install(session, manager, this.listener);
        for (const command of manager.clean) await session.run(command);
        await session.commit(tag, { [FINGERPRINT_LABEL]: fingerprint });
      });
    }
    for (const name of names) await nameImage(connection, tag, name);
    this.listener({ kind: "build-image", tag, packages: request.packages, reused });
    return { fingerprint, tag, reused };
  }

  async open<T>(request: InstallRequest, use: (files: ImageFiles) => Promise<T>): Promise<T> {
    const connection = await this.connection();
    const base = await this.base(request);
    const folders = defaultFolders(request.architecture).filter(isLibrariesOnly);
    return Session.open(connection, request, base, (session) => use(new Tree(session, folders)));
  }

  async install<T>(request: InstallRequest, use: (root: RuntimeRoot) => Promise<T>): Promise<T> {
    const connection = await this.connection();
    const base = await this.base(request);
    return Session.open(connection, request, base, (pristine) =>
      Session.open(connection, request, base, async (session) => {
        const manager = await managerOf(session);
        const os = await osOf(pristine);
        const before = await installed(session, manager);
        await install(session, manager, this.listener);
        const packages = await runtimePackages(session, manager, before);
        const folders = defaultFolders(request.architecture).filter(isLibrariesOnly);
        return use({
          os,
          packages,
          files: new Tree(session, folders),
          base: new Tree(pristine, folders),
          load: (files, libraries) => loadTest(pristine, files, libraries),
        });
      }),
    );
  }

  private connection(): Promise<Connection> {
    return (this.connecting ??= connect(this.signal, this.listener));
  }

  /** The base image; asked for and pulled once, however many sets share it. */
  private base({ image, architecture }: InstallRequest): Promise<ImageInspectInfo> {
    const key = `${architecture} ${image}`;
    const known = this.bases.get(key);
    if (known) return known;
    // One architecture after the other: a pull moves the name.
    const base = Promise.allSettled([this.lastOf.get(image)])
      .then(() => this.connection())
      .then((connection) => ensureImage(connection, image, architecture));
    this.bases.set(key, base);
    this.lastOf.set(image, base);
    return base;
  }
}

async function isBuilt(
  connection: Connection,
  tag: string,
  { architecture }: InstallRequest,
  fingerprint: string,
): Promise<boolean> {
  const image = await findImage(connection, tag, architecture);
  return image?.Config.Labels?.[FINGERPRINT_LABEL] === fingerprint;
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
