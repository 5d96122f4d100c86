import type { LayerVersionsListItem } from "@aws-sdk/client-lambda";
import {
  DeleteLayerVersionCommand,
  GetLayerVersionCommand,
  GetLayerVersionPolicyCommand,
  LambdaClient,
  paginateListLayerVersions,
  PublishLayerVersionCommand,
} from "@aws-sdk/client-lambda";
import { createHash } from "node:crypto";
import { buffer } from "node:stream/consumers";
import JSZip from "jszip";
import { beforeEach, describe, expect, it, vi } from "vitest";

import type { LambdaOptions } from "../../src/publish/lambda/publisher.ts";
import { LambdaPublisher } from "../../src/publish/lambda/publisher.ts";
import type { Layer } from "../../src/publish/publish.ts";
import type { Event } from "../../src/report/events.ts";
import { codeSha256, grant, largeLayer, layerOf, manyLayers } from "./layers.ts";

vi.setConfig({ testTimeout: 60_000 });

const region = "eu-west-1";

/** Where a service is, and how its buckets are made and looked into. */
export interface Site {
  readonly url: string;
  /** A new, empty bucket of this region. */
  bucket(region: string): Promise<string>;
  keys(bucket: string): Promise<string[]>;
}

/** A service in which nothing is published yet, and what a publisher told of itself. */
export interface Service {
  readonly events: Event[];
  readonly lambda: LambdaClient;
  publisher(options?: Partial<LambdaOptions>, signal?: AbortSignal): LambdaPublisher;
}

/** Sets the environment for a service at this address. */
export function serviceAt(url: string): Service {
  for (const [name, value] of Object.entries({
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_REGION: region,
  })) {
    vi.stubEnv(name, value);
  }
  const events: Event[] = [];
  return {
    events,
    lambda: new LambdaClient({}),
    publisher: (options = {}, signal = new AbortController().signal) =>
      new LambdaPublisher({ shareWith: [], jobs: 2, ...options }, signal, (event) => events.push(event)),
  };
}

const arn = (layer: Layer, version: number): unknown =>
  expect.stringMatching(new RegExp(`^arn:aws:lambda:${region}:\\d{12}:layer:${layer.name}:${version}$`));

/**
 * What publishing promises, whatever service it talks to.
 * @param open gives an empty service
 */
