import type { FunctionResult } from "./edits.ts";
import { imagesOf, isOurImage, namedImages } from "./images.ts";
import type { SamconfigOptions } from "./samconfig.ts";
import { readSamconfig } from "./samconfig.ts";
import type { TransformResult } from "./transform.ts";

/** What the user knows to say about images and containers. */
export interface ImageOptions extends SamconfigOptions {
  /** `--build-image` of the command line. */
  readonly given: readonly string[];
  /** Whether the command line has a `--container-env-var`, which takes the place of samconfig's. */
  readonly hasVariables?: boolean;
  /** `--use-container` or `--no-use-container` of the command line. */
  readonly useContainer: boolean | undefined;
}

/**
 * The options of `sam build` that make it build functions in their images, and what is to be told of them. An image
 * that the user named for a function wins. SAM's command line replaces samconfig's `build_image` whole, so that is
 * repeated.
 */
export async function imageWords(
  { template, functions, plain }: Pick<TransformResult, "template" | "functions" | "plain">,
  { given, useContainer, hasVariables = false, ...options }: ImageOptions,
): Promise<{ words: string[]; notes: string[] }> {
  const images = imagesOf(functions);
  const ids = [...images.keys()];
  if (ids.length === 0) return { words: [], notes: [] };
  if (useContainer === false) {
    const notes = [
      `--no-use-container: ${ids.join(", ")} ${ids.length === 1 ? "is built without the image of its" : "are built without the images of their"} Packages`,
    ];
    return { words: [], notes };
  }
  const settings = (await readSamconfig(template, options))?.for("build") ?? {};
  const configured = given.length > 0 ? [] : textsOf(settings["build_image"]);
  const named = namedImages([...given, ...configured]);
  const theirs = (id: string): string | undefined => {
    const image = named.get(id);
    return image === undefined || (given.length === 0 && isOurImage(image)) ? undefined : image;
  };
  const notes = ids.flatMap((id) => {
    const image = theirs(id);
    const source = given.length > 0 ? "--build-image" : "samconfig's build_image";
    if (image === undefined || image === images.get(id)) return [];
    return [`${id} is built in ${image}, as ${source} says, not in the image of its Packages`];
  });
  const unnamed = named.has("") ? [] : plain.filter((id) => !named.has(id));
  if (unnamed.length > 0 && useContainer === undefined && settings["use_container"] !== true) {
    const [are, image] = unnamed.length === 1 ? ["is", "image"] : ["are", "images"];
    notes.push(
      `${unnamed.join(", ")}, without Build packages, ${are} built in SAM's own ${image}: --use-container holds for all functions or none`,
    );
  }
  const ours = ids.filter((id) => theirs(id) === undefined);
  const kept = configured.filter((text) => ![...namedImages([text]).keys()].some((id) => ours.includes(id)));
  const words = [...kept, ...ours.map((id) => `${id}=${images.get(id) ?? ""}`)].flatMap((text) => [
    "--build-image",
    text,
  ]);
  const variables = hasVariables ? [] : textsOf(settings["container_env_var"]);
  return { words: ["--use-container", ...words, ...cacheWords(functions, ours, variables)], notes };
}

/** A variable of the build container, of which nothing is read. */
const MARK = "SAM_PKG_BUILD_IMAGE";

/**
 * Options that make `sam build --cached` notice another image of a layer: of a function it compares the Metadata, of a
 * layer only properties and variables (LayerBuildDefinition).
 * @param variables those of samconfig, which a command line with any replaces
 */
function cacheWords(
  functions: readonly FunctionResult[],
  ours: readonly string[],
  variables: readonly string[],
): string[] {
  const marks = functions.flatMap(({ request, buildImage }) =>
    request.resource === "layer" && buildImage
      ? request.logicalIds.filter((id) => ours.includes(id)).map((id) => `${id}.${MARK}=${buildImage.tag}`)
      : [],
  );
  if (marks.length === 0) return [];
  return [...variables, ...marks].flatMap((text) => ["--container-env-var", text]);
}

/** A list of texts of samconfig, which may be written as one text. */
export function textsOf(value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((one): one is string => typeof one === "string");
}
