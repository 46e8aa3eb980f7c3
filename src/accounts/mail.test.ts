import assert from "node:assert/strict";
import { test } from "node:test";
import {
  everythingStored,
  inEachOffice,
  makeAccount,
  MINUTE_MS,
  type Office,
} from "../../test/accounts.ts";
import { openSmtpSink } from "../../test/smtp-sink.ts";
import type { MailId } from "../base/ids.ts";
import { answerLinkRequests, askForLink } from "./links.ts";
import { listMail, MailFailure, type MailTransport, sendDueMail } from "./mail.ts";
import { printingTransport, readMailSettings, smtpTransport } from "./smtp.ts";

const MAIL = { to: "anna@people.example", subject: "Grüße", text: "Hello\n.hidden dot\nŁódź\n" };
const ID = "mai_0123456789abcdef" as MailId;

function transportTo(port: number): MailTransport {
  const settings = readMailSettings({
    ASSENT_SMTP_URL: `smtp://127.0.0.1:${port}`,
    ASSENT_MAIL_FROM: "Assent <photos@club.example>",
  });
  assert.ok(settings);
  return smtpTransport(settings);
}

async function ask(office: Office): Promise<void> {
  await askForLink(office, "account", "anna@club.example");
  await answerLinkRequests(office);
}

test("hands a message to a server, whole and to nobody else", async () => {
  await using sink = await openSmtpSink();
  await transportTo(sink.port).send(ID, MAIL);
  const [message] = sink.received;
  assert.equal(sink.received.length, 1);
  assert.equal(message?.from, "photos@club.example");
  assert.deepEqual(message?.to, ["anna@people.example"]);
  assert.match(message?.data ?? "", new RegExp(`^Message-ID: <${ID}@club.example>$`, "imu"));
  assert.match(message?.data ?? "", /^From: Assent <photos@club.example>$/mu);
  assert.match(message?.data ?? "", /^Subject: =\?UTF-8\?/mu);
});

test("an address or subject can't smuggle in headers or recipients", async () => {
  await using sink = await openSmtpSink();
  const sly = {
    ...MAIL,
    to: "anna@people.example\r\nBcc: bert@people.example",
    subject: "Hello\r\nBcc: carl@people.example",
  };
  await transportTo(sink.port)
    .send(ID, sly)
    .catch(() => undefined);
  for (const { to, data } of sink.received) {
    assert.ok(to.length <= 1);
    assert.doesNotMatch(data, /^Bcc:/imu);
  }
  assert.ok(!sink.commands.some((line) => /bert|carl/u.test(line) && !/anna/u.test(line)));
});

test("a refusal is a code without an address; 5xx is final, 4xx is not", async () => {
  for (const [status, final] of [
    [550, true],
    [451, false],
  ] as const) {
    await using sink = await openSmtpSink((line) =>
      line.startsWith("RCPT") ? `${status} no such person anna@people.example` : null,
    );
    const failure: unknown = await transportTo(sink.port)
      .send(ID, MAIL)
      .catch((error: unknown) => error);
    assert.ok(failure instanceof MailFailure);
    assert.deepEqual([failure.code, failure.final], [`smtp_${status}`, final]);
    assert.ok(!String(failure.stack).includes("anna"));
  }
  const sink = await openSmtpSink();
  await sink[Symbol.asyncDispose]();
  const closed: unknown = await transportTo(sink.port)
    .send(ID, MAIL)
    .catch((error: unknown) => error);
  assert.ok(closed instanceof MailFailure && !closed.final);
});

test("only a server on this machine is spoken to without TLS", async () => {
  await using sink = await openSmtpSink();
  const settings = readMailSettings({
    ASSENT_SMTP_URL: `smtp://127.0.0.1:${sink.port}`,
    ASSENT_MAIL_FROM: "photos@club.example",
  });
  assert.ok(settings);
  // The same server by a name that the rule does not know as this machine's.
  const elsewhere = smtpTransport({ ...settings, host: "127.1" });
  await assert.rejects(elsewhere.send(ID, MAIL), MailFailure);
  assert.deepEqual(sink.received, []);
  await smtpTransport(settings).send(ID, MAIL);
  assert.equal(sink.received.length, 1);
});

