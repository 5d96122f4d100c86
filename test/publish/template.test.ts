import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { zipLayer } from "../../src/layer/zip.ts";
import { writeWhole } from "../../src/pipeline/write.ts";
import type { Layer } from "../../src/publish/publish.ts";
import type { Event } from "../../src/report/events.ts";
import { layerFile } from "../layer/files.ts";
import { TemplatePublisher } from "../../src/publish/template/publisher.ts";

const digest = "0123456789abcdef".repeat(4);
const layer: Layer = {
  name: "sam-pkg-al2023-x86_64-zlib-00000000",
  digest,
  mark: `sam-pkg sha256:${digest}`,
  description: `sam-pkg sha256:${digest} zlib`,
  zip: () => zipLayer([layerFile("lib/a.so", "a")]),
  architecture: "x86_64",
  runtimes: ["python3.12"],
  asked: ["python3.12"],
};
const FILE = ".sam-pkg/sam-pkg-al2023-x86_64-zlib-00000000-0123456789abcdef.zip";

let folder = "";
let events: Event[] = [];
beforeEach(() => {
  events = [];
  folder = mkdtempSync(join(tmpdir(), "sam-pkg-publish-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("TemplatePublisher", () => {
  it("puts the archive beside the template and hands out a resource that names it", async () => {
    const [reference] = await new TemplatePublisher(folder, writeWhole, (event) =>
      events.push(event),
    ).publish([layer]);
    expect(reference).toStrictEqual({
      kind: "resource",
      logicalId: expect.stringMatching(/^SamPkgLayer[0-9a-f]{8}$/),
      resource: {
        Type: "AWS::Serverless::LayerVersion",
        Properties: {
          LayerName: layer.name,
          Description: layer.description,
          ContentUri: FILE,
          CompatibleRuntimes: ["python3.12"],
          CompatibleArchitectures: ["x86_64"],
        },
      },
      reused: false,
    });
    expect(readFileSync(join(folder, FILE)).equals(await buffer(layer.zip()))).toBe(true);
    expect(events).toStrictEqual([
      { kind: "published", as: "resource", reference: expect.any(String), reused: false },
    ]);
    expect(readdirSync(join(folder, ".sam-pkg"))).toHaveLength(1);
  });

  it("finds the archive the second time, and replaces one that was cut short", async () => {
    const publisher = new TemplatePublisher(folder, writeWhole, (event) => events.push(event));
    await publisher.publish([layer]);
    expect(await publisher.publish([layer])).toMatchObject([{ reused: true }]);
    const archive = readFileSync(join(folder, FILE));
    for (const damaged of ["", archive.subarray(0, -1), archive.subarray(30), Buffer.alloc(200)]) {
      writeFileSync(join(folder, FILE), damaged);
      expect(await publisher.publish([layer])).toMatchObject([{ reused: false }]);
      expect(readFileSync(join(folder, FILE)).equals(archive)).toBe(true);
    }
    expect(events.filter((event) => event.kind === "published" && event.reused)).toHaveLength(1);
  });

  it("keeps the resource's name for new content, and gives another layer another", async () => {
    const publisher = new TemplatePublisher(folder, writeWhole, (event) => events.push(event));
    const ids = [layer, { ...layer, digest: "f".repeat(64) }, { ...layer, name: "sam-pkg-other" }].map(
      async (one) => {
        const [reference] = await publisher.publish([one]);
        return reference?.kind === "resource" ? reference.logicalId : undefined;
      },
    );
    const [first, newer, other] = await Promise.all(ids);
    expect(newer).toBe(first);
    expect(other).not.toBe(first);
  });

  it("says in a WorkError which file it cannot write", async () => {
    mkdirSync(join(folder, FILE), { recursive: true });
    const failing = new TemplatePublisher(folder, writeWhole, (event) => events.push(event)).publish([layer]);
    await expect(failing).rejects.toMatchObject({
      name: "WorkError",
      message: expect.stringContaining(FILE),
    });
  });
});
