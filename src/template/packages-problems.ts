// What is wrong with a Packages mapping, in its author's words.
import type { ErrorObject } from "ajv";
import schema from "../../schemas/packages.schema.json" with { type: "json" };
import { didYouMean, nearest } from "../target/nearest.ts";
import type { Path } from "./locate.ts";
import type { Problem } from "./problems.ts";
import { repositoryProblem } from "./repository-problems.ts";

const KEYS = Object.keys(schema.properties);

/** What the lists are of, and how an element may look. */
const LISTS: Readonly<Record<string, readonly [what: string, example: string]>> = {
  Build: ["package names", "name, …"],
  Runtime: ["package names", "name, …"],
  Include: ["paths", "name, …"],
  Exclude: ["paths", "name, …"],
};

/** A finding of ajv for people, at a path that starts in Packages. */
export function explain(error: ErrorObject): Problem {
  const path = pathOf(error.instancePath);
  if (path[0] === "Repositories" || path[0] === "Extras") return repositoryProblem(path, error);
  switch (error.keyword) {
    case "additionalProperties": {
      const unknown = String((error.params as { additionalProperty: unknown }).additionalProperty);
      const message = `unknown key ${JSON.stringify(unknown)} in Packages`;
      const hint = didYouMean(nearest(unknown, KEYS)) ?? `the keys are ${KEYS.join(", ")}`;
      return { path: [...path, unknown], message, hint };
    }
    case "propertyNames": {
      const wrong = String((error.params as { propertyName: unknown }).propertyName);
      const message = `${JSON.stringify(wrong)} is no name of a build argument`;
      return { path: [...path, wrong], message, hint: "write it as after ARG in the Dockerfile" };
    }
    case "type":
      return typeProblem(path, error);
    default:
      return { path, ...wordProblem(path, String(error.data)) };
  }
}

function typeProblem(path: Path, { data, schema: wanted }: ErrorObject): Problem {
  const key = path.join(".") || "Packages";
  const name = path.at(-1);
  if (path.length === 0) {
    return {
      path,
      message: "Packages must be a mapping",
      hint: "write the lists below it: `Packages: {Build: [...], Runtime: [...]}`",
    };
  }
  const list = path.length === 1 ? LISTS[String(name)] : undefined;
  if (list) {
    return {
      path,
      message: `${key} must be a list of ${list[0]}, but is ${kindOf(data)}`,
      hint: typeof data === "string" ? `write \`${key}: [${data}]\`` : `write \`${key}: [${list[1]}]\``,
    };
  }
  const subject = typeof name === "number" ? `an element of ${String(path.at(-2))}` : String(name);
  if (wanted === "object") {
    const message = `${subject} must be a mapping, but is ${kindOf(data)}`;
    return { path, message, hint: "write `DockerBuildArgs: {NAME: value}`" };
  }
  return {
    path,
    message: `${subject} must be a string, but is ${kindOf(data)}`,
    hint:
      data === null
        ? "write the name, or take the line out"
        : typeof data === "object"
          ? "intrinsic functions do not work here: write the name itself"
          : `put it in quotes: "${JSON.stringify(data)}"`,
  };
}

function wordProblem(path: Path, word: string): Omit<Problem, "path"> {
  const said = JSON.stringify(word);
  const key = typeof path.at(-1) === "number" ? path.at(-2) : path.at(-1);
  switch (key) {
    case "Build":
    case "Runtime":
      return packageProblem(word);
    case "BuildImage":
    case "RuntimeImage":
      return {
        message: `${said} is not the name of an image`,
        hint: "write it as for `docker pull`: registry/repository:tag",
      };
    case "Include":
    case "Exclude":
      return {
        message: `${said} is not a pattern of absolute paths`,
        hint: "write paths as they are in the image, such as /usr/bin/pdftotext or /etc/fonts/**",
      };
    case "DockerBuildTarget":
      return {
        message: `${said} is not the name of a stage`,
        hint: "write it as after AS in the Dockerfile",
      };
    default:
      return {
        message: `${String(key)} is not a path: ${said}`,
        hint: "write a path that starts in the folder of this file",
      };
  }
}

function packageProblem(word: string): Omit<Problem, "path"> {
  const what = `package name ${JSON.stringify(word)}`;
  if (word.startsWith("-")) {
    return {
      message: `${what} starts with "-": a package manager would take it for an option`,
      hint: "write the package's name; options cannot be passed",
    };
  }
  if (/^[\w.+-]+-$/.test(word)) {
    return {
      message: `${what} ends with "-": apt would remove the package`,
      hint: `write ${JSON.stringify(word.replace(/-+$/, ""))} to install it`,
    };
  }
  const forbidden = [...new Set(word.replaceAll(/[A-Za-z0-9._+:~^= -]/g, ""))].join("");
  return {
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
