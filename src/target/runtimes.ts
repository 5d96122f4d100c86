import table from "../../schemas/runtimes.json" with { type: "json" };
import { nearest } from "./nearest.ts";

export type Architecture = "x86_64" | "arm64";

export const ARCHITECTURES: readonly Architecture[] = ["x86_64", "arm64"];

/** A Lambda runtime, a row of schemas/runtimes.json. */
export interface Runtime {
  /** The identifier in templates: `python3.12`. */
  readonly id: string;
  readonly os: string;
  readonly status: string;
  /** Repository and tag of the runtime image, without registry and architecture. */
  readonly runtimeImage: string;
  readonly architectures?: readonly string[];
}

const runtimes: readonly Runtime[] = table.runtimes;
const byId = new Map(runtimes.map((runtime) => [runtime.id, runtime]));

/** The runtime of this identifier, or undefined when Lambda has none. */
export function findRuntime(id: string): Runtime | undefined {
  return byId.get(id);
}

/** Identifiers that a mistyped one may have meant, best first. */
export function similarRuntimes(id: string): string[] {
  return nearest(id, byId.keys());
}

/** Live runtimes of an operating system (`al2023`), in the table's order. */
export function liveRuntimes(os: string): string[] {
  return runtimes.filter((runtime) => runtime.os === os && runtime.status === "live").map(({ id }) => id);
}

/**
 * The image that AWS publishes as the runtime's environment.
 * Source of the name: the tags of public.ecr.aws/lambda, one repository a language.
 */
export function runtimeImageOf(runtime: Runtime, architecture: Architecture): string {
  return `public.ecr.aws/lambda/${runtime.runtimeImage}-${architecture}`;
}

/** The image in which SAM builds functions of this runtime (`sam build --use-container`). */
export function buildImageOf(runtime: Runtime, architecture: Architecture): string {
  return `public.ecr.aws/sam/build-${runtime.id}:latest-${architecture}`;
}

/** The architecture as container engines write it. */
export function platformOf(architecture: Architecture): string {
  return architecture === "arm64" ? "linux/arm64" : "linux/amd64";
}
