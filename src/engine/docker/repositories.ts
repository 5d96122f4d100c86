import { posix } from "node:path";
import { WorkError } from "../../report/errors.ts";
import { EXTRAS_OS, extrasSection } from "../../target/extras.ts";
import type { PackageManager } from "../../target/managers/manager.ts";
import { captures } from "../../target/managers/manager.ts";
import { managersWithRepositories } from "../../target/managers/managers.ts";
import { repoFile } from "../../target/repo-file.ts";
import type { InstallRequest, UnpackedFile } from "../engine.ts";
import type { Keys } from "../keys.ts";
import { osOf } from "./os.ts";
import type { Session } from "./session.ts";

/** Two prefixes, so that no repository's name is a topic's: names start with a letter or a digit. */
const REPOSITORY = "sam-pkg-";
const TOPIC = "sam-pkg_";

/** A further repository, or a topic of amazon-linux-extras. */
export interface Source {
  /** Its name in `.repo` files and in what package managers say. */
  readonly id: string;
  /** Its user's name for it. */
  readonly name: string;
  readonly topic?: string;
}

/** Where a request's packages may come from besides the image's own repositories. */
export function sourcesOf({ repositories, extras }: InstallRequest): Source[] {
  return [
    ...repositories.map(({ name }) => ({ id: REPOSITORY + name, name })),
    ...extras.map((topic) => ({ id: extrasSection(topic, TOPIC).id, name: topic, topic })),
  ];
}

/**
 * Lets the container's package manager see the request's further repositories and topics.
 * Returns what takes every trace of them away again, but for the packages.
 */
export async function addRepositories(
  session: Session,
  manager: PackageManager,
  keys: Keys,
): Promise<() => Promise<void>> {
  const { image, repositories, extras } = session.request;
  if (repositories.length + extras.length === 0) return () => Promise.resolve();
  const folder = manager.repoFolder;
  if (folder === undefined) throw unsupported(manager, image, repositories.length > 0);
  if (extras.length > 0) await expectExtras(session);
  // One certificate a file: not every reader takes more.
  const keyFiles = repositories.flatMap(({ name }) =>
    (keys.get(name) ?? []).map(({ fingerprint, armored }) => ({
      name,
      file: fileOf(`${REPOSITORY}${name}-${fingerprint}.asc`, armored),
    })),
  );
  const pathsOf = (repository: string): string[] =>
    keyFiles.filter(({ name }) => name === repository).map(({ file }) => `${folder}/${file.path}`);
  const sections = [
    ...repositories.map((one) => ({ ...one, id: REPOSITORY + one.name, gpgKeys: pathsOf(one.name) })),
    ...extras.map((topic) => extrasSection(topic, TOPIC)),
  ];
  const files = [
    ...keyFiles.map(({ file }) => file),
    ...sections.map((section) => fileOf(`${section.id}.repo`, repoFile(section))),
  ];
  await session.put(folder, files);
  const before = await importedKeys(session);
  for (const { name } of repositories) {
    for (const path of pathsOf(name)) await importKey(session, name, path);
  }
  const added = (await importedKeys(session)).filter((one) => !before.includes(one));
  return async () => {
    if (added.length > 0) await succeed(session, ["rpm", "-e", "--", ...added]);
    const caches = await cachesOf(session);
    await succeed(session, ["rm", "-rf", "--", ...files.map(({ path }) => `${folder}/${path}`), ...caches]);
  };
}

function fileOf(path: string, text: string): UnpackedFile {
  return { path, mode: 0o644, bytes: Buffer.from(text), link: false };
}

function unsupported({ name }: PackageManager, image: string, repositories: boolean): WorkError {
  const what = repositories ? "Repositories" : "Extras";
  return new WorkError(`${what} cannot be used with ${name}, the package manager of ${image}`, {
    hint: `they work with ${managersWithRepositories.join(", ")}; name an image that has one of these, or one of your own in which ${name} knows the repository, as BuildImage and RuntimeImage`,
  });
}

async function expectExtras(session: Session): Promise<void> {
  const os = await osOf(session);
  if (os === EXTRAS_OS) return;
  const { image, extras } = session.request;
  throw new WorkError(`Extras are topics of Amazon Linux 2, and ${image} is ${os}: ${extras.join(", ")}`, {
    hint: "take Extras out: other systems have such packages in their own repositories, or not at all",
  });
}

/** By rpm itself, not by the package manager on the way: microdnf takes keys in fewer forms (libdnf, issue 1672). */
async function importKey(session: Session, name: string, path: string): Promise<void> {
  const { exitCode, output } = await session.run(["rpm", "--import", path]);
  if (exitCode === 0) return;
  throw new WorkError(`rpm of ${session.request.image} cannot read the key of repository ${name}`, {
    quote: output.trim(),
    hint: "it may be of a kind newer than that rpm; of a file with several keys, GpgKeyFingerprint chooses the one that signs",
  });
}

async function importedKeys(session: Session): Promise<string[]> {
  const { stdout } = await session.run(["rpm", "-q", "gpg-pubkey"]);
  return captures(stdout, /^(gpg-pubkey-\S+)$/gm);
}

/** What package managers keep of a repository by its name even when they clean all. */
async function cachesOf(session: Session): Promise<string[]> {
  const ids = sourcesOf(session.request).map(({ id }) => id);
  const found: string[] = [];
  for (const folder of ["/var/cache", "/var/lib/yum"]) {
    const entries = await session.entries(folder, () => false);
    const own = entries.filter(({ name }) => ids.some((id) => posix.basename(name).startsWith(id)));
    found.push(...own.map(({ name }) => posix.join(folder, name)));
  }
  return found;
}

async function succeed(session: Session, command: readonly string[]): Promise<void> {
  const { exitCode, output } = await session.run(command);
  if (exitCode === 0) return;
  throw new WorkError(`the further repositories cannot be taken out of ${session.request.image} again`, {
    quote: output.trim(),
  });
}
