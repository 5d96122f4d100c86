/** Text without control characters: names come from packages, and a terminal obeys what it is sent. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, (one) => `\\u{${one.codePointAt(0)?.toString(16) ?? ""}}`);
}

/** The first words, and how many more there are: `A, B, C and 4 more`. */
export function several(words: readonly string[], most = 3): string {
  if (words.length <= most + 1) return words.join(", ");
  return `${words.slice(0, most).join(", ")} and ${words.length - most} more`;
}

/** Rows of cells as lines, each column as wide as its widest cell; those of `right` end there. */
export function columns(rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, cell.length);
  }
  return rows.map((row) =>
    row
      .map((cell, at) => (right.includes(at) ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
}

/** Lines under a name. */
export type Field = readonly [name: string, lines: readonly string[]];

/** Fields as lines: a name stands on its first line only, and not at all when there are none. */
export function fields(all: readonly Field[]): string[] {
  return all.flatMap(([name, lines]) =>
    lines.map((line, at) => `  ${(at === 0 ? name : "").padEnd(10)} ${line}`.trimEnd()),
  );
}

/** A word of a command that is to be pasted into a POSIX shell. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** A command with variables set for it, to be pasted into a POSIX shell. */
export function commandLine(words: readonly string[], variables: Readonly<Record<string, string>>): string {
  const settings = Object.entries(variables).map(([name, value]) => `${name}=${shellWord(value)}`);
  return [...settings, ...words.map(shellWord)].join(" ");
}
