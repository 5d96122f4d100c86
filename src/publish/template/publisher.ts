import { createHash } from "node:crypto";
import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { WorkError } from "../../report/errors.ts";
import type { Listener } from "../../report/events.ts";
import type { Layer, LayerReference, Publisher } from "../publish.ts";

/** The folder for layer archives, beside the template. */
const ARCHIVE_FOLDER = ".sam-pkg";

/** Writes a file whole or not at all. */
export type WriteWhole = (path: string, content: AsyncIterable<Uint8Array>) => Promise<void>;

/** Hands layers out as resources of the template itself; `sam deploy` uploads them. No AWS account is asked. */
export class TemplatePublisher implements Publisher {
  private readonly folder: string;
  private readonly writeWhole: WriteWhole;
  private readonly listener: Listener;

  /** @param folder the template's folder; archives go to `.sam-pkg/` in it */
  constructor(folder: string, writeWhole: WriteWhole, listener: Listener) {
    this.folder = folder;
    this.writeWhole = writeWhole;
    this.listener = listener;
  }

  /** One after the other: the disk is the bottleneck. */
  async publish(layers: readonly Layer[]): Promise<readonly LayerReference[]> {
    const references: LayerReference[] = [];
    for (const layer of layers) references.push(await this.store(layer));
    return references;
  }

  private async store(layer: Layer): Promise<LayerReference> {
    const file = `${layer.name}-${layer.digest.slice(0, 16)}.zip`;
    const reused = await this.write(file, layer);
    const resource = {
      Type: "AWS::Serverless::LayerVersion",
      Properties: {
        LayerName: layer.name,
        Description: layer.description,
        ContentUri: `${ARCHIVE_FOLDER}/${file}`,
        ...(layer.license === undefined ? {} : { LicenseInfo: layer.license }),
        CompatibleRuntimes: [...layer.runtimes],
        CompatibleArchitectures: [layer.architecture],
      },
    };
    const logicalId = logicalIdOf(layer.name);
    this.listener({ kind: "published", as: "resource", reference: logicalId, reused });
    return { kind: "resource", logicalId, resource, reused };
  }

  /** @returns whether the archive was there already */
  private async write(file: string, layer: Layer): Promise<boolean> {
    const folder = join(this.folder, ARCHIVE_FOLDER);
    const path = join(folder, file);
    // The name holds the digest, so a whole archive of that name is this one.
    if (await isWholeZip(path)) return true;
    try {
      await mkdir(folder, { recursive: true });
      await this.writeWhole(path, layer.zip());
    } catch (error) {
      throw new WorkError(`cannot write ${path}`, {
        quote: error instanceof Error ? error.message : String(error),
        hint: "check the folder's permissions and free space",
        cause: error,
      });
    }
    return false;
  }
}

/** CloudFormation allows letters and digits only; the hash keeps different names apart. */
function logicalIdOf(name: string): string {
  return `SamPkgLayer${createHash("sha256").update(name).digest("hex").slice(0, 8)}`;
}

/** Size of a zip's last record without a comment (PKWARE's APPNOTE, 4.3.16), and how it begins. */
const END_BYTES = 22;
const END_SIGNATURE = 0x06054b50;

/** Whether a file is there that ends as a zip does, at the place which it names itself: not cut short. */
async function isWholeZip(path: string): Promise<boolean> {
  const file = await open(path).catch(() => undefined);
  try {
    const status = await file?.stat();
    if (!file || !status?.isFile() || status.size < END_BYTES) return false;
    const { size } = status;
    const end = Buffer.alloc(END_BYTES);
    await file.read(end, 0, END_BYTES, size - END_BYTES);
    return (
      end.readUInt32LE(0) === END_SIGNATURE &&
      end.readUInt32LE(12) + end.readUInt32LE(16) === size - END_BYTES
    );
  } finally {
    await file?.close();
  }
}
