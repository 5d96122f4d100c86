import { imagesOf } from "../pipeline/images.ts";
import type { MissingSettings } from "../pipeline/sam-settings.ts";
import { transformReport } from "../pipeline/report.ts";
import { STDOUT } from "../pipeline/source.ts";
import type { PublishMode } from "../pipeline/publish.ts";
import type { TransformResult } from "../pipeline/transform.ts";
import { transform } from "../pipeline/transform.ts";
import type { Grant } from "../publish/lambda/grant.ts";
import type { FunctionRequest } from "../template/request.ts";
import { interruptSignal } from "./interrupt.ts";
import { printJson } from "./json.ts";
import { count, size, progress } from "./progress.ts";
import { commandLine, printable } from "./text.ts";

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
  /** Whether SAM is told to expand loops; of `sam-pkg build` only. */
  readonly languageExtensions?: boolean;
  readonly jobs: number;
  readonly loadTest: boolean;
  readonly json?: boolean;
  readonly writeSamconfig?: boolean;
}

/** Runs the transform and says what was made and what to run next. */
export async function transformCommand({
  json = false,
  writeSamconfig = false,
  ...flags
}: TransformFlags): Promise<void> {
  const result = await runTransform(flags, interruptSignal());
  const toStdout = result.output === STDOUT;
  if (json) printJson(transformReport(result));
  else if (flags.publish === "none") (toStdout ? process.stderr : process.stdout).write(contents(result));
  tellWritten(result);
  if (toStdout) {
    process.stdout.write(result.text);
    return;
  }
  const lasting = await lastingSettings(result, flags, writeSamconfig);
  process.stderr.write(`\nnext: ${nextCommand(result, flags)}\n`);
  if (lasting) process.stderr.write(lastingText(lasting, writeSamconfig));
}

/** What samconfig lacks, written into it if the user wants that; not even loaded for a template without packages. */
async function lastingSettings(
  result: TransformResult,
  flags: Pick<TransformFlags, "configFile" | "configEnv">,
  write: boolean,
): Promise<MissingSettings | undefined> {
  if (result.functions.length === 0) return undefined;
  const { missingSettings, writeSettings } = await import("../pipeline/sam-settings.ts");
  const lasting = await missingSettings(result, flags);
  if (lasting && write) await writeSettings(lasting);
  return lasting;
}

/** What makes plain `sam build` do the same from now on. */
function lastingText({ file, lines }: MissingSettings, added: boolean): string {
  if (added) return `added to ${file}, so that plain \`sam build\` does the same:\n${indented(lines)}`;
  return `for plain \`sam build\`, ${file} needs these lines once (--write-samconfig adds them):\n${indented(lines)}`;
}

const indented = (lines: readonly string[]): string => lines.map((line) => `  ${printable(line)}\n`).join("");

/** Runs the transform; its progress goes to standard error. */
export async function runTransform(
  { templateFile, outputTemplateFile, ...rest }: Omit<TransformFlags, "json" | "writeSamconfig">,
  signal: AbortSignal,
): Promise<TransformResult> {
  const view = progress(process.stderr);
  return transform({
    ...rest,
    ...(templateFile === undefined ? {} : { template: templateFile }),
    ...(outputTemplateFile === undefined ? {} : { output: outputTemplateFile }),
    signal,
    listener: view.listener,
  }).finally(() => view.clear());
}

/** Says which templates were written. */
export function tellWritten(result: TransformResult): void {
  for (const { output, requests } of result.children) process.stderr.write(wrote(output, requests));
  if (result.output !== STDOUT) process.stderr.write(summary(result));
}

function summary({ output, functions, children }: TransformResult): string {
  const own = functions.map(({ request }) => request).filter(({ stack }) => stack === undefined);
  if (own.length + children.length > 0) return wrote(output, own);
  return `wrote ${output}: no function asks for packages, it is the template unchanged\n`;
}

function wrote(output: string, requests: readonly FunctionRequest[]): string {
  const counts = (["function", "layer"] as const).flatMap((kind) => {
    const number = requests.filter(({ resource }) => resource === kind).length;
    return number > 0 ? [count(number, kind)] : [];
  });
  const what = counts.length > 0 ? `${counts.join(" and ")} with packages` : "packages in nested stacks only";
  return `wrote ${output}: ${what}\n`;
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
  { output, functions, askForLoops, samVariables, configFile: found }: TransformResult,
  { configFile: given, configEnv, parameterOverrides }: Partial<TransformFlags>,
): string {
  const images = imagesOf(functions);
  const words = ["sam", "build", "--template-file", output];
  if (images.size > 0) words.push("--use-container");
  for (const [logicalId, stableTag] of images) words.push("--build-image", `${logicalId}=${stableTag}`);
  if (askForLoops) words.push("--language-extensions");
  // What was said of parameters holds for the build as well.
  const configFile = found ?? given;
  if (configFile !== undefined) words.push("--config-file", configFile);
  if (configEnv !== undefined) words.push("--config-env", configEnv);
  if (parameterOverrides) words.push("--parameter-overrides", ...parameterOverrides);
  return commandLine(words, samVariables);
}
