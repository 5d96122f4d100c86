import type { Listener } from "../report/events.ts";
import type { Tree } from "./stacks.ts";

/** Tells what in a template may not do what its author wants. */
export function tellRemarks(
  { warnings, askForLoops }: Pick<Tree, "warnings" | "askForLoops">,
  listener: Listener,
): void {
  for (const { severity, file, position, message, hint } of warnings) {
    const place = position ? `${file}:${position.line}:${position.column}` : file;
    const kind = severity === "note" ? "note" : "warning";
    listener({ kind, message: `${place}: ${message}`, ...(hint === undefined ? {} : { hint }) });
  }
  if (!askForLoops) return;
  listener({
    kind: "warning",
    message: "SAM expands Fn::ForEach only when it is told to",
    hint: "use `sam build --language-extensions`, SAM_CLI_ENABLE_LANGUAGE_EXTENSIONS=1, or `language_extensions = true` in samconfig's [default.global.parameters]",
  });
}
