import type { Command } from "commander";
import { type Operator, readOperator, writeOperator } from "../consent/operator.ts";
import { withApp } from "./context.ts";
import { say, table, writeJson } from "./output.ts";

interface OperatorOptions {
  readonly name?: string;
  readonly address?: string;
  readonly email?: string;
  readonly country?: string;
  readonly representative?: string;
  readonly dpo?: string;
  readonly authority?: string;
  readonly authorityAddress?: string;
  readonly url?: string;
  readonly recipient?: readonly string[];
  readonly transfers?: string;
}

/** operator set, show: who runs the instance and answers for it. */
export function operatorCommands(assent: Command): void {
  const operator = assent
    .command("operator")
    .description("Who runs this instance and answers for it: named in notices and receipts.");
  operator
    .command("set")
    .description("Say who it is. What is not given stays as it was.")
    .option("--name <name>", "the organisation")
    .option("--address <address>", "its postal address")
    .option("--email <mail>", "where people reach it")
    .option("--country <code>", "where it is established: two letters, as NL")
    .option("--representative <text>", "name and contact of its representative in the EU")
    .option("--dpo <text>", "contact of its data protection officer")
    .option("--authority <name>", "the supervisory authority people may complain to")
    .option("--authority-address <address>", "that authority's address")
    .option("--url <address>", "where people exercise their rights on the web")
    .option("--recipient <name...>", "who else gets the data, one or more")
    .option("--transfers <text>", "countries outside the EU the data goes to, and the safeguard")
    .action(async (options: OperatorOptions, command: Command) =>
      withApp(command, async (app) => {
        const changed = await app.db.write(async (tx) =>
          writeOperator(tx, app.recorder, withOptions(await readOperator(tx), options)),
        );
        show(changed);
      }),
    );
  operator
    .command("show")
    .description("Show who it is.")
    .option("--json <file>", "write it as JSON (- for standard output)")
    .action(async (options: { readonly json?: string }, command: Command) =>
      withApp(command, async (app) => {
        const known = await readOperator(app.db);
        if (options.json !== undefined) await writeJson(options.json, known);
        if (options.json === "-") return;
        if (known) show(known);
        else say('Nobody said yet. "assent operator set --help" shows how.');
      }),
    );
}

/** Empty strings where a needed field was never given: the schema names it. */
function withOptions(known: Operator | null, options: OperatorOptions): Operator {
  const { representative, dpo, url, transfers, recipient } = options;
  const address = options.authorityAddress ?? known?.authority.address;
  return {
    ...known,
    name: options.name ?? known?.name ?? "",
    address: options.address ?? known?.address ?? "",
    email: options.email ?? known?.email ?? "",
    country: options.country ?? known?.country ?? "",
    authority: {
      name: options.authority ?? known?.authority.name ?? "",
      ...(address === undefined ? {} : { address }),
    },
    recipients: [...(recipient ?? known?.recipients ?? [])],
    ...(representative === undefined ? {} : { representative }),
    ...(dpo === undefined ? {} : { dataProtectionOfficer: dpo }),
    ...(url === undefined ? {} : { url }),
    ...(transfers === undefined ? {} : { transfers }),
  };
}

function show(operator: Operator): void {
  const rows = [
    ["name", operator.name],
    ["address", operator.address],
    ["email", operator.email],
    ["country", operator.country],
    ["representative", operator.representative ?? "none"],
    ["data protection officer", operator.dataProtectionOfficer ?? "none"],
    ["authority", operator.authority.name],
    ["authority's address", operator.authority.address ?? "not given"],
    ["web", operator.url ?? "none"],
    ["recipients", operator.recipients.join("; ") || "none"],
    ["transfers", operator.transfers ?? "none"],
  ];
  for (const row of table(rows)) say(row);
}
