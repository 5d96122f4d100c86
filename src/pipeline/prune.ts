import { parallel } from "../parallel.ts";
import type { LambdaApi } from "../publish/lambda/api.ts";
import { isFault } from "../publish/lambda/fault.ts";
import type { JudgedVersion, ListedVersion, Retention } from "../publish/lambda/retention.ts";
import { isOwn, judge } from "../publish/lambda/retention.ts";
import { WorkError } from "../report/errors.ts";
import type { Listener } from "../report/events.ts";
import type { AccountOptions } from "./account.ts";
import { lambdaAccount } from "./account.ts";

/** What `prune` is asked to do. */
export interface PruneOptions extends Omit<AccountOptions, "s3Bucket" | "s3Prefix"> {
  /** How many of each layer's newest versions are kept in any case; 2 when absent. */
  readonly keep?: number;
  /** Deletes; otherwise nothing is changed. */
  readonly yes: boolean;
  /** Layers that are listed, or versions that are deleted, at a time. */
  readonly jobs: number;
  readonly signal: AbortSignal;
  readonly listener: Listener;
  /** The time against which ages are taken. */
  readonly now?: Date;
}

/** What `prune` found and did. */
export interface PruneResult extends Retention {
  /** Whether it is known which functions use the versions. */
  readonly functionsListed: boolean;
  /** Whether the versions with the verdict `delete` were deleted. */
  readonly deleted: boolean;
  /** sam-pkg's versions, by layer, the newest first. */
  readonly versions: readonly JudgedVersion[];
}

const KEEP = 2;
/** Days. */
const MINIMUM_AGE = 7;
const PREFIX = "sam-pkg-";
/** Versions that a message names. */
const NAMED = 5;

/**
 * Finds sam-pkg's layer versions that no function uses, and deletes them if asked to.
 * Throws InputError (samconfig), WorkError or Interrupted; what was deleted until then was told to the listener.
 */
export async function prune(options: PruneOptions): Promise<PruneResult> {
  const { keep = KEEP, yes, jobs, signal, listener, now = new Date() } = options;
  const retention: Retention = { keep, minimumAge: MINIMUM_AGE, now };
  // There is no template: its name stands for the current folder, where samconfig is.
  const account = await lambdaAccount("template.yaml", options);
  // It loads the AWS SDK.
  const { LambdaApi: Api } = await import("../publish/lambda/api.ts");
  const api = new Api(account, signal);
  const listed = await ownVersions(api, jobs, signal);
  // Versions that are kept in any case have reasons enough. To ask for the functions' would take a call for every 50
  // versions of all functions, and as a rule, when prune runs after each deployment, for nothing.
  let versions = judge(listed, new Map(), retention);
  const functionsListed = versions.some(isDoomed);
  // The last thing before deleting: what begins to be used meanwhile is not seen.
  if (functionsListed) versions = judge(listed, await usedVersions(api), retention);
  if (yes) await deleteAll(api, versions.filter(isDoomed), { jobs, signal, listener });
  return { ...retention, functionsListed, deleted: yes, versions };
}

function isDoomed({ verdict }: JudgedVersion): boolean {
  return verdict === "delete";
}

/** The versions of all layers that are sam-pkg's by name or by their latest version. */
async function ownVersions(api: LambdaApi, jobs: number, signal: AbortSignal): Promise<ListedVersion[]> {
  const layers = await api.listLayers();
  const names = layers
    .filter(
      ({ LayerName = "", LatestMatchingVersion: latest }) =>
        LayerName.startsWith(PREFIX) || isOwn(latest?.Description ?? ""),
    )
    .map(({ LayerName = "" }) => LayerName);
  const versions = await each(names, { jobs, signal }, async (layer) =>
    (await api.listVersions(layer)).map((one) => ({
      layer,
      version: one.Version ?? 0,
      arn: one.LayerVersionArn ?? "",
      description: one.Description ?? "",
      created: dateOf(one.CreatedDate),
    })),
  );
  // What has no ARN can neither be found in a function nor be deleted.
  return versions.flat().filter(({ arn, version }) => arn !== "" && version > 0);
}

/** A time such as `2026-11-21T09:00:00.000+0000`; an invalid date for anything else. */
function dateOf(text = ""): Date {
  const [, time, hours = "", minutes = ""] =
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?)(?:Z|([+-]\d\d):?(\d\d))$/.exec(text) ?? [];
  if (time === undefined) return new Date(Number.NaN);
  return new Date(hours === "" ? `${time}Z` : `${time}${hours}:${minutes}`);
}

/** The names of the function versions that use a layer version, by its ARN. An alias stands for one of them. */
async function usedVersions(api: LambdaApi): Promise<Map<string, string[]>> {
  const used = new Map<string, string[]>();
  for (const { FunctionName = "", Version = "", Layers = [] } of await api.listFunctions()) {
    for (const { Arn = "" } of Layers) {
      const names = used.get(Arn) ?? [];
      names.push(`${FunctionName}:${Version}`);
      used.set(Arn, names);
    }
  }
  // A sign sorts before a digit: $LATEST stands before the numbers.
  const order = new Intl.Collator("en", { numeric: true });
  for (const [arn, names] of used) used.set(arn, [...new Set(names)].toSorted(order.compare));
  return used;
}

async function deleteAll(
  api: LambdaApi,
  versions: readonly ListedVersion[],
  { listener, ...run }: Pick<PruneOptions, "jobs" | "signal" | "listener">,
): Promise<void> {
  const deleted = new Set<ListedVersion>();
  try {
    await each(versions, run, async (version) => {
      await deleteOne(api, version);
      deleted.add(version);
      listener({ kind: "deleted", reference: version.arn });
    });
  } catch (error) {
    if (!(error instanceof WorkError)) throw error;
    const left = versions.filter((version) => !deleted.has(version));
    throw new WorkError(
      `${error.message}; ${deleted.size} of ${versions.length} deleted, not ${namesOf(left)}`,
      {
        ...(error.quote === undefined ? {} : { quote: error.quote }),
        ...(error.hint === undefined ? {} : { hint: error.hint }),
        cause: error.cause,
      },
    );
  }
}

/** A version that somebody else has deleted meanwhile is deleted. */
async function deleteOne(api: LambdaApi, { layer, version }: ListedVersion): Promise<void> {
  try {
    await api.deleteVersion(layer, version);
  } catch (error) {
    if (!(error instanceof Error) || !isFault(error.cause, "ResourceNotFoundException")) throw error;
  }
}

function namesOf(versions: readonly ListedVersion[]): string {
  const names = versions.map(({ layer, version }) => `${layer}:${version}`);
  const more = names.length > NAMED + 1 ? ` and ${names.length - NAMED} more` : "";
  return `${(more === "" ? names : names.slice(0, NAMED)).join(", ")}${more}`;
}

/** Side by side. After a failure none begins; those under way end by themselves. */
async function each<T, R>(
  items: readonly T[],
  { jobs, signal }: Pick<PruneOptions, "jobs" | "signal">,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const failed = new AbortController();
  const tasks = items.map((item) => () => work(item));
  return parallel(tasks, jobs, AbortSignal.any([signal, failed.signal]), () => failed.abort());
}
