import { createRequire } from "node:module";
import { Command, CommanderError, Option } from "commander";
import type { BuildArguments } from "./arguments.ts";
import { splitArguments } from "./arguments.ts";
import { EXIT, reportError } from "./errors.ts";
import type { InspectFlags } from "./inspect.ts";
import {
  BUCKET_OPTION,
  CONFIG_ENV_OPTION,
  CONFIG_FILE_OPTION,
  DEFAULTS,
  NO_LOAD_TEST_OPTION,
  OVERRIDES_OPTION,
  PREFIX_OPTION,
  PROFILE_OPTION,
  REGION_OPTION,
  jobsOption,
  jsonOption,
  publishOption,
  shareOption,
  wholeNumber,
} from "./options.ts";
import type { PlanFlags } from "./plan.ts";
import type { PruneFlags } from "./prune.ts";
import type { TransformFlags } from "./transform.ts";

const EXAMPLES = `
Examples:
  $ sam-pkg transform                      make images and layers, write template.sam-pkg.yaml
  $ sam-pkg transform --publish template   the same without an AWS account: the layer goes into the template
  $ sam-pkg build --cached MyFunction      transform, then sam build with the images; SAM's arguments are passed on
  $ sam-pkg plan                           see what that would make; nothing is written or published
  $ sam-pkg why libssl.so.3                see why a file is in a layer
  $ sam-pkg prune                          see which layer versions no function uses; --yes deletes them

In the template:
  MyFunction:
    Type: AWS::Serverless::Function
    Metadata:
      Packages:
        Build: [mariadb-connector-c-devel]   # installed in the image that sam build uses
        Runtime: [mariadb-connector-c]       # its shared libraries go into a layer

Exit codes (those of build: SAM's): 0 done; 1 the work failed (engine, network, AWS); 2 the input is wrong; 130 interrupted.
`;

const { version } = createRequire(import.meta.url)("sam-pkg/package.json") as { version: string };

/** Runs the command line; returns the exit code. Never throws. */
export async function run(args: readonly string[]): Promise<number> {
  const program = new Command("sam-pkg")
    .description("OS packages for AWS Lambda functions, declared in the SAM template.")
    .version(version)
    .showHelpAfterError("hint: sam-pkg --help lists commands and options")
    .addHelpText("after", EXAMPLES)
    .exitOverride();
  let code: number = EXIT.done;
  // SAM's arguments are no business of this parser.
  const samArguments = splitArguments(args[0] === "build" ? args.slice(1) : []);
  addTransform(program);
  addBuild(program, samArguments, (samCode) => (code = samCode));
  addPlan(program);
  addWhy(program);
  addPrune(program);
  try {
    const known = args[0] === "build" ? ["build", ...samArguments.own] : args;
    await program.parseAsync(known, { from: "user" });
    return code;
  } catch (error) {
    // Commander has printed its own message.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.input;
    return reportError(error);
  }
}

function addTransform(program: Command): void {
  withTemplate(program.command("transform"))
    .description(
      "Make the build images and layers that a template's Packages ask for, and write the template that uses them.",
    )
    .option(
      "-o, --output-template-file <file>",
      "the rewritten template, in the template's folder; - for standard output (default: template.sam-pkg.yaml)",
    )
    .addOption(publishOption())
    .addOption(shareOption())
    .option(...BUCKET_OPTION)
    .option(...PREFIX_OPTION)
    .option(...REGION_OPTION)
    .option(...PROFILE_OPTION)
    .option(...CONFIG_FILE_OPTION)
    .option(...CONFIG_ENV_OPTION)
    .option(...OVERRIDES_OPTION)
    .option(...NO_LOAD_TEST_OPTION)
    .addOption(jobsOption())
    .option("--write-samconfig", "add to SAM's configuration file what plain `sam build` needs, once")
    .addOption(jsonOption())
    .action(async (template: string | undefined, options: TransformFlags, command: Command) => {
      const { transformCommand } = await import("./transform.ts");
      if (options.json && options.outputTemplateFile === "-") {
        command.error("error: --json and --output-template-file - both want standard output");
      }
      checkShare(options, command);
      // samconfig names the output; the next run finds the template by taking the mark off.
      const { writeSamconfig, outputTemplateFile = "" } = options;
      if (
        writeSamconfig &&
        outputTemplateFile !== "" &&
        !/\.sam-pkg(?:\.[^./\\]*)?$/.test(outputTemplateFile)
      ) {
        command.error(
          "error: --write-samconfig needs an output whose name ends in .sam-pkg and the extension",
        );
      }
      await transformCommand(named(template, options, command));
    });
}

