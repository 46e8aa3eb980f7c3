import { AppError } from "../base/errors.ts";

export type WebhooksCode =
  | "webhook_url_refused"
  | "webhook_exists"
  | "webhook_unknown"
  | "message_unknown";

/** An endpoint or a message can't be used. */
export class WebhooksError extends AppError<WebhooksCode> {}
