/** A command that a guide shows. */
export interface Command {
  /** The heading that it stands under. */
  readonly section: string;
  readonly words: readonly string[];
  /** Lines of its output; `…` stands for anything, alone for any lines. */
  readonly output: readonly string[];
}

export interface Guide {
  readonly commands: readonly Command[];
  /** What the guide shows of the project's files. */
  readonly files: ReadonlyArray<{ readonly name: string; readonly text: string }>;
}

const BLOCK = /(?:`([^`\n]+)`:\n\n)?^```(\w*)\n(.*?)^```$/gms;

/**
 * Reads a guide, in Markdown: commands are the lines with `$ ` of its `console` blocks, each with the lines below it;
 * every other block shows a file, or a part of it, that the line above names: `` `app/app.py`: ``.
 * Throws when it cannot be sure of having read all: for a block without a name, or a command that a shell would not
 * just split at its spaces.
 */
export function readGuide(text: string): Guide {
  const commands: Command[] = [];
  const files: Array<{ name: string; text: string }> = [];
  for (const { 1: name, 2: language, 3: body = "", index } of text.matchAll(BLOCK)) {
    const section = [...text.slice(0, index).matchAll(/^#+ (.*)$/gm)].at(-1)?.[1] ?? "";
    if (language === "console") commands.push(...commandsOf(body, section));
    else if (name !== undefined) files.push({ name, text: body });
    else throw new Error(`a block that names no file, under "${section}":\n${body}`);
  }
  return { commands, files };
}

const PLAIN = /^[\w./:=-]+(?: [\w./:=-]+)*$/;

function commandsOf(body: string, section: string): Command[] {
  const [before, ...parts] = body.split(/^\$ /m);
  return parts.map((part) => {
    const [line = "", ...output] = part.trimEnd().split("\n");
    const command = line.replace(/ +#.*/, "");
    if (before !== "" || !PLAIN.test(command))
      throw new Error(`no plain command, under "${section}": ${line}`);
    return { section, words: command.split(" "), output };
  });
}

/** The lines of a command's shown output that it did not print. Spaces at a line's ends do not count. */
export function missingLines({ output }: Command, printed: string): string[] {
  const lines = printed.split("\n").map((line) => line.trim());
  return output.filter((shown) => {
    const parts = shown
      .trim()
      .split("…")
      .map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
    const pattern = new RegExp(`^${parts.join(".*")}$`);
    return !lines.some((line) => pattern.test(line));
  });
}

/** Whether a file has these lines, one after the other, be they indented further there. */
export function shows(text: string, file: string): boolean {
  const indented = (by: number): string => text.replaceAll(/^(?=.)/gm, " ".repeat(by));
  return [0, 2, 4].some((by) => `\n${file}`.includes(`\n${indented(by)}`));
}
