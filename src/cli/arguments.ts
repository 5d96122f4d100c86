// Whose is which word of `sam-pkg build …`: SAM's are recognised as click, its parser, would recognise them.
import table from "../../schemas/sam-build.json" with { type: "json" };

/** The arguments of `sam-pkg build`, by whose they are. */
export interface BuildArguments {
  /** sam-pkg's own options with their values. */
  readonly own: readonly string[];
  /** `--parameter-overrides` as given; they stand first, since they would swallow a word that comes to follow them. */
  readonly overrides: readonly string[];
  /** SAM's other words, in their order and untouched, without those that name the template. */
  readonly rest: readonly string[];
  /** `--` and what comes after it. */
  readonly after: readonly string[];
  /** Values of SAM's options by their first name, in their order. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  /** The values of the last `--parameter-overrides`. */
  readonly parameterOverrides: readonly string[] | undefined;
  /** Whether SAM is told to build in containers; undefined when nothing is said. */
  readonly useContainer: boolean | undefined;
  /** Whether SAM is told to expand loops; undefined when nothing is said. */
  readonly languageExtensions: boolean | undefined;
  /** Whether there is an option that only a newer SAM may know, or one without its value. */
  readonly doubtful: boolean;
}

type Kind = "one" | "many" | "flag" | "own" | "own-flag";
interface Known {
  /** First of its names. */
  readonly name: string;
  readonly kind: Kind;
}

const OWN = [["--publish"], ["--s3-bucket"], ["--s3-prefix"], ["--share-with"], ["--jobs", "-j"]];
const KINDS: readonly (readonly [Kind, readonly (readonly string[])[]])[] = [
  ["one", table.one],
  ["many", table.many],
  ["flag", table.flags],
  ["own", OWN],
  ["own-flag", [["--no-load-test"], ["--help", "-h"]]],
];
const KNOWN = new Map<string, Known>(
  KINDS.flatMap(([kind, options]) =>
    options.flatMap((names) => names.map((name) => [name, { name: names[0] ?? "", kind }] as const)),
  ),
);
// click takes an option of one letter for a short one, which may stand in a cluster; `-bi` is none of those
const isShort = (name: string): boolean => /^-[^-]$/.test(name);

/** Divides the words after `sam-pkg build`. What nobody knows is SAM's. */
export function splitArguments(args: readonly string[]): BuildArguments {
  const splitter = new Splitter(args);
  splitter.run();
  return splitter;
}

class Splitter implements BuildArguments {
  readonly own: string[] = [];
  readonly overrides: string[] = [];
  readonly rest: string[] = [];
  readonly after: string[] = [];
  readonly values = new Map<string, string[]>();
  parameterOverrides: string[] | undefined;
  useContainer: boolean | undefined;
  languageExtensions: boolean | undefined;
  doubtful = false;
  private readonly words: string[];

  constructor(args: readonly string[]) {
    this.words = [...args];
  }

  run(): void {
    for (let word = this.words.shift(); word !== undefined; word = this.words.shift()) {
      if (word === "--") {
        this.after.push(word, ...this.words);
        return;
      }
      if (!word.startsWith("-") || word === "-") this.rest.push(word);
      else this.option(word);
    }
  }

  private option(word: string): void {
    const at = word.indexOf("=");
    const name = at < 0 ? word : word.slice(0, at);
    const known = isShort(name) ? undefined : KNOWN.get(name);
    if (known) this.known(known, name, at < 0 ? undefined : word.slice(at + 1), [word]);
    else if (word.startsWith("--")) this.doubt(word);
    else this.cluster(word);
  }

  /** `-up`, `-ut file`, `-utfile`: the first option with a value takes the rest of the word. */
  private cluster(word: string): void {
    for (let at = 1; at < word.length; at++) {
      const name = `-${word[at] ?? ""}`;
      const known = KNOWN.get(name);
      if (!known || (known.kind === "own" && at > 1)) return this.doubt(word);
      if (known.kind === "flag") {
        if (name === "-u") this.useContainer = true;
        continue;
      }
      const before = at > 1 ? [word.slice(0, at)] : [];
      this.known(known, name, word.slice(at + 1) || undefined, [word], before);
      return;
    }
    this.rest.push(word);
  }

  private doubt(word: string): void {
    this.doubtful = true;
    this.rest.push(word);
  }

  /** @param before flags of the same word, which stay when the option itself is taken out */
  private known(
    { name, kind }: Known,
    written: string,
    attached: string | undefined,
    words: string[],
    before: readonly string[] = [],
  ): void {
    if (kind === "flag") {
      if (name === "--use-container") this.useContainer = true;
      if (name === "--no-use-container") this.useContainer = false;
      if (name === "--language-extensions") this.languageExtensions = true;
      if (name === "--no-language-extensions") this.languageExtensions = false;
      this.rest.push(...words);
    } else if (kind === "own-flag") {
      this.own.push(written);
      this.rest.push(...before);
    } else {
      const value = attached ?? this.words.shift();
      if (attached === undefined && value !== undefined) words.push(value);
      if (value === undefined) this.doubtful = true;
      if (kind === "own") this.own.push(...(value === undefined ? [name] : [name, value]));
      else if (kind === "many") this.many(value, words);
      else {
        if (value !== undefined) this.values.set(name, [...(this.values.get(name) ?? []), value]);
        // without a value it is SAM's to refuse
        this.rest.push(...(name === "--template-file" && value !== undefined ? before : words));
      }
    }
  }

  /** click's OptionNargs of SAM: everything up to the next word that looks like an option. */
  private many(value: string | undefined, words: string[]): void {
    const values = value === undefined ? [] : [value];
    for (let next = this.words[0]; next !== undefined && !next.startsWith("-"); next = this.words[0]) {
      values.push(next);
      words.push(next);
      this.words.shift();
    }
    this.overrides.push(...words);
    if (values.length > 0) this.parameterOverrides = values;
  }
}
