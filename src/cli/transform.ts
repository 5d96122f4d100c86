import { transformReport } from "../pipeline/report.ts";
import { STDOUT } from "../pipeline/source.ts";
import type { PublishMode, TransformResult } from "../pipeline/transform.ts";
import { transform } from "../pipeline/transform.ts";
import type { Grant } from "../publish/lambda/grant.ts";
import { interruptSignal } from "./interrupt.ts";
import { printJson } from "./json.ts";
import { count, size, progress } from "./progress.ts";
import { shellWord } from "./text.ts";

/** Options of `sam-pkg transform`, as commander gives them. */
export interface TransformFlags {
  readonly templateFile?: string;
  readonly outputTemplateFile?: string;
  readonly publish: PublishMode;
  readonly shareWith?: readonly Grant[];
  readonly s3Bucket?: string;
  readonly s3Prefix?: string;
  readonly region?: string;
  readonly profile?: string;
  readonly configFile?: string;
  readonly configEnv?: string;
  readonly parameterOverrides?: readonly string[];
  readonly jobs: number;
  readonly loadTest: boolean;
  readonly json?: boolean;
}

/** Runs the transform and says what was made and what to run next. */
export async function transformCommand({
  templateFile,
  outputTemplateFile,
  json = false,
  ...rest
}: TransformFlags): Promise<void> {
  const view = progress(process.stderr);
  const result = await transform({
    ...rest,
    ...(templateFile === undefined ? {} : { template: templateFile }),
    ...(outputTemplateFile === undefined ? {} : { output: outputTemplateFile }),
    signal: interruptSignal(),
    listener: view.listener,
  }).finally(() => view.clear());
  const toStdout = result.output === STDOUT;
  if (json) printJson(transformReport(result));
  else if (rest.publish === "none") (toStdout ? process.stderr : process.stdout).write(contents(result));
  if (toStdout) process.stdout.write(result.text);
  else process.stderr.write(`${summary(result)}\n\nnext: ${nextCommand(result, rest)}\n`);
}

function summary({ output, functions }: TransformResult): string {
  if (functions.length === 0)
    return `wrote ${output}: no function asks for packages, it is the template unchanged`;
  return `wrote ${output}: ${count(functions.length, "function")} with packages`;
}

/** The layers as a list: what `--publish none` is asked for. */
function contents({ layers }: TransformResult): string {
  return layers
    .map(({ name, digest, files, packages }) => {
      const installed = packages.map((one) => `${one.name} ${one.version}`).join(", ");
      const rows = files.map(({ path, bytes, package: owner }) => {
        return `  ${path}  ${size(bytes.length)}  ${owner ?? "runtime image"}`;
      });
      return `${name} sha256:${digest}\n  installed: ${installed}\n${rows.join("\n")}\n`;
    })
    .join("");
}

/** The command that builds the rewritten template, ready to be pasted into a POSIX shell. */
function nextCommand(
  { output, functions, askForLoops }: TransformResult,
  { configFile, configEnv, parameterOverrides }: Partial<TransformFlags>,
): string {
  const images = functions.flatMap(({ request, buildImage }) =>
    request.logicalIds.flatMap((logicalId, at) => {
      const stableTag = buildImage?.stableTags[at];
      return stableTag === undefined ? [] : ["--build-image", `${logicalId}=${stableTag}`];
    }),
  );
  const words = ["sam", "build", "--template-file", output];
  if (images.length > 0) words.push("--use-container", ...images);
  if (askForLoops) words.push("--language-extensions");
  // What was said of parameters holds for the build as well.
  if (configFile !== undefined) words.push("--config-file", configFile);
  if (configEnv !== undefined) words.push("--config-env", configEnv);
  if (parameterOverrides) words.push("--parameter-overrides", ...parameterOverrides);
  return words.map(shellWord).join(" ");
}