export function publisherContract(name: string, open: () => Promise<Site>): void {
  describe(`publishing to ${name}`, () => {
    let site: Site;
    let service: Service;
    beforeEach(async () => {
      site = await open();
      service = serviceAt(site.url);
    });

    const versionsOf = async ({ name: LayerName }: Layer) => {
      const found: LayerVersionsListItem[] = [];
      try {
        const pages = paginateListLayerVersions({ client: service.lambda }, { LayerName });
        for await (const { LayerVersions = [] } of pages) found.push(...LayerVersions);
      } catch (error) {
        expect(error).toMatchObject({ name: "ResourceNotFoundException" });
      }
      return found.toSorted((a, b) => (a.Version ?? 0) - (b.Version ?? 0));
    };
    const remove = (layer: Layer, VersionNumber: number) =>
      service.lambda.send(new DeleteLayerVersionCommand({ LayerName: layer.name, VersionNumber }));
    /** A version that another program made. */
    const foreign = async (layer: Layer, changes: object) =>
      service.lambda.send(
        new PublishLayerVersionCommand({
          LayerName: layer.name,
          Description: layer.description,
          Content: { ZipFile: await buffer(layer.zip()) },
          CompatibleArchitectures: ["x86_64"],
          CompatibleRuntimes: ["python3.12"],
          ...changes,
        }),
      );

    it("publishes a layer with all that Lambda is to know of it", async () => {
      const layer = layerOf("a");
      const references = await service.publisher().publish([layer]);
      expect(references).toStrictEqual([{ kind: "version", arn: arn(layer, 1), reused: false }]);
      expect(await versionsOf(layer)).toMatchObject([
        {
          Version: 1,
          Description: `sam-pkg sha256:${layer.digest} foo`,
          CompatibleArchitectures: ["x86_64"],
          CompatibleRuntimes: ["python3.12", "nodejs22.x"],
          LicenseInfo: "MIT",
        },
      ]);
      const { Content } = await service.lambda.send(
        new GetLayerVersionCommand({ LayerName: layer.name, VersionNumber: 1 }),
      );
      const zip = await buffer(layer.zip());
      expect(Content).toMatchObject({ CodeSha256: codeSha256(zip), CodeSize: zip.length });
      expect(Object.keys((await JSZip.loadAsync(zip)).files)).toStrictEqual(["lib/libfoo.so.1"]);
    });

    it("uses a version of the same content, also when others were published since", async () => {
      const [a, b] = [layerOf("a"), layerOf("b")];
      await service.publisher().publish([a]);
      expect(await service.publisher().publish([b])).toMatchObject([{ arn: arn(b, 2), reused: false }]);
      expect(await service.publisher().publish([a])).toMatchObject([{ arn: arn(a, 1), reused: true }]);
      expect(await service.publisher().publish([b])).toMatchObject([{ arn: arn(b, 2), reused: true }]);
      expect(await versionsOf(a)).toHaveLength(2);
    });

    it("publishes again what was deleted, under a new number", async () => {
      const layer = layerOf("a");
      await service.publisher().publish([layer]);
      await remove(layer, 1);
      expect(await service.publisher().publish([layer])).toMatchObject([{ arn: arn(layer, 2) }]);
      expect(await versionsOf(layer)).toHaveLength(1);
    });

    it("takes no version that is for others, or that only looks like it", async () => {
      const layer = layerOf("a");
      await foreign(layer, { CompatibleArchitectures: ["arm64"] });
      await foreign(layer, { CompatibleRuntimes: ["nodejs22.x"] });
      await foreign(layer, { Description: `sam-pkg sha256:${layer.digest}0 foo` });
      await foreign(layer, { Description: `sam-pkg sha256:${layer.digest.slice(1)} foo` });
      await foreign(layer, { Description: `was sam-pkg sha256:${layer.digest} foo` });
      expect(await service.publisher().publish([layer])).toMatchObject([{ arn: arn(layer, 6) }]);
      expect(await service.publisher().publish([layer])).toMatchObject([
        { arn: arn(layer, 6), reused: true },
      ]);
    });

    it("takes a version whose description ends with the digest, or names other packages", async () => {
      const layer = layerOf("a");
      await foreign(layer, { Description: layer.mark });
      expect(await service.publisher().publish([layer])).toMatchObject([
        { arn: arn(layer, 1), reused: true },
      ]);
      const other = layerOf("a", { description: `${layer.mark} bar` });
      expect(await service.publisher().publish([other])).toMatchObject([
        { arn: arn(layer, 1), reused: true },
      ]);
    });

    it("of two that publish at once both end with the same version, and no other stays", async () => {
      const layer = layerOf("a");
      const both = await Promise.all([1, 2, 3].map(() => service.publisher().publish([layer])));
      const arns = new Set(both.flat().map((one) => (one.kind === "version" ? one.arn : "")));
      expect([...arns]).toHaveLength(1);
      const left = await versionsOf(layer);
      expect(left.map(({ LayerVersionArn }) => LayerVersionArn)).toStrictEqual([...arns]);
    });

    it("gives a reference for each layer, in their order", async () => {
      const layers = manyLayers(6);
      await service.publisher().publish(layers.filter((_layer, at) => at % 2 === 1));
      const references = await service.publisher().publish(layers);
      expect(references).toMatchObject(
        layers.map((layer, at) => ({ arn: arn(layer, 1), reused: at % 2 === 1 })),
      );
    });

    it("sends a large archive through S3, once", async () => {
      const bucket = await site.bucket(region);
      const layer = largeLayer();
      const publisher = service.publisher({ bucket: { name: bucket, prefix: "some/where/" } });
      expect(await publisher.publish([layer])).toMatchObject([{ arn: arn(layer, 1) }]);
      const sha256 = createHash("sha256")
        .update(await buffer(layer.zip()))
        .digest("hex");
      const key = `some/where/${layer.name}/${sha256}.zip`;
      expect(await site.keys(bucket)).toStrictEqual([key]);
      expect(service.events.filter(({ kind }) => kind === "upload-progress").length).toBeGreaterThan(3);
      const place = `s3://${bucket}/${key}`;
      expect(service.events).toContainEqual({ kind: "uploaded", place, reused: false });

      await remove(layer, 1);
      expect(await publisher.publish([layer])).toMatchObject([{ arn: arn(layer, 2) }]);
      expect(service.events).toContainEqual({ kind: "uploaded", place, reused: true });
    });

    it("without a bucket refuses a large archive, and publishes none of the others", async () => {
      const [small, large] = [layerOf("a"), largeLayer({ name: "sam-pkg-large" })];
      await expect(service.publisher().publish([small, large])).rejects.toMatchObject({
        name: "WorkError",
        message: expect.stringMatching(/up to 52,428,800 bytes: sam-pkg-large \(52,\d{3},\d{3} bytes\)$/),
        hint: expect.stringContaining("--s3-bucket"),
      });
      expect(await versionsOf(small)).toStrictEqual([]);
    });

    it("names the bucket that is missing, and publishes nothing", async () => {
      const publisher = service.publisher({ bucket: { name: "no-such-bucket-of-mine" } });
      const layer = largeLayer();
      await expect(publisher.publish([layer])).rejects.toMatchObject({
        name: "WorkError",
        message: "uploading to bucket no-such-bucket-of-mine failed: there is no such bucket",
        hint: expect.stringContaining("--s3-bucket"),
      });
      expect(await versionsOf(layer)).toStrictEqual([]);
    });

    it("shares each version with whom the user names, as often as it runs, and with nobody else", async () => {
      const grants = ["111122223333", "o-abcdefghij"].map(grant);
      const [a, b] = [layerOf("a"), layerOf("b")];
      const policyOf = async (
        layer: Layer,
        VersionNumber: number,
      ): Promise<{ Statement: { Sid: string }[] }> => {
        const command = new GetLayerVersionPolicyCommand({ LayerName: layer.name, VersionNumber });
        return JSON.parse((await service.lambda.send(command)).Policy ?? "");
      };
      await service.publisher({ shareWith: grants }).publish([a]);
      await service.publisher({ shareWith: grants }).publish([a]);
      // moto keeps a statement twice that Lambda refuses the second time.
      const named = new Map((await policyOf(a, 1)).Statement.map((one) => [one.Sid, one]));
      expect([...named.values()]).toMatchObject([
        { Sid: "sam-pkg-111122223333", Action: "lambda:GetLayerVersion" },
        { Sid: "sam-pkg-o-abcdefghij", Action: "lambda:GetLayerVersion" },
      ]);

      await service.publisher({ shareWith: grants.slice(0, 1) }).publish([b]);
      expect((await policyOf(b, 2)).Statement).toHaveLength(1);
      await service.publisher().publish([layerOf("c")]);
      await expect(policyOf(a, 3)).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    });
  });
}
