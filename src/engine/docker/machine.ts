import { homedir, userInfo } from "node:os";
import { join } from "node:path";

/** What of the machine says where engines are. */
export interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly home: string;
  /** The user's number; negative on Windows. */
  readonly uid: number;
}

export function thisMachine(): Machine {
  return { env: process.env, platform: process.platform, home: homedir(), uid: userInfo().uid };
}

/** The folder of Docker's command line: its configuration, contexts and certificates. */
export function dockerFolder({ env, home }: Machine): string {
  return env["DOCKER_CONFIG"] || join(home, ".docker");
}
