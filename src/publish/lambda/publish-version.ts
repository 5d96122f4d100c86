import { setTimeout as sleep } from "node:timers/promises";
import type {
  PublishLayerVersionCommandInput,
  PublishLayerVersionCommandOutput,
} from "@aws-sdk/client-lambda";
import { Interrupted, WorkError } from "../../report/errors.ts";
import type { Listener } from "../../report/events.ts";
import type { Layer } from "../publish.ts";
import type { LambdaApi } from "./api.ts";
import type { Archive } from "./archive.ts";
import { isUnanswered } from "./fault.ts";
import type { LiveVersion } from "./versions.ts";
import { findVersion } from "./versions.ts";

/** How often a publish is tried whose answers are lost. */
const ATTEMPTS = 4;
/** First wait after a lost answer, in ms; each further one may be twice as long. */
const WAIT = 500;

/** A layer to publish. */
export interface Publishing {
  readonly api: LambdaApi;
  readonly signal: AbortSignal;
  readonly listener: Listener;
  readonly layer: Layer;
  readonly archive: Archive;
  /** The request, made when it is sent: it may hold the whole archive. */
  readonly input: () => Promise<PublishLayerVersionCommandInput>;
}

/** The version that everybody uses for a content, and whether another machine made it. */
export interface PublishedVersion {
  readonly live: LiveVersion;
  readonly reused: boolean;
}

/**
 * Publishes a version and looks again: of several machines that publish the same content at once, all end with the
 * lowest version, and each deletes its own later one.
 */
export async function publishVersion(publishing: Publishing): Promise<PublishedVersion> {
  const { api, layer, archive } = publishing;
  const own = await sendUntilKnown(publishing);
  if ("live" in own) return own;
  if (own.sha256 !== archive.sha256.toString("base64")) throw await withdraw(api, layer, own);
  // The listing may be behind what was just published.
  const first = await findVersion(api, layer);
  if (first === undefined || first.version >= own.version) return { live: own, reused: false };
  await removeDuplicate(publishing, own, first);
  return { live: first, reused: true };
}

interface OwnVersion extends LiveVersion {
  readonly sha256: string | undefined;
}

/** A publish whose answer is lost may have been carried out: the digest tells, before it is tried again. */
async function sendUntilKnown(publishing: Publishing): Promise<OwnVersion | PublishedVersion> {
  const { api, signal, layer, input } = publishing;
  for (let attempt = 1; ; attempt++) {
    let answer: PublishLayerVersionCommandOutput | undefined;
    try {
      answer = await api.publish(await input());
    } catch (error) {
      if (signal.aborted) throw new Interrupted();
      if (!isUnanswered(error) || attempt === ATTEMPTS) {
        throw api.fault(error, {
          what: `publishing layer ${layer.name}`,
          action: "lambda:PublishLayerVersion",
          resource: `layer:${layer.name}`,
        });
      }
    }
    if (answer) return ownVersion(answer, layer);
    const live = await findVersion(api, layer);
    if (live) return { live, reused: false };
    await sleep(Math.random() * WAIT * 2 ** attempt, undefined, { signal }).catch(() => undefined);
  }
}

function ownVersion(answer: PublishLayerVersionCommandOutput, { name }: Layer): OwnVersion {
  const { LayerVersionArn: arn, Version: version, Content } = answer;
  if (arn === undefined || version === undefined)
    throw new WorkError(`Lambda published ${name} without naming its version`);
  return { arn, version, sha256: Content?.CodeSha256 };
}

/** What Lambda holds is not what was sent, or not what the bucket's object was taken for. */
async function withdraw(api: LambdaApi, { name }: Layer, { version, arn }: OwnVersion): Promise<WorkError> {
  const left = await api.deleteVersion(name, version).then(
    () => "",
    () => `; delete ${arn}, which would be found by its description`,
  );
  return new WorkError(
    `Lambda holds another archive than layer ${name}'s: the SHA-256 of its answer differs`,
    {
      hint: `run sam-pkg again; if it came through S3, delete the object first, since something else wrote it${left}`,
    },
  );
}

async function removeDuplicate(
  { api, listener, layer }: Publishing,
  own: OwnVersion,
  first: LiveVersion,
): Promise<void> {
  try {
    await api.deleteVersion(layer.name, own.version);
    const message = `${first.arn} was published at the same time: it is used, the same content in version ${own.version} is deleted`;
    listener({ kind: "note", message });
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    const why = error instanceof WorkError ? (error.hint ?? error.quote ?? error.message) : String(error);
    listener({
      kind: "warning",
      message: `${own.arn} holds the same content as ${first.arn}, which was published at the same time, and could not be deleted: ${why}`,
      hint: "nothing uses it; `sam-pkg prune` finds it later",
    });
  }
}
