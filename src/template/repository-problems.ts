import type { ErrorObject } from "ajv";
import schema from "../../schemas/packages.schema.json" with { type: "json" };
import { didYouMean, nearest } from "../target/nearest.ts";
import type { Path } from "./locate.ts";
import type { Problem } from "./problems.ts";

const KEYS = Object.keys(schema.definitions.repository.properties);

/** What the keys of a repository hold, and an example. */
const FORMS: Readonly<Record<string, readonly [what: string, example: string]>> = {
  Name: ["a name of letters, digits and . _ -", "`Name: vendor`"],
  BaseUrl: ["an http, https or file URL", "`BaseUrl: https://packages.example.com/rpm/$basearch`"],
  MirrorList: ["an http, https or file URL", "`MirrorList: https://packages.example.com/mirrors`"],
  GpgKey: ["the path of a file or a URL", "`GpgKey: keys/vendor.asc`"],
  GpgKeyFingerprint: [
    "a whole fingerprint, 40 hex digits",
    "it as `gpg --show-keys vendor.asc` prints it below `pub`",
  ],
  GpgCheck: ["true or false", "`GpgCheck: false`"],
  Priority: ["a whole number from 1 to 99", "`Priority: 10`"],
};

/** Explains what the schema says of `Repositories` or `Extras`; `path` leads there from Packages. */
export function repositoryProblem(path: Path, { keyword, params, data }: ErrorObject): Problem {
  const key = String(path.at(-1));
  const given = JSON.stringify(data);
  const own = params as { additionalProperty?: string; missingProperty?: string };
  if (keyword === "additionalProperties") {
    const unknown = own.additionalProperty ?? "";
    return {
      path: [...path, unknown],
      message: `unknown key ${JSON.stringify(unknown)} in a repository`,
      hint: didYouMean(nearest(unknown, KEYS)) ?? `the keys are ${KEYS.join(", ")}`,
    };
  }
  if (keyword === "required") {
    const hint = "give it one of your own, for messages: `Name: vendor`";
    return { path, message: `a repository has no ${own.missingProperty}`, hint };
  }
  if (path[0] === "Extras") {
    const hint = "write it as `amazon-linux-extras list` shows it: `Extras: [php8.2]`";
    const message =
      path.length === 1 ? `Extras must be a list of topics, but is ${given}` : `${given} is no topic`;
    return { path, message, hint };
  }
  const form = FORMS[key];
  if (form) return { path, message: `${key} must be ${form[0]}, but is ${given}`, hint: `write ${form[1]}` };
  return {
    path,
    message:
      path.length === 1 ? "Repositories must be a list of repositories" : "a repository must be a mapping",
    hint: "write each as `- {Name: vendor, BaseUrl: https://…, GpgKey: keys/vendor.asc}`",
  };
}
