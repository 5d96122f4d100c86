/** A requested package: a name and, when the user pinned it, a version. */
export interface PackageRequest {
  readonly name: string;
  readonly version?: string;
}

/** Reads `name` or `name = version`; the schema has checked the form. */
export function parsePackage(text: string): PackageRequest {
  const [name = "", version] = text.split("=").map((part) => part.trim());
  return version === undefined ? { name } : { name, version };
}

/** The canonical spelling: `name` or `name = version`. */
export function formatPackage({ name, version }: PackageRequest): string {
  return version === undefined ? name : `${name} = ${version}`;
}

/** The same packages in one order and spelling, each once, so that equal lists are equal text. */
export function canonicalPackages(texts: readonly string[]): string[] {
  return [...new Set(texts.map((text) => formatPackage(parsePackage(text))))].toSorted();
}

/** Whether a request (`name`, `name:arch`, `name = version`) names a package itself, not something that it provides. */
export function isNameOf(request: string, name: string): boolean {
  const asked = parsePackage(request).name;
  return asked === name || asked.startsWith(`${name}:`);
}
