import { CommanderError } from "commander";
import { commandLine } from "./command-line.ts";
import { describeFailure, EXIT } from "./errors.ts";
import { complain } from "./output.ts";

async function main(): Promise<number> {
  try {
    const assent = await commandLine(process.argv.slice(2));
    await assent.parseAsync();
    return Number(process.exitCode ?? EXIT.done);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    const { line, exit } = describeFailure(error);
    complain(line);
    if (process.env["ASSENT_DEBUG"]) complain(String(error instanceof Error ? error.stack : error));
    return exit;
  }
}

// A reader that has seen enough (`| head`) closes the pipe; what was done stays done.
process.stdout.on("error", (error) => {
  process.exit("code" in error && error.code === "EPIPE" ? EXIT.done : EXIT.failed);
});

process.exitCode = await main();