const BUILD_USAGE = `
Every other argument is sam build's own and reaches it as it is: a logical ID, --cached, --parallel, --debug and
so on (sam build --help). --template-file, --config-file, --config-env, --parameter-overrides, --region and --profile
hold for the transform as well. A --build-image for a function wins over the image of its Packages.
`;

function addBuild(program: Command, args: BuildArguments, end: (code: number) => void): void {
  program
    .command("build")
    .usage("[options] [sam build's own arguments]")
    .description(
      "Transform the template, then run sam build on the result, with --use-container and a --build-image for each function or layer that needs it. The exit code is SAM's.",
    )
    .addOption(publishOption())
    .addOption(shareOption())
    .option(...BUCKET_OPTION)
    .option(...PREFIX_OPTION)
    .option(...NO_LOAD_TEST_OPTION)
    .addOption(jobsOption())
    .addHelpText("after", BUILD_USAGE)
    .action(async (options: TransformFlags, command: Command) => {
      const { buildCommand } = await import("./build.ts");
      checkShare(options, command);
      end(await buildCommand(options, args));
    });
}

function addPlan(program: Command): void {
  withTemplate(program.command("plan"))
    .description(
      "Show what transform would make: packages, files, sizes. Starts containers; writes and publishes nothing.",
    )
    .option(...CONFIG_FILE_OPTION)
    .option(...CONFIG_ENV_OPTION)
    .option(...OVERRIDES_OPTION)
    .option(...NO_LOAD_TEST_OPTION)
    .addOption(jobsOption())
    .addOption(jsonOption())
    .action(async (template: string | undefined, options: PlanFlags, command: Command) => {
      const { planCommand } = await import("./plan.ts");
      await planCommand(named(template, options, command));
    });
}

function addWhy(program: Command): void {
  program
    .command("why")
    .description(
      "Show why a file is in a layer: every way from a function by package and NEEDED to the file. Starts containers; writes nothing.",
    )
    .argument("<file>", "a file name (libssl.so.3), a path in the layer or in the runtime image")
    .option("-t, --template-file <file>", `the template (default: ${DEFAULTS})`)
    .option(...CONFIG_FILE_OPTION)
    .option(...CONFIG_ENV_OPTION)
    .option(...OVERRIDES_OPTION)
    .addOption(jobsOption())
    .addOption(jsonOption())
    .action(async (file: string, options: InspectFlags) => {
      const { whyCommand } = await import("./why.ts");
      await whyCommand(file, options);
    });
}

function addPrune(program: Command): void {
  program
    .command("prune")
    .description(
      "Show the versions of sam-pkg's layers that no function, function version or alias uses, and delete them with --yes. The newest of each layer and those younger than 7 days are kept.",
    )
    .addOption(
      new Option(
        "--keep <number>",
        "how many of each layer's newest versions to keep (default: 2)",
      ).argParser(wholeNumber),
    )
    .option("--yes", "delete; without it, nothing is changed")
    .option(...REGION_OPTION)
    .option(...PROFILE_OPTION)
    .option("--config-file <file>", "SAM's configuration file (default: samconfig.toml in this folder)")
    .option(...CONFIG_ENV_OPTION)
    .addOption(jobsOption("layers listed, and versions deleted, at a time"))
    .addOption(jsonOption())
    .action(async (options: PruneFlags) => {
      const { pruneCommand } = await import("./prune.ts");
      await pruneCommand(options);
    });
}

/** The template as an argument or as SAM's option. */
function withTemplate(command: Command): Command {
  return command
    .argument("[template]", `the template (default: ${DEFAULTS})`)
    .option("-t, --template-file <file>", "the same, as SAM spells it");
}

/** The options with the template that was named in either way. */
function named<T extends InspectFlags>(template: string | undefined, options: T, command: Command): T {
  if (template === undefined) return options;
  if (options.templateFile !== undefined) {
    command.error("error: the template is named twice: as an argument and by --template-file");
  }
  return { ...options, templateFile: template };
}

function checkShare({ publish, shareWith }: TransformFlags, command: Command): void {
  if (publish !== "lambda" && shareWith) command.error("error: --share-with needs --publish lambda");
}
