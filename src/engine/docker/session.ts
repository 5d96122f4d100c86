import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import type { Container, ImageInspectInfo } from "dockerode";
import type { Command } from "../../target/managers/manager.ts";
import { platformOf } from "../../target/runtimes.ts";
import type { ImageFile, InstallRequest, UnpackedFile } from "../engine.ts";
import type { ArchiveEntry } from "./archive.ts";
import { readArchive, readEntries, writeArchive } from "./archive.ts";
import type { Connection } from "./connect.ts";
import { cannotRun, engineFault, statusOf } from "./fault.ts";
import { answerOf, SHELL } from "./shell.ts";

/** Every container that sam-pkg makes has a name that starts so: it is known in `docker ps`, and a leak is found. */
const NAME_PREFIX = "sam-pkg-";

/** What a command in the container printed, and how it ended. */
export interface Finished {
  readonly exitCode: number;
  readonly stdout: string;
  /** Both streams as they came. */
  readonly output: string;
}

/**
 * A container that waits for commands.
 * Its only process is a shell that reads its standard input, and that input is a connection of ours: when this process
 * ends, however it ends, the shell sees the end of its input and the engine removes the container.
 */
export class Session {
  private readonly connection: Connection;
  private readonly container: Container;
  readonly request: InstallRequest;
  readonly base: ImageInspectInfo;

  private constructor(
    connection: Connection,
    container: Container,
    request: InstallRequest,
    base: ImageInspectInfo,
  ) {
    this.connection = connection;
    this.container = container;
    this.request = request;
    this.base = base;
  }

  /** Starts a container of the image, hands it to `use` and removes it, whatever happens. */
  static async open<T>(
    connection: Connection,
    request: InstallRequest,
    base: ImageInspectInfo,
    use: (session: Session) => Promise<T>,
  ): Promise<T> {
    const { docker, endpoint, signal } = connection;
    const platform = platformOf(request.architecture);
    const doing = `starting a container of ${request.image}`;
    const container = await docker
      .createContainer({
        Image: base.Id,
        platform,
        name: `${NAME_PREFIX}${randomUUID()}`,
        // An entrypoint that the base does not have could not be taken away again when the container is saved.
        ...(base.Config.Entrypoint ? { Entrypoint: SHELL, Cmd: [] } : { Cmd: SHELL }),
        OpenStdin: true,
        StdinOnce: true,
        HostConfig: { AutoRemove: true },
      })
      .catch((error: unknown) => {
        throw engineFault(error, doing, endpoint, signal);
      });
    const remove = async (): Promise<void> => {
      // 404 and 409: AutoRemove was faster.
      await container.remove({ force: true, v: true }).catch(() => undefined);
    };
    const onAbort = (): void => void remove();
    let shell: (NodeJS.ReadWriteStream & { destroy?: () => void }) | undefined;
    signal.addEventListener("abort", onAbort);
    try {
      signal.throwIfAborted();
      shell = await container.attach({ stream: true, stdin: true, stdout: true, stderr: true, hijack: true });
      shell.on("error", () => undefined);
      const answered = answerOf(shell, docker.modem);
      await container.start();
      await answered();
      return await use(new Session(connection, container, request, base));
    } catch (error) {
      throw cannotRun(error, platform, doing, signal) ?? engineFault(error, doing, endpoint, signal);
    } finally {
      signal.removeEventListener("abort", onAbort);
      await remove();
      shell?.destroy?.();
    }
  }

  /** Runs a command as root with an empty LD_LIBRARY_PATH: a runtime's own libraries can break package managers. */
  run(command: Command, onLine?: (line: string) => void): Promise<Finished> {
    return this.runAs(
      "0",
      ["LD_LIBRARY_PATH=", "LC_ALL=C", "DEBIAN_FRONTEND=noninteractive"],
      command,
      onLine,
    );
  }

  /** Runs a command as a user (a number) with further variables (`NAME=value`). */
  async runAs(
    user: string,
    environment: readonly string[],
    command: Command,
    onLine?: (line: string) => void,
  ): Promise<Finished> {
    const { endpoint, signal } = this.connection;
    try {
      const exec = await this.container.exec({
        Cmd: [...command],
        User: user,
        WorkingDir: "/",
        Env: [...environment],
        AttachStdout: true,
        AttachStderr: true,
      });
      const stream = await exec.start({ hijack: false, stdin: false });
      const { stdout, output } = await this.demultiplex(stream, onLine);
      const { ExitCode } = await exec.inspect();
      return { exitCode: ExitCode ?? -1, stdout, output };
    } catch (error) {
      throw engineFault(error, `running ${command[0]} in ${this.request.image}`, endpoint, signal);
    }
  }

