// Where a nested stack's template is, as SAM finds it (sam_stack_provider.py).
import { lstat, realpath } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, normalize, relative, resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";

const FILE_URL = /^file:\/\/[^/?#]*([^?#]*)/;

/** The folder at which a template's paths start: that of the file itself where the template is a symbolic link. */
export async function baseOf(file: string): Promise<string> {
  const status = await lstat(file).catch(() => undefined);
  if (!status?.isSymbolicLink()) return dirname(file);
  return relative(process.cwd(), dirname(await realpath(file).catch(() => file)));
}

/**
 * The path of a nested stack's template, spelled from where the parent's is.
 * @param base the folder at which the parent's paths start
 */
export function pathOf(location: string, base: string): string {
  const path = fromUrl(location) ?? location;
  const file = normalize(isAbsolute(path) ? path : join(base, path));
  return file.length > 1 && file.endsWith(sep) ? file.slice(0, -1) : file;
}

/**
 * What the rewritten parent says in place of `location`: in the same form, the output instead of the template.
 * @param folder absolute path of the folder that the parent's output is in
 */
export function locationOf(output: string, location: string, file: string, folder: string): string {
  const path = fromUrl(location);
  if (path !== undefined && location !== `file://${path}`) return pathToFileURL(output).href;
  const name = basename(file);
  const start = location.slice(0, -name.length);
  const written = path === undefined ? location : path;
  if (location.endsWith(name) && resolve(folder, written) === resolve(file)) return start + basename(output);
  return relative(folder, resolve(output)).split(sep).join("/");
}

/** The path of a `file://` URL; whatever cannot be decoded stays, as in Python's unquote. */
function fromUrl(location: string): string | undefined {
  const [, path] = FILE_URL.exec(location) ?? [];
  return path?.replaceAll(/(?:%[\da-f]{2})+/gi, (bytes) =>
    Buffer.from(bytes.replaceAll("%", ""), "hex").toString(),
  );
}
