import { createHash } from "node:crypto";
import type { ImageInspectInfo } from "dockerode";
import type { Architecture } from "../../target/runtimes.ts";
import { platformOf } from "../../target/runtimes.ts";
import type { Connection } from "./connect.ts";
import { engineFault, statusOf } from "./fault.ts";
import { notFor, pull } from "./pull.ts";

/** What the engine knows of an image it has for that architecture; undefined when it has none. */
export async function findImage(
  connection: Connection,
  name: string,
  architecture: Architecture,
): Promise<ImageInspectInfo | undefined> {
  const image = await inspect(connection, name, architecture);
  return image && `${image.Os}/${image.Architecture}` === platformOf(architecture) ? image : undefined;
}

/**
 * The image of that name and architecture; pulled first when the engine does not have it. Without the containerd image
 * store a name stands for one image, so one of a second architecture gets a name of ours and the user's name stays
 * where it was (docs/decisions/009-two-architectures.md). Not to be called twice at a time for one name.
 */
export async function ensureImage(
  connection: Connection,
  name: string,
  architecture: Architecture,
): Promise<ImageInspectInfo> {
  const present = await findImage(connection, name, architecture);
  if (present) return present;
  const other = await inspect(connection, name);
  const ours = keptName(name, other, architecture);
  const kept = await findImage(connection, ours, architecture);
  if (kept) return kept;
  const byDigest = name.includes("@");
  if (byDigest && other) await letGo(connection, name, other);
  await pull(connection, { name, platform: platformOf(architecture), other });
  const pulled = await findImage(connection, name, architecture);
  if (!byDigest && other) {
    if (pulled && pulled.Id !== other.Id) await nameImage(connection, pulled.Id, ours);
    await nameImage(connection, other.Id, name);
  }
  // A name without a list of platforms is pulled whatever platform was asked for.
  if (!pulled) throw notFor({ name, platform: platformOf(architecture) });
  return pulled;
}

/** Gives an image, by its ID or name, a further name with a tag. */
export async function nameImage(
  { docker, endpoint, signal }: Connection,
  image: string,
  name: string,
): Promise<void> {
  const colon = name.lastIndexOf(":");
  const tagged = colon > name.lastIndexOf("/");
  const repo = tagged ? name.slice(0, colon) : name;
  const tag = tagged ? name.slice(colon + 1) : "latest";
  try {
    await docker.getImage(image).tag({ repo, tag });
  } catch (error) {
    throw engineFault(error, `naming ${image} ${name}`, endpoint, signal);
  }
}

/** A digest cannot be pulled for a second architecture while it stands for the first, which gets a name of ours. */
async function letGo(connection: Connection, name: string, image: ImageInspectInfo): Promise<void> {
  const { docker, endpoint, signal } = connection;
  const architecture = image.Architecture === "arm64" ? "arm64" : "x86_64";
  await nameImage(connection, image.Id, keptName(name, image, architecture));
  try {
    await docker.getImage(name).remove({ noprune: true });
  } catch (error) {
    throw engineFault(error, `making room for another architecture of ${name}`, endpoint, signal);
  }
}

/** Our name for an image of a second architecture. It is forgotten as soon as the user's name stands for a newer image. */
function keptName(name: string, other: ImageInspectInfo | undefined, architecture: Architecture): string {
  const source = name.includes("@") ? [name] : [name, other?.Id];
  const hash = createHash("sha256").update(JSON.stringify(source)).digest("hex").slice(0, 16);
  return `samcli/lambda-sampkg-base-${hash}:${architecture}`;
}

/** An image for that architecture, or whatever the name stands for; engines before API 1.49 know no architecture here. */
async function inspect(
  { docker, endpoint, signal }: Connection,
  name: string,
  architecture?: Architecture,
): Promise<ImageInspectInfo | undefined> {
  const [os, machine] = architecture ? platformOf(architecture).split("/") : [];
  try {
    // Not by Image.inspect, which sends no query (dockerode 5.0.1).
    return await new Promise<ImageInspectInfo>((resolve, reject) => {
      docker.modem.dial(
        {
          path: `/images/${name}/json?`,
          method: "GET",
          options: architecture ? { platform: { os, architecture: machine } } : {},
          statusCodes: { 200: true, 404: "no such image", 500: "server error" },
        },
        (error: unknown, image) => (error ? reject(error) : resolve(image as ImageInspectInfo)),
      );
    });
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw engineFault(error, `looking for image ${name}`, endpoint, signal);
  }
}
