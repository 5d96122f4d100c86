import { imageWords } from "../pipeline/sam-images.ts";
import { checkUsage, findSam, runSam } from "../pipeline/sam.ts";
import { Interrupted } from "../report/errors.ts";
import type { BuildArguments } from "./arguments.ts";
import { interrupts } from "./interrupt.ts";
import { commandLine, printable } from "./text.ts";
import type { TransformFlags } from "./transform.ts";
import { runTransform, tellWritten } from "./transform.ts";

/** Transforms the template, then lets `sam build` build it; returns SAM's exit code. */
export async function buildCommand(own: TransformFlags, args: BuildArguments): Promise<number> {
  const { signal, release } = interrupts();
  // Before minutes of work and anything published.
  const sam = await findSam();
  if (args.doubtful) {
    const code = await checkUsage(sam, [...args.overrides, ...args.rest, ...args.after]);
    if (code !== 0) return code;
  }
  if (signal.aborted) throw new Interrupted();
  const flags = { ...own, ...transformFlags(args) };
  const result = await runTransform(flags, signal);
  tellWritten(result);
  const { output, configFile, askForLoops, samVariables } = result;
  const { words: images, notes } = await imageWords(result, {
    given: args.values.get("--build-image") ?? [],
    useContainer: args.useContainer,
    hasVariables: args.values.has("--container-env-var"),
    configFile: configFile ?? flags.configFile,
    configEnv: flags.configEnv,
  });
  for (const note of notes) process.stderr.write(`note: ${printable(note)}\n`);
  const words = ["build", ...args.overrides, "--template-file", output, ...images];
  if (askForLoops) words.push("--language-extensions");
  words.push(...args.rest);
  // Last, so that it wins over one that is spelled from another folder.
  if (configFile !== undefined) words.push("--config-file", configFile);
  words.push(...args.after);
  process.stderr.write(`\nrunning: ${commandLine(["sam", ...words], samVariables)}\n`);
  if (signal.aborted) throw new Interrupted();
  release();
  return runSam(sam, words, samVariables);
}

/** What SAM's arguments say to the transform as well; of an option that is given twice the last holds, as for SAM. */
function transformFlags({
  values,
  parameterOverrides,
  languageExtensions,
}: BuildArguments): Partial<TransformFlags> {
  const flag = (key: keyof TransformFlags, name: string): object => {
    const value = values.get(name)?.at(-1);
    return value === undefined ? {} : { [key]: value };
  };
  return {
    ...flag("templateFile", "--template-file"),
    ...flag("configFile", "--config-file"),
    ...flag("configEnv", "--config-env"),
    ...flag("region", "--region"),
    ...flag("profile", "--profile"),
    ...(parameterOverrides ? { parameterOverrides } : {}),
    ...(languageExtensions === undefined ? {} : { languageExtensions }),
  };
}
