import type { LayerVersionsListItem } from "@aws-sdk/client-lambda";
import { LambdaClient, paginateListLayerVersions, PublishLayerVersionCommand } from "@aws-sdk/client-lambda";
import type { Architecture as SdkArchitecture, Runtime as SdkRuntime } from "@aws-sdk/client-lambda";
import { WorkError } from "../../report/errors.ts";
import type { Layer, LayerReference, Publisher } from "../publish.ts";
import { awsFault } from "./fault.ts";

/** Where layers are published; what is absent comes from the environment, as the AWS SDK finds it. */
export interface LambdaOptions {
  readonly region?: string;
  readonly profile?: string;
}

/** Publishes layer versions through Lambda's API; a version that holds the content already is used as it is. */
export class LambdaPublisher implements Publisher {
  private readonly client: LambdaClient;
  private readonly signal: AbortSignal;

  constructor({ region, profile }: LambdaOptions, signal: AbortSignal) {
    // The SDK's advice on Node versions is for this project, not for the person who runs it.
    process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
    this.client = new LambdaClient({
      ...(region === undefined ? {} : { region }),
      ...(profile === undefined ? {} : { profile }),
      maxAttempts: 8,
    });
    this.signal = signal;
  }

  async publish(layer: Layer): Promise<LayerReference> {
    const found = await this.find(layer);
    if (found) return { kind: "version", arn: found, reused: true };
    try {
      const answer = await this.client.send(
        new PublishLayerVersionCommand({
          LayerName: layer.name,
          Description: layer.description,
          Content: { ZipFile: layer.zip },
          CompatibleRuntimes: [...layer.runtimes] as SdkRuntime[],
          CompatibleArchitectures: [layer.architecture] as SdkArchitecture[],
        }),
        { abortSignal: this.signal },
      );
      if (!answer.LayerVersionArn)
        throw new WorkError(`Lambda published ${layer.name} without naming its version`);
      return { kind: "version", arn: answer.LayerVersionArn, reused: false };
    } catch (error) {
      throw awsFault(error, `publishing layer ${layer.name}`, "lambda:PublishLayerVersion", this.signal);
    }
  }

  /** The lowest version whose description holds the digest: every machine that looks finds the same one. */
  private async find(layer: Layer): Promise<string | undefined> {
    const versions: LayerVersionsListItem[] = [];
    try {
      const pages = paginateListLayerVersions(
        { client: this.client, pageSize: 50 },
        { LayerName: layer.name },
        { abortSignal: this.signal },
      );
      for await (const { LayerVersions = [] } of pages) versions.push(...LayerVersions);
    } catch (error) {
      if (error instanceof Error && error.name === "ResourceNotFoundException") return undefined;
      throw awsFault(
        error,
        `listing the versions of layer ${layer.name}`,
        "lambda:ListLayerVersions",
        this.signal,
      );
    }
    return versions
      .filter(({ Description }) => Description?.startsWith(layer.mark))
      .toSorted((a, b) => (a.Version ?? 0) - (b.Version ?? 0))
      .at(0)?.LayerVersionArn;
  }
}
