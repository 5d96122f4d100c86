import { readFile } from "node:fs/promises";
import type { ImageInspectInfo } from "dockerode";
import { Interrupted, WorkError } from "../../report/errors.ts";
import type { Architecture } from "../../target/runtimes.ts";
import { platformOf } from "../../target/runtimes.ts";
import { contextFiles, shownPath } from "../context-files.ts";
import type { BaseImage, DockerfileText } from "../dockerfile.ts";
import { baseImagesOf, parseDockerfile, pinBases, stagesOf } from "../dockerfile.ts";
import type { Dockerfile } from "../engine.ts";
import { imageFingerprint } from "../fingerprint.ts";
import { buildFault, contextFault } from "./build-fault.ts";
import { BuildProgress } from "./build-progress.ts";
import type { Connection } from "./connect.ts";
import { contextArchive } from "./context-archive.ts";
import { findImage } from "./image.ts";

/** A label of every image that sam-pkg makes: what it was made from. */
export const FINGERPRINT_LABEL = "sam-pkg.fingerprint";

/** The name of an image by its fingerprint; SAM never pulls such names. */
export function tagOf(fingerprint: string): string {
  return `samcli/lambda-sampkg-${fingerprint.slice(0, 16)}:latest`;
}

/** Whether the image of a fingerprint is there. */
export async function isMade(
  connection: Connection,
  tag: string,
  architecture: Architecture,
  fingerprint: string,
): Promise<boolean> {
  const image = await findImage(connection, tag, architecture);
  return image?.Config.Labels?.[FINGERPRINT_LABEL] === fingerprint;
}

/** An image that a Dockerfile was built into. */
export interface BuiltDockerfile {
  /** Of the Dockerfile, what it copies, and the images that it starts from. */
  readonly fingerprint: string;
  readonly tag: string;
  /** It was there already. */
  readonly reused: boolean;
}

/**
 * Builds a Dockerfile's image, or finds it.
 * @param base gives an image of that name for the architecture, pulled when it is not there
 */
export async function buildDockerfile(
  connection: Connection,
  dockerfile: Dockerfile,
  architecture: Architecture,
  base: (name: string) => Promise<ImageInspectInfo>,
): Promise<BuiltDockerfile> {
  const { file, args, target } = dockerfile;
  const written = await readFile(file, "utf8");
  const text = parseDockerfile(written);
  const stages = stagesOf(text, args);
  // Images of other platforms are the builder's matter.
  const isOurs = ({ platform }: BaseImage): boolean =>
    platform === undefined || platform === platformOf(architecture);
  const ids = new Map<string, string>();
  for (const { name } of baseImagesOf(stages, target).filter(isOurs)) {
    ids.set(name, await baseId(name, base, file));
  }
  const pinned = pinBases(written, stages, (image) => (isOurs(image) ? ids.get(image.name) : undefined));
  const bytes = Buffer.from(pinned);
  const fingerprint = imageFingerprint(dockerfile, [...ids.values()], architecture);
  const tag = tagOf(fingerprint);
  const reused = await isMade(connection, tag, architecture, fingerprint);
  if (!reused) await build(connection, { ...dockerfile, bytes, text }, architecture, tag, fingerprint);
  return { fingerprint, tag, reused };
}

async function baseId(
  name: string,
  base: (name: string) => Promise<ImageInspectInfo>,
  file: string,
): Promise<string> {
  try {
    return (await base(name)).Id;
  } catch (error) {
    if (!(error instanceof WorkError) || error.quote === undefined) throw error;
    const { message, hint, quote } = error;
    throw new WorkError(`${message}, from which ${shownPath(file)} starts`, {
      quote,
      cause: error,
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

interface ReadDockerfile extends Dockerfile {
  readonly bytes: Uint8Array;
  readonly text: DockerfileText;
}

async function build(
  { docker, endpoint, signal, listener }: Connection,
  dockerfile: ReadDockerfile,
  architecture: Architecture,
  tag: string,
  fingerprint: string,
): Promise<void> {
  const { file, context, args, target, bytes, digest } = dockerfile;
  const image = shownPath(file);
  listener({ kind: "building", image });
  const progress = new BuildProgress((line) => listener({ kind: "output", image, line }));
  const sending = new AbortController();
  let unsent: { readonly error: unknown } | undefined;
  try {
    const name = `.dockerfile.${digest.slice(0, 20)}`;
    const archive = contextArchive(await contextFiles(context, file), { name, bytes }, (error) => {
      unsent = { error };
      sending.abort();
    });
    const stream = await docker.buildImage(archive, {
      t: tag,
      dockerfile: name,
      platform: platformOf(architecture),
      buildargs: args,
      labels: { [FINGERPRINT_LABEL]: fingerprint },
      ...(target === undefined ? {} : { target }),
      rm: true,
      forcerm: true,
      abortSignal: AbortSignal.any([signal, sending.signal]),
    });
    await progress.follow(stream);
  } catch (error) {
    if (signal.aborted) throw new Interrupted();
    if (unsent) throw contextFault(unsent.error, dockerfile);
    throw buildFault(error, dockerfile, progress, endpoint, signal);
  }
}
