import type {
  Architecture as SdkArchitecture,
  LayerVersionContentInput,
  Runtime as SdkRuntime,
} from "@aws-sdk/client-lambda";
import { parallel } from "../../parallel.ts";
import { WorkError } from "../../report/errors.ts";
import type { Listener } from "../../report/events.ts";
import type { Layer, LayerReference, Publisher } from "../publish.ts";
import { LambdaApi } from "./api.ts";
import { Archive } from "./archive.ts";
import type { BucketOptions } from "./bucket.ts";
import type { AwsOptions } from "./client.ts";
import type { Grant } from "./grant.ts";
import type { PublishedVersion } from "./publish-version.ts";
import { publishVersion } from "./publish-version.ts";
import type { LiveVersion } from "./versions.ts";
import { findVersion } from "./versions.ts";

/**
 * The largest zip that is sent within a request. Lambda's limit of a request, 70,167,211 bytes, leaves room for this
 * much in base64 and the other fields (PublishLayerVersion, Content.ZipFile).
 */
const LARGEST_INLINE = 50 * 1024 * 1024;

/** Where layers are published and how. */
export interface LambdaOptions extends AwsOptions {
  readonly bucket?: BucketOptions;
  readonly shareWith: readonly Grant[];
  /** Layers worked on at a time. */
  readonly jobs: number;
}

/** A layer that is not there yet, ready to be sent. */
interface Parcel {
  readonly layer: Layer;
  readonly archive: Archive;
}

/**
 * Publishes layer versions through Lambda's API; a version that holds the content already is used as it is. Nothing is
 * published before all that is to be published is packed and, where needed, uploaded.
 */
export class LambdaPublisher implements Publisher {
  private readonly api: LambdaApi;
  private readonly options: LambdaOptions;
  private readonly signal: AbortSignal;
  private readonly listener: Listener;

  constructor(options: LambdaOptions, signal: AbortSignal, listener: Listener) {
    this.api = new LambdaApi(options, signal);
    this.options = options;
    this.signal = signal;
    this.listener = listener;
  }

  /** Region and credentials; whether these are allowed to publish, only Lambda knows. */
  prepare(): Promise<void> {
    return this.api.prepare();
  }

  async publish(layers: readonly Layer[]): Promise<readonly LayerReference[]> {
    const found = await this.each(layers, (layer) => this.find(layer));
    const made = await this.publishAll(layers.filter((_layer, at) => found[at] === undefined));
    const versions = layers.flatMap((layer, at) => found[at] ?? made.get(layer) ?? []);
    await this.each(versions, ({ live }, at) => this.share(layers[at]?.name ?? "", live));
    return versions.map(({ live, reused }) => ({ kind: "version", arn: live.arn, reused }));
  }

  private async find(layer: Layer): Promise<PublishedVersion | undefined> {
    const live = await findVersion(this.api, layer);
    return live && this.told({ live, reused: true });
  }

  private async publishAll(layers: readonly Layer[]): Promise<Map<Layer, PublishedVersion>> {
    const parcels: Parcel[] = [];
    try {
      await this.each(layers, async (layer) => {
        this.listener({ kind: "packing", layer: layer.name });
        parcels.push({ layer, archive: await Archive.write(layer.zip(), this.signal) });
      });
      const contents = await this.contents(parcels);
      const made = await this.each(parcels, async ({ layer, archive }, at) => {
        const content = contents[at] ?? (async () => ({ ZipFile: await archive.bytes() }));
        const input = async () => ({ ...describe(layer), Content: await content() });
        const { api, signal, listener } = this;
        const version = await publishVersion({ api, signal, listener, layer, archive, input });
        return [layer, this.told(version)] as const;
      });
      return new Map(made);
    } finally {
      for (const { archive } of parcels) await archive.close();
    }
  }

  /** Said at once: should a later layer fail, the user knows what is there. */
  private told(version: PublishedVersion): PublishedVersion {
    const { live, reused } = version;
    this.listener({ kind: "published", as: "version", reference: live.arn, reused });
    return version;
  }

  /** What a request says of each archive: where it is in S3, or nothing when it goes into the request itself. */
  private async contents(
    parcels: readonly Parcel[],
  ): Promise<((() => Promise<LayerVersionContentInput>) | undefined)[]> {
    const large = parcels.filter(({ archive }) => archive.size > LARGEST_INLINE);
    if (large.length === 0) return [];
    const { bucket: options } = this.options;
    if (!options) throw needsBucket(large);
    const { Bucket } = await import("./bucket.ts");
    const bucket = new Bucket(options, this.options, this.signal, this.listener);
    return this.each(parcels, async (parcel) => {
      if (!large.includes(parcel)) return undefined;
      const key = await bucket.put(parcel.layer.name, parcel.archive);
      return async () => ({ S3Bucket: bucket.name, S3Key: key });
    });
  }

  private async share(name: string, { arn, version }: LiveVersion): Promise<void> {
    for (const grant of this.options.shareWith) {
      const widened = await this.api.allow(name, version, grant);
      this.listener({ kind: "shared", reference: arn, with: grant.name, widened });
    }
  }

  /** Side by side, as many as the user allows. After a failure none begins; those under way end by themselves. */
  private async each<T, R>(items: readonly T[], work: (item: T, at: number) => Promise<R>): Promise<R[]> {
    const failed = new AbortController();
    const signal = AbortSignal.any([this.signal, failed.signal]);
    const tasks = items.map((item, at) => () => work(item, at));
    return parallel(tasks, this.options.jobs, signal, () => failed.abort());
  }
}

function describe({ name, description, license, runtimes, architecture }: Layer) {
  return {
    LayerName: name,
    Description: description,
    ...(license === undefined ? {} : { LicenseInfo: license }),
    CompatibleRuntimes: [...runtimes] as SdkRuntime[],
    CompatibleArchitectures: [architecture] as SdkArchitecture[],
  };
}

function needsBucket(large: readonly Parcel[]): WorkError {
  const list = large.map(
    ({ layer, archive }) => `${layer.name} (${archive.size.toLocaleString("en")} bytes)`,
  );
  return new WorkError(
    `too large for a request to Lambda, which takes archives up to ${LARGEST_INLINE.toLocaleString("en")} bytes: ${list.join(", ")}`,
    { hint: "name a bucket of the same region to send it through: --s3-bucket, or s3_bucket in samconfig" },
  );
}
