import assert from "node:assert/strict";
import { test } from "node:test";
import { Command } from "commander";
import { commandLine, PARTS } from "./command-line.ts";

const namesOf = (command: Command) => command.commands.map((one) => one.name());

test("each part makes the commands it is found by", async () => {
  for (const { names, load } of PARTS) {
    const alone = new Command();
    (await load())(alone);
    assert.deepEqual(namesOf(alone), names);
  }
});

test("a command is found behind options, and no command makes all of them", async () => {
  const all = PARTS.flatMap(({ names }) => names);
  for (const words of [[], ["--help"], ["help", "verify"], ["verfy"], ["--data", "verify"]]) {
    assert.deepEqual(namesOf(await commandLine(words)), all, words.join(" "));
  }
  for (const words of [
    ["withdraw", "--subject", "init"],
    ["--data", "verify", "--workers=2", "pause"],
    ["--account", "Ada", "resume", "--data", "x"],
  ]) {
    assert.deepEqual(namesOf(await commandLine(words)), ["withdraw", "pause", "resume"]);
  }
});