  private async demultiplex(
    stream: NodeJS.ReadableStream,
    onLine?: (line: string) => void,
  ): Promise<{ stdout: string; output: string }> {
    const stdout: Buffer[] = [];
    const output: Buffer[] = [];
    const into = (...lists: Buffer[][]): Writable => {
      let pending = "";
      return new Writable({
        write(chunk: Buffer, _encoding, done) {
          for (const list of lists) list.push(chunk);
          const lines = (pending + chunk.toString()).split(/[\r\n]+/);
          pending = lines.pop() ?? "";
          for (const line of lines) if (line.trim() !== "") onLine?.(line.trim());
          done();
        },
      });
    };
    this.container.modem.demuxStream(stream, into(stdout, output), into(output));
    await finished(stream, { writable: false });
    return { stdout: Buffer.concat(stdout).toString(), output: Buffer.concat(output).toString() };
  }

  /** Where a path leads in the container after all links; undefined when there is nothing. */
  async resolve(path: string): Promise<string | undefined> {
    return this.lookUp(path, async () => {
      const response = await this.container.infoArchive({ path });
      response.resume();
      return statOf(response).linkTarget || path;
    });
  }

  /** The regular file that a path leads to, through the engine's API; undefined when there is none. */
  async read(path: string): Promise<ImageFile | undefined> {
    return this.lookUp(path, async () => {
      const stream = (await this.container.getArchive({ path })) as Readable;
      const { linkTarget, regular } = statOf(stream);
      if (regular) {
        const file = await readArchive(stream);
        return file && { path, ...file };
      }
      stream.destroy();
      return linkTarget === "" || linkTarget === path ? undefined : this.read(linkTarget);
    });
  }

  /** Everything below a folder; content only of the files that `keep` chooses. Empty when there is no such folder. */
  async entries(folder: string, keep: (name: string, size: number) => boolean): Promise<ArchiveEntry[]> {
    const entries = await this.lookUp(folder, async () => {
      const path = (await this.resolve(folder)) ?? folder;
      return readEntries(await this.container.getArchive({ path }), keep);
    });
    return entries ?? [];
  }

  /** Puts files below a folder that is there. */
  async put(folder: string, files: readonly UnpackedFile[]): Promise<void> {
    const { endpoint, signal } = this.connection;
    try {
      await this.container.putArchive(writeArchive(files), { path: folder });
    } catch (error) {
      throw engineFault(
        error,
        `unpacking the layer in a container of ${this.request.image}`,
        endpoint,
        signal,
      );
    }
  }

  private async lookUp<T>(path: string, look: () => Promise<T>): Promise<T | undefined> {
    const { endpoint, signal } = this.connection;
    try {
      return await look();
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw engineFault(error, `reading ${path} from ${this.request.image}`, endpoint, signal);
    }
  }

  /** Saves the container as an image with the base's configuration and these labels. */
  async commit(name: string, labels: Readonly<Record<string, string>>): Promise<void> {
    const { endpoint, signal } = this.connection;
    const colon = name.lastIndexOf(":");
    const { Config } = this.base;
    try {
      await this.container.commit({
        repo: name.slice(0, colon),
        tag: name.slice(colon + 1),
        // The container runs our shell; the saved image runs what the base runs.
        changes: [
          ...(Config.Entrypoint ? [`ENTRYPOINT ${JSON.stringify(Config.Entrypoint)}`] : []),
          `CMD ${JSON.stringify(Config.Cmd ?? [])}`,
          ...Object.entries(labels).map(([key, value]) => `LABEL ${key}=${value}`),
        ],
      });
    } catch (error) {
      throw engineFault(error, `saving ${name}`, endpoint, signal);
    }
  }
}

/** What the engine says of a path beside its archive; a link's target is resolved all the way, inside the container. */
function statOf(answer: unknown): { readonly linkTarget: string; readonly regular: boolean } {
  const { headers } = answer as IncomingMessage;
  const header = String(headers["x-docker-container-path-stat"]);
  const { mode, linkTarget } = JSON.parse(Buffer.from(header, "base64").toString()) as {
    mode: number;
    linkTarget: string;
  };
  // Go's os.FileMode: every type but a regular file has a bit of this mask.
  return { linkTarget, regular: (mode & 0x8f280000) === 0 };
}
