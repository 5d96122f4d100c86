import { WorkError } from "../../report/errors.ts";
import { LAYER_ROOT, LIBRARY_PATH } from "../../target/environment.ts";
import type { LoadFailure, UnpackedFile } from "../engine.ts";
import type { Session } from "./session.ts";

/** Not root: files must be readable by whoever runs the function. */
const NOBODY = "65534";

/**
 * Loads each file named by its arguments into a process of its own, as LD_PRELOAD: the image's dynamic linker maps it,
 * finds what it needs, resolves its symbols and runs its initialisers. Prints the exit code, the file and what was said,
 * each ended by a NUL. The script is fixed; the files are its arguments, never part of it.
 */
const SCRIPT = `for file; do
  said=$(LD_PRELOAD="$file" /bin/sh -c : 2>&1)
  printf '%s\\0%s\\0%s\\0' "$?" "$file" "$said"
done`;

/** Loads libraries of a layer in a container of the runtime image, one process each; returns those that failed. */
export async function loadTest(
  session: Session,
  files: readonly UnpackedFile[],
  libraries: readonly string[],
): Promise<LoadFailure[]> {
  const below = files.map((file) => ({ ...file, path: `${LAYER_ROOT.slice(1)}/${file.path}` }));
  await session.put("/", below);
  const paths = libraries.map((path) => `${LAYER_ROOT}/${path}`);
  const variables = [`LD_LIBRARY_PATH=${LIBRARY_PATH.join(":")}`, "LC_ALL=C"];
  const { stdout, output, exitCode } = await session.runAs(NOBODY, variables, [
    "/bin/sh",
    "-c",
    SCRIPT,
    "load",
    ...paths,
  ]);
  const fields = stdout.split("\0");
  if (exitCode !== 0 || fields.length !== paths.length * 3 + 1) {
    throw new WorkError(`the load test could not be run in ${session.request.image}`, {
      quote: output.replaceAll("\0", " ").trim().split("\n").slice(-4).join("\n"),
      hint: "--no-load-test leaves it out",
    });
  }
  return paths.flatMap((path, index) => {
    const [code = "", , said = ""] = fields.slice(index * 3, index * 3 + 3);
    const failed = code !== "0" || said.includes("cannot be preloaded");
    return failed
      ? [{ path: path.slice(LAYER_ROOT.length + 1), said: said.trim() || `exit code ${code}` }]
      : [];
  });
}
