import { Ajv } from "ajv";
import type { ErrorObject, ValidateFunction } from "ajv";
import schema from "../../schemas/packages.schema.json" with { type: "json" };
import { didYouMean, nearest } from "../target/nearest.ts";
import type { Path } from "./locate.ts";
import { repositoryProblem } from "./repository-problems.ts";

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

/** What is wrong below a Packages mapping, at a path relative to it. */
export interface PackagesProblem {
  readonly path: Path;
  readonly message: string;
  readonly hint: string;
}

const KEYS = Object.keys(schema.properties);

let compiled: ValidateFunction<Packages> | undefined;

/** Compiled on first use: a template without Packages does not pay for it. */
function validator(): ValidateFunction<Packages> {
  compiled ??= new Ajv({ allErrors: true, allowUnionTypes: true, verbose: true }).compile<Packages>(schema);
  return compiled;
}

/** Checks a Packages mapping against its schema: the mapping itself, or everything that is wrong with it. */
export function checkPackages(value: unknown): { packages: Packages } | { problems: PackagesProblem[] } {
  const validate = validator();
  if (validate(value)) return { packages: value };
  return { problems: (validate.errors ?? []).map(explain) };
}

function explain(error: ErrorObject): PackagesProblem {
  const path = pathOf(error.instancePath);
  if (path[0] === "Repositories" || path[0] === "Extras") return repositoryProblem(path, error);
  const key = path.join(".") || "Packages";
  switch (error.keyword) {
    case "additionalProperties": {
      const unknown = String((error.params as { additionalProperty: unknown }).additionalProperty);
      return {
        path: [...path, unknown],
        message: `unknown key ${JSON.stringify(unknown)} in Packages`,
        hint: didYouMean(nearest(unknown, KEYS)) ?? `the keys are ${KEYS.join(", ")}`,
      };
    }
    case "type":
      return typeProblem(path, key, error);
    default:
      return wordProblem(path, String(error.data));
  }
}

function typeProblem(path: Path, key: string, { data, schema: wanted }: ErrorObject): PackagesProblem {
  if (path.length === 0) {
    return {
      path,
      message: "Packages must be a mapping",
      hint: "write the lists below it: `Packages: {Build: [...], Runtime: [...]}`",
    };
  }
  if (Array.isArray(wanted)) {
    return {
      path,
      message: `${key} must be a list of ${path[0] === "Include" || path[0] === "Exclude" ? "paths" : "package names"}, but is ${kindOf(data)}`,
      hint: typeof data === "string" ? `write \`${key}: [${data}]\`` : `write \`${key}: [name, …]\``,
    };
  }
  return {
    path,
    message: `${path.length > 1 ? `an element of ${String(path[0])}` : key} must be a string, but is ${kindOf(data)}`,
    hint:
      data === null
        ? "write the name, or take the line out"
        : typeof data === "object"
          ? "intrinsic functions do not work here: write the name itself"
          : `put it in quotes: "${JSON.stringify(data)}"`,
  };
}

function wordProblem(path: Path, word: string): PackagesProblem {
  if (path[0] === "BuildImage" || path[0] === "RuntimeImage") {
    return {
      path,
      message: `${JSON.stringify(word)} is not the name of an image`,
      hint: "write it as for `docker pull`: registry/repository:tag",
    };
  }
  if (path[0] === "Include" || path[0] === "Exclude") {
    return {
      path,
      message: `${JSON.stringify(word)} is not a pattern of absolute paths`,
      hint: "write paths as they are in the image, such as /usr/bin/pdftotext or /etc/fonts/**",
    };
  }
  const what = `package name ${JSON.stringify(word)}`;
  if (word.startsWith("-")) {
    return {
      path,
      message: `${what} starts with "-": a package manager would take it for an option`,
      hint: "write the package's name; options cannot be passed",
    };
  }
  if (/^[\w.+-]+-$/.test(word)) {
    return {
      path,
      message: `${what} ends with "-": apt would remove the package`,
      hint: `write ${JSON.stringify(word.replace(/-+$/, ""))} to install it`,
    };
  }
  const forbidden = [...new Set(word.replaceAll(/[A-Za-z0-9._+:~^= -]/g, ""))].join("");
  return {
    path,
    message: forbidden
      ? `${what} holds ${JSON.stringify(forbidden)}, which no package name may hold`
      : `${what} has not the form of a package name`,
    hint: "write `name` or `name = version`: letters, digits and . _ + - : ~ only",
  };
}

function kindOf(value: unknown): string {
  if (value === null) return "empty";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  return `the ${typeof value} ${JSON.stringify(value)}`;
}

/** A JSON pointer as a path; array positions become numbers. */
function pathOf(pointer: string): Path {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .map((part, depth) => (depth > 0 && /^\d+$/.test(part) ? Number(part) : part));
}
