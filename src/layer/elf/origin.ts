const token = /\$(?:\{(ORIGIN|LIB|PLATFORM)\}|(ORIGIN|LIB|PLATFORM)(?![A-Za-z0-9_]))/g;

/**
 * Replaces the dynamic string tokens of an RPATH, RUNPATH or NEEDED entry, as the dynamic linker does.
 *
 * @param directory folder of the file that holds the entry: `$ORIGIN`
 * @param lib what `$LIB` stands for on the system
 * @param platform what `$PLATFORM` stands for (AT_PLATFORM), such as `x86_64` or `aarch64`
 */
export function expandOrigin(
  entry: string,
  directory: string,
  lib: "lib" | "lib64",
  platform: string,
): string {
  const values: Record<string, string> = { ORIGIN: directory, LIB: lib, PLATFORM: platform };
  return entry.replace(token, (written: string, braced?: string, plain?: string) => {
    return values[braced ?? plain ?? ""] ?? written;
  });
}
