/** The last part of a path: what a file is called, wherever it lay when it was imported. */
export function fileName(path: string | undefined): string | undefined {
  return path?.split(/[/\\]/u).at(-1);
}
