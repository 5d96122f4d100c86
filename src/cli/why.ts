import type { Chain, Step } from "../layer/chains.ts";
import type { Match, WhyReport } from "../pipeline/why.ts";
import { whyReport } from "../pipeline/why.ts";
import type { InspectFlags } from "./inspect.ts";
import { inspectTemplate } from "./inspect.ts";
import { printJson } from "./json.ts";
import { printable, several } from "./text.ts";

/** Shows every way by which a file came into a layer. */
export async function whyCommand(file: string, flags: InspectFlags): Promise<void> {
  // What would not load can be asked about, too.
  const { inspection } = await inspectTemplate(flags, false);
  const report = whyReport(file, inspection);
  if (flags.json) printJson(report);
  else process.stdout.write(whyText(report));
}

/** The chains for people. */
function whyText({ file, certain, matches }: WhyReport): string {
  if (certain) return `every runtime has ${printable(file)}: not in the layer\n`;
  return matches.map(matchText).join("\n");
}

function matchText({ path, layer, functions, chains, more, complete }: Match): string {
  const lines = [
    `${path} in layer ${layer}`,
    ...chains.map((chain) => `  ${[several(functions), ...steps(chain)].join(" → ")}`),
  ];
  if (more > 0 || !complete) lines.push(`  and ${complete ? "" : "at least "}${more} more`);
  return `${lines.map(printable).join("\n")}\n`;
}

function steps(chain: Chain): string[] {
  return chain.map(stepText);
}

function stepText(step: Step): string {
  switch (step.kind) {
    case "request":
      return `${several(step.packages)} (Runtime)`;
    case "provider":
      return `${step.package} ${step.version}`;
    case "installed":
      return `installed ${step.package}`;
    case "recipe":
      return `recipe ${step.recipe}`;
    case "include":
      return `Include ${step.pattern}`;
    case "dockerfile":
      return `${step.dockerfile} (${step.folder})`;
    case "needed":
      return `NEEDED ${step.name}`;
    case "file":
      return step.path;
    case "left-out":
      return `${step.source} (not in the layer)`;
  }
}
