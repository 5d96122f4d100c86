import { vi } from "vitest";

/** Collects what is written to a standard stream, until `vi.restoreAllMocks`. */
export function capture(stream: "stdout" | "stderr"): () => string {
  let text = "";
  vi.spyOn(process[stream], "write").mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  return () => text;
}
