import { posix } from "node:path";
import picomatch from "picomatch";

/** Whether a path of the image is meant by one of the patterns (`*`, `**`, `?`, `{a,b}`). */
export function matcher(patterns: readonly string[]): (path: string) => boolean {
  const matches = patterns.map((pattern) =>
    picomatch(pattern, { dot: true, nonegate: true, strictSlashes: true }),
  );
  return (path) => matches.some((match) => match(path));
}

/** Whether a pattern is a path as it stands. */
export function isLiteral(pattern: string): boolean {
  return !/[*?{[(!]/.test(pattern);
}

/** The folder below which everything lies that a pattern can mean. */
export function folderOf(pattern: string): string {
  return posix.normalize(picomatch.scan(pattern).base);
}
