import type { LayerFile } from "./file.ts";

/** Lambda's limit of LicenseInfo (PublishLayerVersion). */
const LONGEST = 512;
const MORE = " AND others";

/** A package and what it says of its licence: an expression, `LGPLv2+ and BSD`, `MIT OR Apache-2.0`. */
interface LicensedPackage {
  readonly name: string;
  readonly license?: string;
}

/** The licences of the packages that own files of a layer, joined by AND, whole ones only; undefined when none says. */
export function licenseInfo(
  files: readonly LayerFile[],
  packages: readonly LicensedPackage[],
): string | undefined {
  const owners = new Set(files.map((file) => file.package));
  const stated = packages.filter(({ name }) => owners.has(name)).map(({ license = "" }) => license);
  const each = [...new Set(stated.filter((license) => license !== ""))].toSorted();
  const terms = each.map((license) => (each.length > 1 && /\s/.test(license) ? `(${license})` : license));
  const whole = terms.join(" AND ");
  if (whole === "") return undefined;
  if (whole.length <= LONGEST) return whole;
  const fitting = terms.filter((_term, at) => {
    return terms.slice(0, at + 1).join(" AND ").length <= LONGEST - MORE.length;
  });
  return fitting.length === 0 ? undefined : fitting.join(" AND ") + MORE;
}
