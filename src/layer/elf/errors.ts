/** A file that is not ELF, or whose ELF structures are damaged, truncated or contradict each other. */
export class ElfError extends Error {
  override name = "ElfError";
}
