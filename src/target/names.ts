import table from "../../schemas/names.json" with { type: "json" };

interface System {
  readonly os: string;
  readonly title: string;
  readonly names: Readonly<Record<string, string>>;
  readonly advice: Readonly<Record<string, string>>;
}

const systems: readonly System[] = table.systems;

/** `al2023` before `al2`: the longest name that fits. */
function systemOf(os: string): System | undefined {
  return systems
    .filter(
      (system) => os === system.os || (os.startsWith(system.os) && /^\d*$/.test(os.slice(system.os.length))),
    )
    .toSorted((a, b) => b.os.length - a.os.length)[0];
}

/**
 * What is known of a name on a system that does not have it: the name that it has there, or what else to do.
 * @param os as in layer names: `al2023`, `debian12`
 */
export function knownName(name: string, os: string): string | undefined {
  const system = systemOf(os);
  const here = ownValue(system?.names, name);
  if (system && here !== undefined) return `on ${system.title} ${name} is called ${here}`;
  return packageAdvice(name, os);
}

/** What to do about a package that is missing, or in conflict, on a system. */
export function packageAdvice(name: string, os: string): string | undefined {
  const advice = ownValue(systemOf(os)?.advice, name);
  return advice === undefined ? undefined : `${name}: ${advice}`;
}

function ownValue(values: Readonly<Record<string, string>> | undefined, key: string): string | undefined {
  return values && Object.hasOwn(values, key) ? values[key] : undefined;
}
