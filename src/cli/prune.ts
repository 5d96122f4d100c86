import type { PruneResult } from "../pipeline/prune.ts";
import { prune } from "../pipeline/prune.ts";
import { pruneReport } from "../pipeline/report.ts";
import type { JudgedVersion, RetentionReason } from "../publish/lambda/retention.ts";
import { interruptSignal } from "./interrupt.ts";
import { printJson } from "./json.ts";
import { count, progress } from "./progress.ts";
import { columns, several, shellWord } from "./text.ts";

/** Options of `sam-pkg prune`, as commander gives them. */
export interface PruneFlags {
  readonly keep?: number;
  readonly yes?: boolean;
  readonly region?: string;
  readonly profile?: string;
  readonly configFile?: string;
  readonly configEnv?: string;
  readonly jobs: number;
  readonly json?: boolean;
}

/** Shows which layer versions are in use and which are not; deletes those with `--yes`. */
export async function pruneCommand(flags: PruneFlags): Promise<void> {
  const { json = false, yes = false, ...rest } = flags;
  const view = progress(process.stderr);
  const result = await prune({ ...rest, yes, signal: interruptSignal(), listener: view.listener }).finally(
    () => view.clear(),
  );
  if (json) printJson(pruneReport(result));
  else process.stdout.write(`${[...table(result), summary(result, flags)].join("\n")}\n`);
}

/** The layers, each with its versions. */
function table(result: PruneResult): string[] {
  const rows = columns(result.versions.map((version) => row(version, result)));
  return result.versions.flatMap(({ layer }, at) => {
    const line = `  ${rows[at]}`;
    return layer === result.versions[at - 1]?.layer ? [line] : [layer, line];
  });
}

function row({ version, created, verdict, reasons }: JudgedVersion, { now, deleted }: PruneResult): string[] {
  return [
    `version ${version}`,
    age(created, now),
    verdict === "delete" && deleted ? "deleted" : verdict,
    reasons.map(reasonText).join("; "),
  ];
}

const DAY = 24 * 60 * 60 * 1000;

function age(created: Date, now: Date): string {
  const days = Math.floor((now.getTime() - created.getTime()) / DAY);
  if (Number.isNaN(days)) return "of unknown age";
  return days < 1 ? "under a day old" : `${count(days, "day")} old`;
}

function reasonText(reason: RetentionReason): string {
  switch (reason.kind) {
    case "used":
      return `used by ${several(reason.by, 1)}`;
    case "newest":
      return reason.keep === 1 ? "the newest" : `among the newest ${reason.keep}`;
    case "young":
      return `younger than ${count(reason.days, "day")}`;
    case "undated":
      return "nobody knows how old it is";
    case "unused":
      return "no function uses it";
  }
}

function summary({ versions, deleted }: PruneResult, flags: PruneFlags): string {
  const unused = versions.filter(({ verdict }) => verdict === "delete").length;
  const all = count(versions.length, "version");
  if (versions.length === 0)
    return "sam-pkg has no layers here; --region and --profile name another region or account";
  if (unused === 0) return `nothing to delete: ${all} kept`;
  if (deleted) return `${unused} of ${all} deleted`;
  return `${unused} of ${all} would be deleted; to delete ${unused === 1 ? "it" : "them"}: ${again(flags)}`;
}

/** The command that deletes what this one showed, ready to be pasted into a POSIX shell. */
function again({ keep, region, profile, configFile, configEnv }: PruneFlags): string {
  const given = Object.entries({
    "--keep": keep,
    "--region": region,
    "--profile": profile,
    "--config-file": configFile,
    "--config-env": configEnv,
  }).flatMap(([name, value]) => (value === undefined ? [] : [name, String(value)]));
  return ["sam-pkg", "prune", ...given, "--yes"].map(shellWord).join(" ");
}
