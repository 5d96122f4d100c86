import type { ChildProcessByStdio } from "node:child_process";
import { spawn } from "node:child_process";
import type { ClientRequest } from "node:http";
import { Agent } from "node:http";
import type { Socket } from "node:net";
import type { Readable, Writable } from "node:stream";
import { Duplex } from "node:stream";
import type { Address } from "./address.ts";
import { SSH_FAILED } from "./unreached.ts";

/** Connections at a time: sshd turns some away when more than ten log in at once (sshd_config(5), MaxStartups). */
const MOST_CONNECTIONS = 8;
/** In seconds. */
const CONNECT_TIMEOUT = 30;
/** Of what ssh says, in characters. */
const MOST_SAID = 2_000;

type SshAddress = Extract<Address, { kind: "ssh" }>;

/** Speaks to an engine on another machine through the user's own ssh, as Docker's command line does. */
export class SshAgent extends Agent {
  private readonly words: readonly string[];

  constructor(address: SshAddress) {
    super({ keepAlive: true, maxSockets: MOST_CONNECTIONS, maxFreeSockets: MOST_CONNECTIONS });
    this.words = sshWords(address);
  }

  override createConnection(): Socket {
    // Node's HTTP client asks for no more than a stream.
    return new SshConnection(this.words) as Duplex as Socket;
  }

  // These two are told of streams of ours only. A connection that waits for work must not keep the process alive.
  override keepSocketAlive(socket: Duplex): boolean {
    (socket as SshConnection).hold(false);
    return true;
  }

  override reuseSocket(socket: Duplex, _request: ClientRequest): void {
    (socket as SshConnection).hold(true);
  }
}

/** ssh's arguments: never asking anything, and on the other side what connects its input and output to the engine. */
export function sshWords({ host, user, port, socket }: SshAddress): string[] {
  return [
    "-T",
    "-o",
    "BatchMode=yes",
    "-o",
    `ConnectTimeout=${CONNECT_TIMEOUT}`,
    ...(user === undefined ? [] : ["-l", user]),
    ...(port === undefined ? [] : ["-p", String(port)]),
    "--",
    host,
    "docker",
    ...(socket === undefined ? [] : ["--host", `unix://${socket}`]),
    "system",
    "dial-stdio",
  ];
}

/** One connection: a process whose input and output lead to the engine. */
class SshConnection extends Duplex {
  private readonly ssh: ChildProcessByStdio<Writable, Readable, Readable>;
  private said = "";
  private answered = false;

  constructor(words: readonly string[]) {
    super();
    // A session of its own: Ctrl-C must leave it to the removal of the containers.
    const ssh = spawn("ssh", words, { stdio: ["pipe", "pipe", "pipe"], detached: true, windowsHide: true });
    this.ssh = ssh;
    ssh.stdin.on("error", () => undefined);
    ssh.stdout.on("data", (chunk: Buffer) => {
      this.answered = true;
      if (!this.push(chunk)) ssh.stdout.pause();
    });
    ssh.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.said = (this.said + text).slice(-MOST_SAID);
    });
    ssh.once("error", (error) => this.destroy(failed(`cannot start ssh: ${error.message}`)));
    ssh.once("close", () => {
      if (this.answered) this.push(null);
      else this.destroy(failed(this.said.trim() || "ssh ended without a word"));
    });
  }

  override _read(): void {
    this.ssh.stdout.resume();
  }

  // What could not be written is told by the end of the process, which says more.
  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.ssh.stdin.write(chunk, () => done());
  }

  override _final(done: () => void): void {
    this.ssh.stdin.end(() => done());
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.ssh.kill();
    done(error);
  }

  /** Whether the process waits for this connection's end. */
  hold(wait: boolean): void {
    const { stdin, stdout, stderr } = this.ssh;
    for (const one of [this.ssh, stdin, stdout, stderr]) {
      const handle = one as unknown as Pick<Socket, "ref" | "unref">;
      if (wait) handle.ref();
      else handle.unref();
    }
  }
}

const failed = (message: string): Error => Object.assign(new Error(message), { code: SSH_FAILED });
