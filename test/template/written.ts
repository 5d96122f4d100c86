// Templates as people and programs write them: random structures in random styles of YAML.
import type { Json } from "../../src/template/apply.ts";
import type { Choices } from "./choices.ts";

/** A value that says how it is written; a plain object or list takes any style. */
export class Written {
  readonly text: string;
  /** A tag, anchor or both before `value`. */
  readonly value: Shape | undefined;

  constructor(text: string, value?: Shape) {
    this.text = text;
    this.value = value;
  }
}

export type Shape = Json | Written | readonly Shape[] | { readonly [key: string]: Shape };

const COMMENTS = [" # note", "  # a: [b, c]", " # 'it", " #", ' # "x', "   "] as const;
const ENDS = ["\n", "\r\n", "\r", "\u0085"] as const;

/** The template in a style that the choices make. */
export function write(shape: Shape, choices: Choices): string {
  return new Writing(choices).document(shape);
}

class Writing {
  private readonly choices: Choices;
  private readonly step: number;
  private readonly indentedLists: boolean;
  private readonly flowRate: number;
  private readonly commentRate: number;

  constructor(choices: Choices) {
    this.choices = choices;
    this.step = choices.one([2, 2, 2, 4, 1, 3]);
    this.indentedLists = choices.rarely(2);
    this.flowRate = choices.one([3, 6, 20]);
    this.commentRate = choices.one([4, 10, 100]);
  }

  document(shape: Shape): string {
    const { choices } = this;
    const whole = choices.rarely(20);
    const lines = whole ? this.flowLines(shape, "") : this.block(shape, choices.rarely(30) ? 2 : 0);
    if (!whole && choices.rarely(6)) lines.unshift("# first");
    if (choices.rarely(8)) lines.unshift(choices.one(["---", "--- # start", "---  "]));
    if (lines[0]?.startsWith("---") && choices.rarely(3))
      lines.unshift(choices.one(["%YAML 1.1", "%YAML 1.2 # x", "%TAG !e! tag:example.com,2000:"]));
    if (choices.rarely(8)) lines.push("# last");
    if (choices.rarely(12)) lines.push("...");
    return (choices.rarely(10) ? "\uFEFF" : "") + this.joined(lines);
  }

  private joined(lines: readonly string[]): string {
    const { choices } = this;
    const mixed = choices.rarely(12);
    const end = choices.one(["\n", "\n", "\n", "\r\n", "\r\n", "\r"]);
    const text = lines.flatMap((line) =>
      line.split("\n").map((part) => part + (mixed ? choices.one(ENDS) : end)),
    );
    return choices.rarely(6) ? text.join("").replace(/[\r\n\u0085]+$/, "") : text.join("");
  }

  /** Lines of a block collection, all indented by `column`. */
  private block(shape: Shape, column: number): string[] {
    if (Array.isArray(shape)) return shape.flatMap((item: Shape) => this.element(item, column));
    return Object.entries(shape as Record<string, Shape>).flatMap(([key, value], index) => [
      ...(index > 0 ? this.between(column) : []),
      ...this.pair(key, value, column),
    ]);
  }

  private between(column: number): string[] {
    if (!this.choices.rarely(this.commentRate)) return [];
    return this.choices.one([
      [""],
      [" ".repeat(column) + "# note"],
      ["# left"],
      ["", "      # - right", ""],
      ["  "],
    ]);
  }

  private pair(key: string, value: Shape, column: number): string[] {
    const { choices } = this;
    const name = this.key(key);
    const pad = " ".repeat(column);
    if (choices.rarely(60)) {
      const [first = "", ...rest] = this.after(value, column + 2, column, false);
      return [`${pad}? ${name}`, `${pad}:${first}`, ...rest];
    }
    const list = Array.isArray(value) && !this.indentedLists;
    const [first = "", ...rest] = this.after(value, list ? column : column + this.step, column, true);
    return [`${pad}${name}${choices.rarely(30) ? " " : ""}:${first}`, ...rest];
  }

