import { AppError } from "../base/errors.ts";

export type PapersCode = "paper_unknown";

/** A paper can't be made. */
export class PapersError extends AppError<PapersCode> {}
