import { createRequire } from "node:module";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { EXIT, reportError } from "./errors.ts";
import type { TransformFlags } from "./transform.ts";

const EXAMPLES = `
Examples:
  $ sam-pkg transform                      make images and layers, write template.sam-pkg.yaml
  $ sam-pkg transform --publish template   the same without an AWS account: the layer goes into the template
  $ sam-pkg transform --publish none       look at the layers without publishing anything

In the template:
  MyFunction:
    Type: AWS::Serverless::Function
    Metadata:
      Packages:
        Build: [mariadb-connector-c-devel]   # installed in the image that sam build uses
        Runtime: [mariadb-connector-c]       # its shared libraries go into a layer

Exit codes: 0 done; 1 the work failed (engine, network, AWS); 2 the input is wrong; 130 interrupted.
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
  addTransform(program);
  try {
    await program.parseAsync(args, { from: "user" });
    return EXIT.done;
  } catch (error) {
    // Commander has printed its own message.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.input;
    return reportError(error);
  }
}

function addTransform(program: Command): void {
  program
    .command("transform")
    .description(
      "Make the build images and layers that a template's Packages ask for, and write the template that uses them.",
    )
    .argument("[template]", "the template (default: template.yaml, template.yml or template.json)")
    .option("-t, --template-file <file>", "the same, as SAM spells it")
    .option(
      "-o, --output-template-file <file>",
      "the rewritten template, in the template's folder; - for standard output (default: template.sam-pkg.yaml)",
    )
    .addOption(
      new Option(
        "--publish <where>",
        "lambda: as a layer version, unless the same content is there; template: as a resource of the template; none: nowhere",
      )
        .choices(["lambda", "template", "none"])
        .default("lambda"),
    )
    .option("--region <region>", "AWS region (default: as the AWS CLI finds it)")
    .option("--profile <profile>", "AWS profile")
    .option("-j, --jobs <number>", "package sets worked on at a time", positiveInteger, 2)
    .action(async (template: string | undefined, options: TransformFlags, command: Command) => {
      const { transformCommand } = await import("./transform.ts");
      if (template !== undefined && options.templateFile !== undefined) {
        command.error("error: the template is named twice: as an argument and by --template-file");
      }
      await transformCommand({
        ...options,
        ...(template === undefined ? {} : { templateFile: template }),
      });
    });
}

function positiveInteger(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text))
    throw new InvalidArgumentError("It must be a whole number from 1 to 999.");
  return Number(text);
}
