import { createHash } from "node:crypto";
import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { WorkError } from "../../report/errors.ts";
import type { Layer, LayerReference, Publisher } from "../publish.ts";

/** The folder for layer archives, beside the template. */
const ARCHIVE_FOLDER = ".sam-pkg";

/** Writes a file whole or not at all. */
export type WriteWhole = (path: string, content: Uint8Array) => Promise<void>;

/** Hands layers out as resources of the template itself; `sam deploy` uploads them. No AWS account is asked. */
export class TemplatePublisher implements Publisher {
  private readonly folder: string;
  private readonly write: WriteWhole;

  /** @param folder the template's folder; archives go to `.sam-pkg/` in it */
  constructor(folder: string, write: WriteWhole) {
    this.folder = folder;
    this.write = write;
  }

  async publish(layer: Layer): Promise<LayerReference> {
    const file = `${layer.name}-${layer.digest.slice(0, 16)}.zip`;
    const reused = await this.store(file, layer.zip);
    const resource = {
      Type: "AWS::Serverless::LayerVersion",
      Properties: {
        LayerName: layer.name,
        Description: layer.description,
        ContentUri: `${ARCHIVE_FOLDER}/${file}`,
        CompatibleRuntimes: [...layer.runtimes],
        CompatibleArchitectures: [layer.architecture],
      },
    };
    return { kind: "resource", logicalId: logicalIdOf(layer.name), resource, reused };
  }

  private async store(file: string, zip: Uint8Array): Promise<boolean> {
    const folder = join(this.folder, ARCHIVE_FOLDER);
    const path = join(folder, file);
    // The name holds the digest, so a file of that name and size is this archive.
    const present = await stat(path).catch(() => undefined);
    if (present?.isFile() && present.size === zip.length) return true;
    try {
      await mkdir(folder, { recursive: true });
      await this.write(path, zip);
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
