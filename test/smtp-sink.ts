import { createServer, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { once } from "node:events";

/** A message as the server got it. */
export interface Received {
  readonly from: string;
  readonly to: readonly string[];
  readonly data: string;
}

/** What the server answers to a command; null for what it answers by itself. */
export type Answer = (command: string) => string | null;

/** A server that takes mail on this machine, and gives it to nobody. */
export interface SmtpSink extends AsyncDisposable {
  readonly port: number;
  readonly received: readonly Received[];
  /** Every command, in order. */
  readonly commands: readonly string[];
}

/** Speaks as much of RFC 5321 as a client needs to hand in a message. */
export async function openSmtpSink(answer: Answer = () => null): Promise<SmtpSink> {
  const received: Received[] = [];
  const commands: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    serve(socket, { received, commands, answer });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    received,
    commands,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function serve(
  socket: Socket,
  to: { readonly received: Received[]; readonly commands: string[]; readonly answer: Answer },
): void {
  let rest = "";
  let data: string[] | null = null;
  let from = "";
  let recipients: string[] = [];
  const say = (line: string): void => void socket.write(`${line}\r\n`);
  const take = (line: string): void => {
    if (data) {
      if (line !== ".") return void data.push(line.replace(/^\./u, ""));
      to.received.push({ from, to: recipients, data: data.join("\n") });
      data = null;
      recipients = [];
      return say(to.answer("END") ?? "250 taken");
    }
    to.commands.push(line);
    const refusal = to.answer(line);
    if (refusal !== null) return say(refusal);
    const [verb = ""] = line.toUpperCase().split(" ");
    if (verb === "EHLO") return say("250 sink");
    if (verb === "STARTTLS") return say("502 not here");
    if (verb === "MAIL") from = /<(.*)>/u.exec(line)?.[1] ?? "";
    if (verb === "RCPT") recipients.push(/<(.*)>/u.exec(line)?.[1] ?? "");
    if (verb === "DATA") {
      data = [];
      return say("354 go on");
    }
    if (verb === "QUIT") {
      say("221 bye");
      return void socket.end();
    }
    say("250 ok");
  };
  socket.on("data", (chunk) => {
    const lines = (rest + chunk.toString()).split("\r\n");
    rest = lines.pop() ?? "";
    for (const line of lines) take(line);
  });
  say("220 sink");
}
