import type { Session } from "./session.ts";

/** From /etc/os-release; Amazon Linux goes by the name its users know: `al2023`, `al2`. */
export async function osOf(session: Session): Promise<string> {
  const file = (await session.read("/etc/os-release")) ?? (await session.read("/usr/lib/os-release"));
  const text = file ? Buffer.from(file.bytes).toString() : "";
  const field = (name: string): string => new RegExp(`^${name}="?([^"\n]*)"?$`, "m").exec(text)?.[1] ?? "";
  const id = field("ID");
  return `${id === "amzn" ? "al" : id || "linux"}${field("VERSION_ID")}`;
}
