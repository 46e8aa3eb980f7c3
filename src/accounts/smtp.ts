import { createTransport } from "nodemailer";
import { AccountsError } from "./errors.ts";
import { MailFailure, type MailTransport } from "./mail.ts";

/** The server that takes mail, and whose name is on it. */
export interface MailSettings {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte (smtps); otherwise the connection is turned to TLS, or refused. */
  readonly secure: boolean;
  readonly auth: { readonly user: string; readonly pass: string } | null;
  readonly from: string;
}

const PORTS = { "smtp:": 587, "smtps:": 465 } as const;
/** A server that takes longer than this is tried again later. */
const TIMEOUT_MS = 30_000;
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[?::1\]?)$/u;

/**
 * Reads ASSENT_SMTP_URL (`smtp://user:password@host:port`, `smtps://...`) and ASSENT_MAIL_FROM. Null
 * where neither is set: mail waits in the queue. Throws AccountsError mail_settings_invalid.
 */
export function readMailSettings(
  environment: Readonly<Record<string, string | undefined>>,
): MailSettings | null {
  const address = environment["ASSENT_SMTP_URL"] ?? "";
  const from = (environment["ASSENT_MAIL_FROM"] ?? "").trim();
  if (address === "" && from === "") return null;
  const url = URL.canParse(address) ? new URL(address) : null;
  if (!url || !(url.protocol in PORTS) || url.hostname === "") {
    throw invalid("ASSENT_SMTP_URL must be like smtp://user:password@host:587 or smtps://...");
  }
  if (!/^[^\r\n]*[^\s@]+@[^\s@]+$/u.test(from)) {
    throw invalid("ASSENT_MAIL_FROM must be the e-mail address that mail is sent from.");
  }
  const protocol = url.protocol as keyof typeof PORTS;
  const user = decodeURIComponent(url.username);
  return {
    host: url.hostname,
    port: url.port === "" ? PORTS[protocol] : Number(url.port),
    secure: protocol === "smtps:",
    auth: user === "" ? null : { user, pass: decodeURIComponent(url.password) },
    from,
  };
}

/** Sends through a server. Only one on this very machine may be spoken to without TLS. */
export function smtpTransport(settings: MailSettings): MailTransport {
  const { from } = settings;
  const transporter = transporterFor(settings, TIMEOUT_MS);
  return {
    send: async (id, { to, subject, text, files = [] }) => {
      // The same at each attempt: who gets a message twice can tell.
      const messageId = `<${id}@${domainOf(from)}>`;
      try {
        await transporter.sendMail({
          from,
          to: { name: "", address: to },
          subject,
          text,
          attachments: files.map(({ name, type, content }) => ({
            filename: name,
            contentType: type,
            content,
          })),
          messageId,
        });
      } catch (error) {
        throw failureOf(error);
      }
    },
  };
}

/**
 * Connects to the server, greets it, and signs in where there is a password; no mail is sent. Throws
 * MailFailure where any of it fails.
 */
export async function greetMailServer(settings: MailSettings, timeoutMs: number): Promise<void> {
  const transporter = transporterFor(settings, timeoutMs);
  try {
    await transporter.verify();
  } catch (error) {
    throw failureOf(error);
  } finally {
    transporter.close();
  }
}

function transporterFor({ host, port, secure, auth }: MailSettings, timeoutMs: number) {
  return createTransport({
    host,
    port,
    secure,
    ...(auth ? { auth } : {}),
    requireTLS: !secure && !LOOPBACK.test(host),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    // Messages are text from here; nothing in one may name a file or an address to read.
    disableFileAccess: true,
    disableUrlAccess: true,
    logger: false,
  });
}

/** Prints what would be sent: for development alone, where the terminal is the reader's own. */
export function printingTransport(print: (line: string) => void): MailTransport {
  return {
    send: async (_, { text }) => {
      for (const line of text.split("\n"))
        if (/^https?:/u.test(line)) print(`Sign-in link: ${line}`);
    },
  };
}

/** The server's own words may hold an address: only the code is kept. */
function failureOf(error: unknown): MailFailure {
  const said = error instanceof Error ? (error as Error & Readonly<Record<string, unknown>>) : null;
  const status = said?.["responseCode"];
  if (typeof status === "number") return new MailFailure(`smtp_${status}`, status >= 500);
  const code = said?.["code"];
  return new MailFailure(typeof code === "string" ? code.toLowerCase() : "unknown", false);
}

function domainOf(from: string): string {
  return from.replace(/^.*@/u, "").replace(/>.*$/u, "");
}

function invalid(message: string): AccountsError {
  return new AccountsError("mail_settings_invalid", message);
}
