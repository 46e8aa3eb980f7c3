import { MultiBar, Presets, type SingleBar } from "cli-progress";
import { writeFileDurably } from "../base/files.ts";

/** Prints a line for the person at the terminal. */
export function say(line = ""): void {
  process.stdout.write(`${line}\n`);
}

/** Prints a line about what went wrong. */
export function complain(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Writes a result as JSON to a file, or to standard output for `-`. */
export async function writeJson(path: string, value: unknown): Promise<void> {
  const text = `${JSON.stringify(value, null, 2)}\n`;
  if (path === "-") process.stdout.write(text);
  else await writeFileDurably(path, text);
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
 * A bar that redraws itself on a terminal, and a line every few seconds elsewhere. `known` is what
 * was done before this run: it counts for the bar, and not for the rate.
 */
export function progressBar(label: string, unit: string): ProgressBar {
  const started = Date.now();
  const view = process.stderr.isTTY ? barView(label) : lineView(label);
  let first: number | null = null;
  let latest = { done: 0, total: 0 };
  const show = (final: boolean): void => {
    if (latest.total === 0) return;
    const seconds = Math.max(0.001, (Date.now() - started) / 1000);
    const rate = (latest.done - (first ?? 0)) / seconds;
    const left = rate > 0 ? `${duration((latest.total - latest.done) / rate)} left` : "";
    const text = `${rate.toFixed(1)} ${unit}/s${final ? ` in ${duration(seconds)}` : `  ${left}`}`;
    view.show(latest.done, latest.total, text, final);
  };
  return {
    update: (done, total) => {
      first ??= done;
      latest = { done, total };
      show(false);
    },
    [Symbol.dispose]: () => {
      show(true);
      view.stop();
    },
  };
}

interface View {
  show(done: number, total: number, text: string, final: boolean): void;
  stop(): void;
}

function barView(label: string): View {
  const bars = new MultiBar(
    {
      format: `${label} {bar} {percentage}%  {value}/{total}  {text}`,
      stream: process.stderr,
      hideCursor: true,
      barsize: 28,
    },
    Presets.rect,
  );
  let bar: SingleBar | null = null;
  return {
    show: (done, total, text) => {
      bar ??= bars.create(total, done, { text });
      bar.setTotal(total);
      bar.update(done, { text });
    },
    stop: () => bars.stop(),
  };
}

function lineView(label: string): View {
  let printed = Date.now();
  return {
    show: (done, total, text, final) => {
      if (!final && Date.now() - printed < LINE_MS) return;
      printed = Date.now();
      complain(`${label} ${done}/${total}  ${text}`);
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
