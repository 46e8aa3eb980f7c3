import { Presets, SingleBar } from "cli-progress";
import { writeFileDurably } from "../base/files.ts";

/** Prints a line for the person at the terminal. */
export function say(line = ""): void {
  process.stdout.write(`${printable(line)}\n`);
}

/** Prints a line about what went wrong. */
export function complain(line: string): void {
  process.stderr.write(`${printable(line)}\n`);
}

/** Names of files and people come from outside: none may steer the terminal. */
function printable(text: string): string {
  return text.replaceAll(/(?!\n)[\p{Cc}\p{Bidi_Control}]/gu, "\u{fffd}");
}

/** Breaks a text at spaces into lines of at most `width` characters, all but the first indented. */
export function wrapped(text: string, width: number, indent: string): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = indent + word;
    } else {
      line += line === "" ? word : ` ${word}`;
    }
  }
  return [...lines, line].join("\n");
}

/** Writes a result as JSON to a file of this mode, or to standard output for `-`. */
export async function writeJson(path: string, value: unknown, mode?: number): Promise<void> {
  const text = `${JSON.stringify(value, null, 2)}\n`;
  if (path === "-") process.stdout.write(text);
  else await writeFileDurably(path, text, mode);
}

/** Aligns columns of text. */
export function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, index) => {
      widths[index] = Math.max(widths[index] ?? 0, cell.length);
    });
  }
  return rows.map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

/** A count with its noun: `1 photo`, `2 photos`. */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : plural}`;
}

/** Progress of a long piece of work, with rate and time left. */
export interface ProgressBar extends Disposable {
  update(done: number, total: number): void;
}

/** How often a line is printed where there is no terminal to redraw. */
const LINE_MS = 5000;

/**
 * A bar that redraws itself on a terminal, and a line every few seconds elsewhere. What was done
 * before the first update (an earlier run was interrupted) counts for the bar, and not for the
 * rate. Nothing is shown where there is nothing to do.
 */
export function progressBar(label: string, unit: string): ProgressBar {
  const made = Date.now();
  const view = process.stderr.isTTY ? barView(label) : lineView(label);
  let first: { readonly done: number; readonly at: number } | null = null;
  let latest = { done: 0, total: 0 };
  const show = (final: boolean): void => {
    if (!first || latest.total === 0) return;
    const now = Date.now();
    // What came before the first update (models were loaded) is no part of the pace.
    const pace = (latest.done - first.done) / Math.max(0.001, (now - first.at) / 1000);
    const seconds = final ? (now - made) / 1000 : (latest.total - latest.done) / pace;
    view.show(latest, pace > 0 ? paceText({ pace, seconds, unit, final }) : "", final);
  };
  return {
    update: (done, total) => {
      first ??= { done, at: Date.now() };
      latest = { done, total };
      show(false);
    },
    [Symbol.dispose]: () => {
      show(true);
      view.stop();
    },
  };
}

function paceText(of: {
  readonly pace: number;
  readonly seconds: number;
  readonly unit: string;
  readonly final: boolean;
}): string {
  const pace = rate(of.pace, of.unit);
  const time = duration(of.seconds);
  return of.final ? `in ${time}, ${pace}` : `${time} left, ${pace}`;
}

/** So many a second, or a minute or an hour where they are long ones. */
function rate(perSecond: number, unit: string): string {
  const [times, name] =
    perSecond >= 0.1 ? [1, "s"] : perSecond >= 0.1 / 60 ? [60, "min"] : [3600, "h"];
  const pace = perSecond * times;
  return `${pace.toFixed(pace >= 10 ? 0 : 1)} ${unit}/${name}`;
}

interface View {
  show(
    progress: { readonly done: number; readonly total: number },
    text: string,
    final: boolean,
  ): void;
  stop(): void;
}

/** Of a long one its part is counted; none counts as done before it is. */
function tenths(done: number): number {
  return Math.floor(done * 10) / 10;
}

const BAR_WIDTH_MAX = 28;
/** What stands beside the bar needs about this much of a line. */
const BESIDE_BAR = 62;

function barView(label: string): View {
  const room = (process.stderr.columns || 80) - BESIDE_BAR;
  let bar: SingleBar | null = null;
  const stop = (): void => {
    bar?.stop();
    process.removeListener("SIGINT", interrupt);
  };
  // The cursor comes back before the process goes; whoever else listens ends the work in order.
  const interrupt = (): void => {
    if (process.listenerCount("SIGINT") > 1) return;
    stop();
    process.kill(process.pid, "SIGINT");
  };
  return {
    show: ({ done, total }, text) => {
      if (!bar) {
        bar = new SingleBar(
          {
            format: `${label} {bar} {percentage}%  {count}/{total}  {text}`,
            stream: process.stderr,
            hideCursor: true,
            barsize: Math.max(4, Math.min(BAR_WIDTH_MAX, room)),
          },
          Presets.shades_classic,
        );
        bar.start(total, done, { text, count: tenths(done) });
        process.on("SIGINT", interrupt);
      }
      bar.setTotal(total);
      bar.update(done, { text, count: tenths(done) });
    },
    stop,
  };
}

function lineView(label: string): View {
  let printed = Date.now();
  return {
    show: ({ done, total }, text, final) => {
      if (!final && (done === total || Date.now() - printed < LINE_MS)) return;
      printed = Date.now();
      complain(`${label} ${tenths(done)}/${total}  ${text}`.trimEnd());
    },
    stop: () => undefined,
  };
}

function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  return minutes < 60
    ? `${minutes} min ${whole % 60} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
