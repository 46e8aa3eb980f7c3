import { AppError } from "../base/errors.ts";

/** qr_too_long: a text that no QR code holds. */
export type PrintCode = "qr_too_long";

/** A document can't be rendered. */
export class PrintError extends AppError<PrintCode> {}
