import { distance } from "fastest-levenshtein";

/**
 * Names that a mistyped word may have meant, best first.
 * A name that holds the whole word (`libmariadb` in `libmariadb3`) is near whatever its length.
 */
export function nearest(word: string, names: Iterable<string>, limit = 3): string[] {
  const wanted = word.toLowerCase();
  const farthest = Math.max(2, Math.floor(wanted.length / 3));
  const scored: { name: string; score: number }[] = [];
  for (const name of names) {
    const candidate = name.toLowerCase();
    const extra = candidate.length - wanted.length;
    if (wanted.length >= 4 && candidate.includes(wanted)) {
      scored.push({ name, score: 0.5 + extra / 100 });
    } else if (Math.abs(extra) <= farthest) {
      const score = distance(wanted, candidate);
      if (score <= farthest) scored.push({ name, score });
    }
  }
  scored.sort((a, b) => a.score - b.score || (a.name < b.name ? -1 : 1));
  return scored.slice(0, limit).map(({ name }) => name);
}

/** `did you mean a, b or c?`, or undefined when nothing is near. */
export function didYouMean(names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const last = names.at(-1);
  const text = names.length === 1 ? last : `${names.slice(0, -1).join(", ")} or ${last}`;
  return `did you mean ${text}?`;
}
