import { Writable } from "node:stream";

/** The process of every container: it waits for commands on its standard input, and ends with that. */
export const SHELL = ["/bin/sh"];

const READY = "sam-pkg-ready";

/** What docker-modem does with the streams of a container without a terminal. */
interface Demultiplexer {
  demuxStream(from: NodeJS.ReadableStream, stdout: Writable, stderr: Writable): void;
}

/**
 * Listens to a container's shell before it is started. The function that it returns, to be called after the start, tells
 * the shell to answer and waits for that: engines call a container started whose program the machine cannot run. Fails
 * with what was printed when the shell ended instead.
 * @param shell the container's standard streams, attached
 */
export function answerOf(shell: NodeJS.ReadWriteStream, modem: Demultiplexer): () => Promise<void> {
  let printed = "";
  const answered = new Promise<void>((resolve, reject) => {
    const into = new Writable({
      write(chunk: Buffer, _encoding, done) {
        printed += chunk.toString();
        if (printed.includes(READY)) resolve();
        done();
      },
    });
    const ended = (): void => reject(new Error(printed.trim() || "its shell ended at once"));
    shell.once("end", ended).once("close", ended);
    modem.demuxStream(shell, into, into);
  });
  // Nobody waits for it when the container cannot even be started.
  answered.catch(() => undefined);
  return () => {
    // A line of its own: Podman takes the body of dockerode's attach request for the shell's first input.
    shell.write(`\necho ${READY}\n`);
    return answered;
  };
}