test("settings are whole or none", () => {
  assert.equal(readMailSettings({}), null);
  const from = "photos@club.example";
  const read = (address: string) =>
    readMailSettings({ ASSENT_SMTP_URL: address, ASSENT_MAIL_FROM: from });
  assert.deepEqual(read("smtps://anna:p%40ss@mail.club.example"), {
    host: "mail.club.example",
    port: 465,
    secure: true,
    auth: { user: "anna", pass: "p@ss" },
    from,
  });
  assert.equal(read("smtp://mail.club.example")?.port, 587);
  for (const wrong of ["", "mail.club.example", "https://mail.club.example", "smtp://"]) {
    assert.throws(() => read(wrong), { code: "mail_settings_invalid" });
  }
  const nobody = { ASSENT_SMTP_URL: "smtp://mail.club.example" };
  assert.throws(() => readMailSettings(nobody), { code: "mail_settings_invalid" });
});

test("development prints the link and nothing else", async () => {
  const printed: string[] = [];
  const text = "Hello Anna,\nhttps://x.example/sign-in#token\nanna@people.example";
  await printingTransport((line) => printed.push(line)).send(ID, { ...MAIL, text });
  assert.deepEqual(printed, ["Sign-in link: https://x.example/sign-in#token"]);
});

inEachOffice("mail goes out once, and its text goes with it", async (office) => {
  await makeAccount(office);
  await ask(office);
  const before = await listMail(office.db, 10);
  assert.deepEqual(
    before.map(({ kind, state }) => [kind, state]),
    [["account_link", "waiting"]],
  );
  await using sink = await openSmtpSink();
  const rounds = [0, 1, 2].map(async () => sendDueMail(office, transportTo(sink.port)));
  const sent = (await Promise.all(rounds)).reduce((sum, round) => sum + round.sent, 0);
  assert.equal(sent, 1);
  assert.equal(sink.received.length, 1);
  assert.deepEqual(sink.received[0]?.to, ["anna@club.example"]);
  const row = await office.db.read.selectFrom("outgoing_mail").selectAll().executeTakeFirst();
  assert.deepEqual([row?.state, row?.sealed_message], ["sent", null]);
});

inEachOffice(
  "mail that is not taken is tried again, later each time, until it is too late",
  async (office) => {
    const { db, clock } = office;
    await makeAccount(office);
    await ask(office);
    let attempts = 0;
    const busy: MailTransport = {
      send: async () => {
        attempts += 1;
        throw new MailFailure("smtp_451", false);
      },
    };
    assert.deepEqual(await sendDueMail(office, busy), { sent: 0, failed: 1, dead: 0 });
    assert.deepEqual(await sendDueMail(office, busy), { sent: 0, failed: 0, dead: 0 });
    for (let minute = 0; minute < 15; minute += 1) {
      clock.move(MINUTE_MS);
      await sendDueMail(office, busy);
    }
    assert.ok(attempts >= 4 && attempts <= 8, `${attempts} attempts`);
    clock.move(MINUTE_MS * 5);
    await sendDueMail(office, busy);
    const [mail] = await listMail(db, 10);
    assert.deepEqual([mail?.state, mail?.errorCode], ["dead", "too_late"]);
    const row = await db.read
      .selectFrom("outgoing_mail")
      .select("sealed_message")
      .executeTakeFirst();
    assert.equal(row?.sealed_message, null);
  },
);

inEachOffice("a final refusal is not repeated, and leaves no address anywhere", async (office) => {
  await makeAccount(office);
  await ask(office);
  await using sink = await openSmtpSink((line) =>
    line.startsWith("RCPT") ? "550 anna@club.example is unknown" : null,
  );
  const summary = await sendDueMail(office, transportTo(sink.port));
  assert.deepEqual(summary, { sent: 0, failed: 0, dead: 1 });
  assert.deepEqual(await sendDueMail(office, transportTo(sink.port)), {
    sent: 0,
    failed: 0,
    dead: 0,
  });
  assert.ok(!(await everythingStored(office.db)).includes("anna@club.example"));
});

inEachOffice("without a server mail waits where it is seen", async (office) => {
  await makeAccount(office);
  await ask(office);
  office.clock.move(MINUTE_MS);
  const [mail] = await listMail(office.db, 10);
  assert.deepEqual([mail?.state, mail?.attempts], ["waiting", 0]);
});
