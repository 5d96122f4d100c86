// What a Dockerfile says, as far as it must be known before it is built.

/** An instruction of a Dockerfile. */
interface Instruction {
  /** Its first line, from 1, and its last. */
  readonly line: number;
  readonly end: number;
  /** In capitals: `RUN`. */
  readonly keyword: string;
  /** What follows, on one line. */
  readonly rest: string;
  /** Every line that counts, as written: no comments, no blank lines, but what stands in a heredoc whole. */
  readonly lines: readonly string[];
}

/** A Dockerfile in its parts. */
export interface DockerfileText {
  /** `escape=`, `syntax=…`: parser directives, which look like comments. */
  readonly directives: readonly string[];
  readonly instructions: readonly Instruction[];
}

const DIRECTIVE = /^#\s*([A-Za-z][A-Za-z0-9]*)\s*=\s*(.+?)\s*$/;
const DIRECTIVES = ["syntax", "escape", "check"];
const COMMENT = /^\s*#/;
/** The word that ends a heredoc; one too many found only keeps comments. */
const HEREDOC = /<<-?\s*(["']?)([A-Za-z_][A-Za-z0-9_.]*)\1/g;
const WITH_HEREDOC = /^(?:ONBUILD\s+)?(?:RUN|COPY|ADD)\s/i;

/** Takes a Dockerfile apart by the rules of its reference: directives, continued lines, comments, heredocs. */
export function parseDockerfile(text: string): DockerfileText {
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  const directives: string[] = [];
  const instructions: Instruction[] = [];
  let escape = "\\";
  let at = 0;
  for (; at < lines.length; at++) {
    const [, name = "", value = ""] = DIRECTIVE.exec(lines[at] ?? "") ?? [];
    if (name === "") break;
    if (!DIRECTIVES.includes(name.toLowerCase())) continue;
    directives.push(`${name.toLowerCase()}=${value}`);
    if (name.toLowerCase() === "escape") escape = value;
  }
  while (at < lines.length) {
    const first = at;
    const own: string[] = [];
    let open = true;
    while (open && at < lines.length) {
      const line = lines[at++] ?? "";
      if (!counts(line)) {
        if (own.length === 0) break;
        continue;
      }
      own.push(line);
      open = continues(line, escape);
    }
    const [start = ""] = own;
    if (own.length === 0) continue;
    const joined = own
      .map((line) => (continues(line, escape) ? line.trimEnd().slice(0, -1) : line))
      .join("")
      .trim();
    if (WITH_HEREDOC.test(start.trimStart())) {
      for (const [, , word] of joined.matchAll(HEREDOC)) {
        while (at < lines.length) {
          const line = lines[at++] ?? "";
          own.push(line);
          if (line.trim() === word) break;
        }
      }
    }
    const [keyword = ""] = joined.split(/\s/, 1);
    const rest = joined.slice(keyword.length).trim();
    instructions.push({ line: first + 1, end: at, keyword: keyword.toUpperCase(), rest, lines: own });
  }
  return { directives, instructions };
}

function counts(line: string): boolean {
  return line.trim() !== "" && !COMMENT.test(line);
}

/** Whether the next line belongs to this one; an escaped escape does not continue. */
function continues(line: string, escape: string): boolean {
  const end = line.trimEnd();
  return end.endsWith(escape) && end.at(-2) !== escape;
}

/** A stage of a Dockerfile. */
export interface Stage {
  /** `AS name`; its number, from 0, when it has none. */
  readonly name: string;
  /** The image or the earlier stage that it starts from; undefined when that hangs on something unknown. */
  readonly from: string | undefined;
  /** As FROM has it: `linux/arm64`, `$BUILDPLATFORM`. */
  readonly platform: string | undefined;
  /** Where its FROM stands. */
  readonly line: number;
  readonly end: number;
  /** What COPY takes files from: stages or images. */
  readonly copiesFrom: readonly string[];
}

/**
 * The stages of a Dockerfile, FROM's variables replaced by its global ARGs.
 * @param args build arguments, which win over ARG's defaults
 */
export function stagesOf(
  { instructions }: DockerfileText,
  args: Readonly<Record<string, string>>,
): readonly Stage[] {
  const globals = new Map<string, string>();
  const stages: (Omit<Stage, "copiesFrom"> & { copiesFrom: string[] })[] = [];
  for (const { keyword, rest, line, end } of instructions) {
    if (keyword === "ARG" && stages.length === 0) {
      for (const word of words(rest)) {
        const at = word.indexOf("=");
        const name = at < 0 ? word : word.slice(0, at);
        const value = args[name] ?? (at < 0 ? undefined : expand(unquoted(word.slice(at + 1)), globals));
        if (value !== undefined) globals.set(name, value);
      }
    } else if (keyword === "FROM") {
      const all = words(rest);
      const [image = "", as = "", name = ""] = all.filter((word) => !word.startsWith("--"));
      const platform = all.find((word) => word.startsWith("--platform="))?.slice("--platform=".length);
      const from = expand(unquoted(image), globals);
      stages.push({
        name: as.toLowerCase() === "as" ? name.toLowerCase() : String(stages.length),
        from: from === "" ? undefined : from,
        platform: platform && (expand(unquoted(platform), globals) ?? platform),
        line,
        end,
        copiesFrom: [],
      });
    } else if (keyword === "COPY") {
      const source = /^(?:--\S+\s+)*?--from=(\S+)/.exec(rest)?.[1];
      if (source !== undefined) stages.at(-1)?.copiesFrom.push(source);
    }
  }
  return stages;
}

/** The place of a target among the stages: by its name or its number; -1 when there is none. */
export function stageAt(stages: readonly Stage[], target: string | undefined): number {
  if (target === undefined) return stages.length - 1;
  const named = stages.findIndex(({ name }) => name === target.toLowerCase());
  return named >= 0 || !/^\d+$/.test(target) ? named : Number(target) < stages.length ? Number(target) : -1;
}

/** An image that a build starts from or copies from. */
export interface BaseImage {
  readonly name: string;
  /** As FROM has it. */
  readonly platform: string | undefined;
}

/** The images that a build up to a target takes from the engine or a registry, each once, in the file's order. */
export function baseImagesOf(stages: readonly Stage[], target: string | undefined): BaseImage[] {
  const built = stages.slice(0, stageAt(stages, target) + 1);
  const found = built.flatMap(({ from, platform, copiesFrom }, at) => {
    const earlier = built.slice(0, at).map(({ name }) => name);
    const sources = copiesFrom.filter((name) => !/^\d+$/.test(name) && !name.includes("$"));
    return [{ name: from, platform }, ...sources.map((name) => ({ name, platform: undefined }))].filter(
      (one): one is BaseImage =>
        one.name !== undefined && one.name !== "scratch" && !earlier.includes(one.name.toLowerCase()),
    );
  });
  return [...new Map(found.map((one) => [`${one.platform ?? ""} ${one.name}`, one])).values()];
}

/**
 * A Dockerfile that starts from these very images, whatever their names stand for by now; all else keeps its line.
 * @param idOf the identifier of an image of a FROM; undefined leaves the FROM as it is
 */
export function pinBases(
  text: string,
  stages: readonly Stage[],
  idOf: (image: BaseImage) => string | undefined,
): string {
  const lines = text.split("\n");
  for (const [at, { name, from, platform, line, end }] of stages.entries()) {
    const isStage = stages.slice(0, at).some((one) => one.name === from?.toLowerCase());
    const id = from === undefined || isStage ? undefined : idOf({ name: from, platform });
    if (id === undefined) continue;
    lines.fill("", line - 1, end);
    lines[line - 1] = `FROM ${id}${/^\d+$/.test(name) ? "" : ` AS ${name}`}`;
  }
  return lines.join("\n");
}

/** What only BuildKit understands, the first of it. */
export function buildKitOnly({
  instructions,
}: DockerfileText): { readonly line: number; readonly what: string } | undefined {
  for (const { line, keyword, rest, lines } of instructions) {
    const option = /^(?:--\S+\s+)*?(--(?:mount|network|security|link|parents|exclude|checksum|chmod)\b)/.exec(
      rest,
    );
    if (option?.[1] !== undefined) return { line, what: `${keyword} ${option[1]}` };
    if (WITH_HEREDOC.test(`${keyword} `) && lines.length > 1 && /<<-?\s*["']?[A-Za-z_]/.test(rest)) {
      return { line, what: `a heredoc in ${keyword}` };
    }
  }
  return undefined;
}

/** The words of a line; quotes keep them together. */
function words(text: string): string[] {
  return text.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? [];
}

function unquoted(text: string): string {
  return text.replaceAll(/"([^"]*)"|'([^']*)'/g, "$1$2");
}

/** Replaces `$name`, `${name}`, `${name:-default}` and `${name:+other}`; undefined when a name has no value. */
function expand(text: string, values: ReadonlyMap<string, string>): string | undefined {
  let known = true;
  const expanded = text.replaceAll(
    /\$(?:\{([A-Za-z_][A-Za-z0-9_]*)(?:(:?[-+])([^}]*))?\}|([A-Za-z_][A-Za-z0-9_]*))/g,
    (_all, braced: string | undefined, operator: string | undefined, word = "", plain = "") => {
      const value = values.get(braced ?? String(plain));
      const isSet = value !== undefined && (value !== "" || !operator?.startsWith(":"));
      if (operator?.endsWith("+")) return isSet ? String(word) : "";
      if (operator?.endsWith("-") && !isSet) return String(word);
      if (value === undefined) known = false;
      return value ?? "";
    },
  );
  return known ? expanded : undefined;
}
