import { createHash, randomFillSync } from "node:crypto";
import { buffer } from "node:stream/consumers";
import type { LayerFile } from "../../src/layer/file.ts";
import { contentDigest } from "../../src/layer/manifest.ts";
import { digestMark, layerDescription } from "../../src/layer/name.ts";
import { zipLayer } from "../../src/layer/zip.ts";
import type { Grant } from "../../src/publish/lambda/grant.ts";
import { parseGrant } from "../../src/publish/lambda/grant.ts";
import type { Layer } from "../../src/publish/publish.ts";
import { layerFile } from "../layer/files.ts";

/** A layer with this content. */
export function layerOf(content: string, changes: Partial<Layer> = {}): Layer {
  return layerWith([layerFile("lib/libfoo.so.1", content)], changes);
}

/** A layer whose zip is too large for a request; it is packed once for all tests of a file. */
export function largeLayer(changes: Partial<Layer> = {}): Layer {
  return { ...largeOne, zip: packedOnce, ...changes };
}

async function* packedOnce(): AsyncGenerator<Uint8Array> {
  largeZip ??= buffer(largeOne.zip());
  yield await largeZip;
}

const largeBytes = randomFillSync(new Uint8Array(52_500_000));
const largeOne = layerWith([{ ...layerFile("lib/large.so"), bytes: largeBytes }], {});
let largeZip: Promise<Buffer> | undefined;

function layerWith(files: readonly LayerFile[], changes: Partial<Layer>): Layer {
  const digest = contentDigest(files, "x86_64");
  return {
    name: "sam-pkg-al2023-x86_64-foo-00000000",
    digest,
    mark: digestMark(digest),
    description: layerDescription(digest, ["foo"]),
    license: "MIT",
    zip: () => zipLayer(files),
    architecture: "x86_64",
    runtimes: ["python3.12", "nodejs22.x"],
    asked: ["python3.12"],
    ...changes,
  };
}

/** Layers of different names and contents. */
export function manyLayers(count: number): Layer[] {
  return Array.from({ length: count }, (_none, at) =>
    layerOf(`content ${at}`, { name: `sam-pkg-al2023-x86_64-p${at}-00000000` }),
  );
}

/** SHA-256 of a zip as Lambda writes it. */
export const codeSha256 = (zip: Uint8Array): string => createHash("sha256").update(zip).digest("base64");

/** A grant that is spelled right. */
export function grant(name: string): Grant {
  const parsed = parseGrant(name);
  if (!parsed) throw new Error(`no grant: ${name}`);
  return parsed;
}