  private element(item: Shape, column: number): string[] {
    const gap = this.choices.one([1, 1, 1, 1, 3]);
    const [first = "", ...rest] = this.after(item, column + 1 + gap, column, false);
    const [next = "", ...others] = rest;
    // a collection may start on the dash's line
    if (
      first === "" &&
      next.startsWith(" ".repeat(column + 2)) &&
      /^ *[^ #]/.test(next) &&
      !this.choices.rarely(10)
    )
      return [`${" ".repeat(column)}-${next.slice(column + 1)}`, ...others];
    return [`${" ".repeat(column)}-${first}`, ...rest];
  }

  /** What stands behind a colon or dash, the first line with its space; `outer` is the entry's own column. */
  private after(value: Shape, column: number, outer: number, keyed: boolean): string[] {
    const { choices } = this;
    const gap = choices.rarely(20) ? "   " : " ";
    if (value instanceof Written) {
      if (value.value === undefined) return [(value.text && gap + value.text) + this.comment()];
      const [first = "", ...rest] = this.after(value.value, column, outer, keyed);
      return [gap + value.text + first, ...rest];
    }
    if (typeof value !== "object" || value === null) return this.scalar(value, outer, gap);
    const empty = Object.keys(value).length === 0;
    if (empty || choices.rarely(this.flowRate)) {
      const [first = "", ...rest] = this.flowLines(value, " ".repeat(outer + 1));
      return [gap + first, ...rest.slice(0, -1), ...rest.slice(-1).map((line) => line + this.comment())];
    }
    return [this.comment(), ...this.block(value, column)];
  }

  private comment(): string {
    return this.choices.rarely(this.commentRate) ? this.choices.one(COMMENTS) : "";
  }

  private key(key: string): string {
    if (key === "<<") return key;
    if (!/^[A-Za-z]/.test(key) || this.choices.rarely(12)) return this.choices.one([`"${key}"`, `'${key}'`]);
    return key;
  }

  private scalar(value: Exclude<Json, object> | null, outer: number, gap: string): string[] {
    const { choices } = this;
    if (value === null) return [choices.one(["", "", "", `${gap}~`, `${gap}null`]) + this.comment()];
    if (typeof value !== "string") return [`${gap}${String(value)}${this.comment()}`];
    const plain =
      /^[A-Za-z/][\w ./:@-]*$/.test(value) && !/: |:$|^(?:y|n|true|false|yes|no|on|off|null)$/i.test(value);
    const pad = " ".repeat(outer + 1 + choices.below(4));
    if (value.includes("\n") || choices.rarely(15)) return this.literal(value, outer, gap);
    if (choices.rarely(12) && value.includes(" ")) {
      const [first = "", ...rest] = value.split(" ");
      const quote = plain && choices.rarely(2) ? "" : '"';
      const under = quote !== "" && choices.rarely(4) ? "" : pad;
      if (quote === "" || /^[\w .:/@-]*$/.test(value))
        return [`${gap}${quote}${first}`, `${under}${rest.join(" ")}${quote}${this.comment()}`];
    }
    if (plain && !choices.rarely(5)) return [gap + value + this.comment()];
    const single = choices.rarely(2) ? `'${value.replaceAll("'", "''")}'` : JSON.stringify(value);
    return [gap + single + this.comment()];
  }

  private literal(value: string, outer: number, gap: string): string[] {
    const { choices } = this;
    const text = value.replace(/\n+$/, "");
    const indent = 1 + choices.below(4);
    const lines = text.split("\n");
    const spaced = lines[0] === "" || lines[0]?.startsWith(" ");
    const digit = spaced || choices.rarely(6) ? String(Math.max(1, outer < 0 ? 1 : indent)) : "";
    const style = value.includes("\n") ? "|" : choices.one(["|", ">"]);
    const chomp = value.endsWith("\n") ? choices.one(["", "+"]) : "-";
    const pad = " ".repeat(outer + indent);
    const tail = chomp !== "+" && choices.rarely(4) ? [""] : [];
    return [
      `${gap}${style}${choices.rarely(2) ? chomp + digit : digit + chomp}${this.comment()}`,
      ...lines.map((line) => (line === "" ? "" : pad + line)),
      ...tail,
    ];
  }

  /** A flow collection, on one line or more. */
  private flowLines(shape: Shape, pad: string): string[] {
    const { choices } = this;
    if (choices.rarely(2) || !isCollection(shape)) return [this.flow(shape)];
    const list = Array.isArray(shape);
    const items = list
      ? shape.map((item: Shape) => this.flow(item))
      : Object.entries(shape).map(([key, value]) => `${this.key(key)}: ${this.flow(value)}`);
    const trailing = choices.rarely(3) && items.length > 0 ? "," : "";
    const inner = choices.rarely(8) ? pad : `${pad}  `;
    const lines = items.map(
      (item, i) => `${inner}${item}${i < items.length - 1 ? "," : trailing}${this.comment()}`,
    );
    const close = list ? "]" : "}";
    return [`${list ? "[" : "{"}${this.comment()}`, ...lines, (choices.rarely(5) ? "" : pad) + close];
  }

  private flow(value: Shape): string {
    const { choices } = this;
    if (value instanceof Written) {
      if (value.value === undefined) return value.text;
      return `${value.text} ${this.flow(value.value)}`;
    }
    if (typeof value === "string") {
      if (
        /^[A-Za-z/][\w ./@-]*$/.test(value) &&
        !/^(?:y|n|true|false|yes|no|on|off|null)$/i.test(value) &&
        !choices.rarely(4)
      )
        return value;
      return JSON.stringify(value);
    }
    if (!isCollection(value)) return value === null ? choices.one(["null", "~"]) : String(value);
    const space = choices.rarely(4) ? " " : "";
    const list = Array.isArray(value);
    const items = list
      ? value.map((item: Shape) => this.flow(item))
      : Object.entries(value).map(([key, item]) => `${this.key(key)}: ${this.flow(item)}`);
    const trailing = items.length > 0 && choices.rarely(8) ? "," : "";
    const text = space + items.join(choices.one([", ", ", ", " , ", ",  "])) + trailing + space;
    return list ? `[${text}]` : `{${text}}`;
  }
}

function isCollection(shape: Shape): shape is readonly Shape[] | { readonly [key: string]: Shape } {
  return typeof shape === "object" && shape !== null && !(shape instanceof Written);
}
