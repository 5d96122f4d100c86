import { homedir } from "node:os";
import { join } from "node:path";

/** What of the machine says where engines are. */
export interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly home: string;
  /** The user's number; undefined on Windows. */
  readonly uid: number | undefined;
}

export function thisMachine(): Machine {
  return { env: process.env, platform: process.platform, home: homedir(), uid: process.getuid?.() };
}

/** The folder of Docker's command line: its configuration, contexts and certificates. */
export function dockerFolder({ env, home }: Machine): string {
  return env["DOCKER_CONFIG"] || join(home, ".docker");
}
