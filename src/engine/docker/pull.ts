import type { ImageInspectInfo } from "dockerode";
import { WorkError } from "../../report/errors.ts";
import type { Connection } from "./connect.ts";
import { daemonMessage, engineFault } from "./fault.ts";

/** What to pull, and what is there already. */
export interface PullRequest {
  readonly name: string;
  /** As container engines write it: `linux/arm64`. */
  readonly platform: string;
  /** The image that has the name, of another platform. */
  readonly other: ImageInspectInfo | undefined;
}

/** Pulls an image for a platform; the name stands for that image then. Throws WorkError. */
export async function pull(connection: Connection, request: PullRequest): Promise<void> {
  const { docker, endpoint, signal, listener } = connection;
  const { name, platform, other } = request;
  const image = other ? `${name} (${platform})` : name;
  listener({ kind: "pulling", image });
  try {
    const stream = await docker.pull(withTag(name), { platform, abortSignal: signal });
    await follow(connection, image, stream);
  } catch (error) {
    const fault = engineFault(error, `pulling ${name}`, endpoint, signal);
    if (!(fault instanceof WorkError) || fault.quote === undefined) throw fault;
    throw notPulled(request, daemonMessage(error), fault);
  }
  listener({ kind: "pulled", image });
}

/** An image that is not made for a platform. */
export function notFor({ name, platform }: Omit<PullRequest, "other">, quote?: string): WorkError {
  return new WorkError(`image ${name} does not exist for ${platform}`, {
    hint: `name an image for ${platform} in BuildImage or RuntimeImage, or change the function's Architectures`,
    ...(quote === undefined ? {} : { quote }),
  });
}

function notPulled(request: PullRequest, said: string, fault: WorkError): WorkError {
  const { name, platform, other } = request;
  // Two wordings of one finding: with and without the containerd image store.
  if (/no matching manifest for|no match for platform/i.test(said)) return notFor(request, said);
  if (other) {
    return new WorkError(
      `image ${name} is here for ${platformIn(other)} only, and one for ${platform} cannot be pulled`,
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

/** Empty for an image that the engine has for foreign platforms only (Docker 29). */
function platformIn({ Os, Architecture }: ImageInspectInfo): string {
  return Os && Architecture ? `${Os}/${Architecture}` : "another platform";
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
    let failure: Error | undefined;
    docker.modem.followProgress(
      stream,
      (error) => (error || failure ? reject(error ?? failure) : resolve()),
      ({ id, status, progressDetail, error }: PullProgress) => {
        // To the stream's reader a pull that fails on the way has ended well.
        if (error !== undefined) failure = new Error(error);
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
