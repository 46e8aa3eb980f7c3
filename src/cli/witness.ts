import { once } from "node:events";
import type { Command } from "commander";
import {
  addWitness,
  askWitness,
  listWitnesses,
  removeWitness,
  witnessState,
} from "../ledger/witness.ts";
import { watchLog, witnessKeyOf } from "../ledger/witnessing.ts";
import { formatVerifierKey } from "../verify/note.ts";
import { withApp } from "./context.ts";
import { EXIT, UsageError } from "./errors.ts";
import { count, say, table } from "./output.ts";
import { openWitnessDoor } from "./witness-door.ts";

/** assent witness: have others cosign this ledger's checkpoints, and cosign theirs. */
export function witnessCommands(assent: Command): void {
  const witness = assent
    .command("witness")
    .description("Have somebody independent cosign the ledger, and do so for others.");
  ownLedgerCommands(witness);
  othersLedgerCommands(witness);
}

function ownLedgerCommands(witness: Command): void {
  witness
    .command("add")
    .description("Add a witness. Only who is added here is ever asked.")
    .requiredOption("--url <prefix>", "where it takes checkpoints, as https://witness.example/w1")
    .requiredOption("--key <key>", "its key for cosignatures")
    .action(async ({ url, key }: { url: string; key: string }, command: Command) =>
      withApp(command, async (app) => {
        await app.db.write(async (tx) => addWitness(tx, app.recorder, { url, key }));
        say(
          "Added. A service sends it the newest checkpoint every hour, `assent witness ask` now; " +
            "nothing else is ever sent.",
        );
      }),
    );
  witness
    .command("ask")
    .description("Have every added witness cosign the newest checkpoint.")
    .action(async (_: unknown, command: Command) =>
      withApp(command, async (app) => {
        const witnesses = await listWitnesses(app.db);
        if (witnesses.length === 0) {
          throw new UsageError("There is no witness yet: add one with `assent witness add`.");
        }
        for (const one of witnesses) await askWitness(app.db, app.ledger, one);
        say(`Cosigned by ${count(witnesses.length, "witness", "witnesses")}.`);
      }),
    );
  witness
    .command("remove")
    .description("Ask a witness no more. What they have cosigned stays.")
    .argument("<name>", "as `assent witness list` shows it")
    .action(async (name: string, _: unknown, command: Command) =>
      withApp(command, async (app) => {
        const known = (await listWitnesses(app.db)).filter(({ key }) => key.name === name);
        if (known.length === 0) throw new UsageError("There is no witness of this name.");
        await app.db.write(async (tx) => {
          for (const { id } of known) await removeWitness(tx, app.recorder, id);
        });
        say("Removed. Without any witness the screens say UNWITNESSED.");
      }),
    );
  witness
    .command("list")
    .description("Show the witnesses and what they have cosigned.")
    .action(async (_: unknown, command: Command) =>
      withApp(command, async (app) => {
        const { state, size, witnesses } = await witnessState(app.db);
        say(`${state} at ${count(size, "entry", "entries")}.`);
        const rows = witnesses.map(({ name, url, cosignedSize, at }) => {
          const when = at === null ? "not the newest" : new Date(at * 1000).toISOString();
          return [name, url, `up to ${cosignedSize}`, when];
        });
        for (const line of table(rows)) say(line);
      }),
    );
}

function othersLedgerCommands(witness: Command): void {
  witness
    .command("key")
    .description("Print the key that checks what this instance cosigns.")
    .action(async (_: unknown, command: Command) =>
      withApp(command, async (app) => {
        say(formatVerifierKey(await witnessKeyOf(app.db, app.vault)));
      }),
    );
  witness
    .command("watch")
    .description("Witness somebody's ledger from now on, or take its new key.")
    .requiredOption("--key <key>", "what `assent ledger key` prints there")
    .action(async ({ key }: { key: string }, command: Command) =>
      withApp(command, async (app) => {
        await app.db.write(async (tx) => watchLog(tx, app.clock, key));
        say("Watched. `assent witness serve` cosigns what is consistent with what it saw before.");
      }),
    );
  witness
    .command("serve")
    .description("Answer requests for cosignatures until stopped.")
    .requiredOption("--port <n>", "the port to listen on")
    .option("--host <address>", "the address to listen on", "127.0.0.1")
    .action(async (options: { port: string; host: string }, command: Command) => {
      const port = Number(options.port);
      if (!Number.isInteger(port) || port < 0 || port > 65_535) {
        throw new UsageError("--port takes a whole number from 0 to 65535.");
      }
      return withApp(command, async (app) => {
        await using door = await openWitnessDoor(app, { host: options.host, port });
        say(`Witnessing on http://${options.host}:${door.port}. Ctrl-C stops it.`);
        await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
        process.exitCode = EXIT.done;
      });
    });
}
