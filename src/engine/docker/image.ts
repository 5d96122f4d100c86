import type { ImageInspectInfo } from "dockerode";
import { WorkError } from "../../report/errors.ts";
import type { Architecture } from "../../target/runtimes.ts";
import { platformOf } from "../../target/runtimes.ts";
import { daemonMessage, statusOf } from "./answer.ts";
import type { Connection } from "./connect.ts";
import { engineFault } from "./fault.ts";

/** What the engine knows of an image it has; undefined when it has none of that name. */
export async function findImage(connection: Connection, name: string): Promise<ImageInspectInfo | undefined> {
  try {
    return await connection.docker.getImage(name).inspect();
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw engineFault(error, `looking for image ${name}`, connection.endpoint, connection.signal);
  }
}

/** The image of that name and architecture; pulled first when the engine does not have it. */
export async function ensureImage(
  connection: Connection,
  name: string,
  architecture: Architecture,
): Promise<ImageInspectInfo> {
  const wanted = platformOf(architecture);
  const present = await findImage(connection, name);
  if (present && `${present.Os}/${present.Architecture}` === wanted) return present;
  await pull(connection, name, wanted, present);
  const pulled = await findImage(connection, name);
  if (!pulled) throw new WorkError(`image ${name} is not there although its pull succeeded`);
  const got = `${pulled.Os}/${pulled.Architecture}`;
  if (got !== wanted) {
    throw new WorkError(`image ${name} is for ${got}, the function needs ${wanted}`, {
      hint: `name an image for ${wanted}, or change the function's Architectures`,
    });
  }
  return pulled;
}

async function pull(
  connection: Connection,
  name: string,
  platform: string,
  present: ImageInspectInfo | undefined,
): Promise<void> {
  const { docker, endpoint, signal, listener } = connection;
  listener({ kind: "pulling", image: name });
  try {
    const stream = await docker.pull(withTag(name), { platform, abortSignal: signal });
    await follow(connection, name, stream);
  } catch (error) {
    const fault = engineFault(error, `pulling ${name}`, endpoint, signal);
    if (!(fault instanceof WorkError) || fault.quote === undefined) throw fault;
    throw notPulled(name, platform, present, daemonMessage(error), fault);
  }
  listener({ kind: "pulled", image: name });
}

function notPulled(
  name: string,
  platform: string,
  present: ImageInspectInfo | undefined,
  said: string,
  fault: WorkError,
): WorkError {
  if (present) {
    return new WorkError(
      `image ${name} is here for ${present.Os}/${present.Architecture} only, and one for ${platform} cannot be pulled`,
      {
        quote: said,
        hint: `name an image for ${platform}, or change the function's Architectures`,
        cause: fault,
      },
    );
  }
  if (/not found|manifest unknown|denied|does not exist/i.test(said)) {
    return new WorkError(`image not found: ${name}`, {
      quote: said,
      hint: "check the name's spelling; for a private registry log in first (`docker login`)",
      cause: fault,
    });
  }
  if (/no such host|dial tcp|timeout|connection refused|TLS/i.test(said)) {
    return new WorkError(`the registry of image ${name} cannot be reached`, {
      quote: said,
      hint: "check the network, or name an image that the engine already has in BuildImage and RuntimeImage",
      cause: fault,
    });
  }
  return fault;
}

/** Without a tag the engine would pull every tag of the repository. */
function withTag(name: string): string {
  const last = name.slice(name.lastIndexOf("/") + 1);
  return last.includes(":") || last.includes("@") ? name : `${name}:latest`;
}

interface PullProgress {
  readonly id?: string;
  readonly status?: string;
  readonly error?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
}

function follow(
  { docker, listener }: Connection,
  image: string,
  stream: NodeJS.ReadableStream,
): Promise<void> {
  const layers = new Map<string, { received: number; total: number }>();
  return new Promise((resolve, reject) => {
    docker.modem.followProgress(
      stream,
      (error) => (error ? reject(error) : resolve()),
      ({ id, status, progressDetail }: PullProgress) => {
        if (id === undefined || status !== "Downloading") return;
        layers.set(id, { received: progressDetail?.current ?? 0, total: progressDetail?.total ?? 0 });
        const all = [...layers.values()];
        const sum = (key: "received" | "total"): number =>
          all.reduce((total, layer) => total + layer[key], 0);
        listener({ kind: "pull-progress", image, received: sum("received"), total: sum("total") });
      },
    );
  });
}
