import { createRequire } from "node:module";
import type * as ajv from "ajv";
import schema from "../../schemas/packages.schema.json" with { type: "json" };
import { explain } from "./packages-problems.ts";
import type { Problem } from "./problems.ts";

/** Metadata.Packages as the schema allows it. An empty key (`Build:`) is null and means an empty list. */
export interface Packages {
  readonly Build?: readonly string[] | null;
  readonly Runtime?: readonly string[] | null;
  readonly Include?: readonly string[] | null;
  readonly Exclude?: readonly string[] | null;
  readonly BuildImage?: string;
  readonly RuntimeImage?: string;
  readonly Dockerfile?: string;
  readonly DockerContext?: string;
  readonly DockerBuildArgs?: Readonly<Record<string, string | number | boolean>>;
  readonly DockerBuildTarget?: string;
  readonly Repositories?: readonly RepositoryEntry[] | null;
  readonly Extras?: readonly string[] | null;
  readonly Spec?: string;
}

/** An element of `Repositories`. */
export interface RepositoryEntry {
  readonly Name: string;
  readonly BaseUrl?: string;
  readonly MirrorList?: string;
  readonly GpgKey?: string;
  readonly GpgKeyFingerprint?: string;
  readonly GpgCheck?: boolean;
  readonly Priority?: number;
}

let compiled: ajv.ValidateFunction<Packages> | undefined;

/** Loaded and compiled on first use: a template without Packages does not pay for it. */
function validator(): ajv.ValidateFunction<Packages> {
  if (!compiled) {
    const { Ajv } = createRequire(import.meta.url)("ajv") as typeof ajv;
    compiled = new Ajv({ allErrors: true, allowUnionTypes: true, verbose: true }).compile<Packages>(schema);
  }
  return compiled;
}

/** Checks a Packages mapping against its schema: the mapping itself, or everything that is wrong with it. */
export function checkPackages(value: unknown): { packages: Packages } | { problems: Problem[] } {
  const validate = validator();
  if (validate(value)) return { packages: value };
  // of a name, ajv tells its pattern as well as that it is wrong
  const errors = (validate.errors ?? []).filter(({ propertyName }) => propertyName === undefined);
  return { problems: errors.map(explain) };
}
