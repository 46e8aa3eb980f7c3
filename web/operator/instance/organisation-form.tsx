import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button, Field } from "../../shared/controls.tsx";
import { Done, Failure, useAction } from "../../shared/states.tsx";
import { useWords } from "../../shared/words.ts";
import { LongField } from "../parts/fields.tsx";
import { assent } from "../service.ts";
import { instance } from "../texts/instance.ts";
import { OPERATOR_KEY, type Profile } from "./operator.ts";

const LINE_LENGTH_MAX = 500;

/** What is typed, line by line; empty where nothing is said. */
interface Typed {
  readonly name: string;
  readonly address: string;
  readonly email: string;
  readonly country: string;
  readonly authority: string;
  readonly authorityAddress: string;
  readonly representative: string;
  readonly officer: string;
  readonly url: string;
  readonly recipients: string;
  readonly transfers: string;
}

/** Says who answers for the instance. */
export function OrganisationForm(of: {
  readonly profile: Profile | null;
  readonly onSaved?: () => void;
}) {
  const { organisation: words } = useWords(instance);
  const client = useQueryClient();
  const [typed, setTyped] = useState(() => typedOf(of.profile));
  const [saved, setSaved] = useState(false);
  const change = (changed: Partial<Typed>): void => {
    setSaved(false);
    setTyped((before) => ({ ...before, ...changed }));
  };
  const save = useAction(async () => {
    await assent.setOperator(profileOf(typed));
    await client.invalidateQueries({ queryKey: OPERATOR_KEY });
    setSaved(true);
    of.onSaved?.();
  });
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        save.run();
      }}
    >
      <Needed typed={typed} change={change} />
      <details>
        <summary>{words.optional}</summary>
        <div className="stack">
          <IfTheyApply typed={typed} change={change} />
        </div>
      </details>
      {save.error ? <Failure error={save.error} /> : null}
      {saved ? (
        <Done>
          <p>{words.saved}</p>
        </Done>
      ) : null}
      <Button type="submit" busy={save.busy}>
        {words.save}
      </Button>
    </form>
  );
}

interface Part {
  readonly typed: Typed;
  readonly change: (changed: Partial<Typed>) => void;
}

function Needed({ typed, change }: Part) {
  const { organisation: words } = useWords(instance);
  return (
    <>
      <Line label={words.name} name="name" {...{ typed, change }} />
      <Line label={words.address} name="address" {...{ typed, change }} />
      <Field
        label={words.email}
        name="email"
        type="email"
        value={typed.email}
        onChange={(email) => change({ email })}
      />
      <Field
        label={words.country}
        name="country"
        value={typed.country}
        onChange={(country) => change({ country: country.toUpperCase() })}
        help={words.countryHelp}
        maxLength={2}
      />
      <Line
        label={words.authority}
        name="authority"
        help={words.authorityHelp}
        {...{ typed, change }}
      />
    </>
  );
}

function IfTheyApply({ typed, change }: Part) {
  const { organisation: words } = useWords(instance);
  const part = { typed, change, required: false };
  return (
    <>
      <Line label={words.authorityAddress} name="authorityAddress" {...part} />
      <Line
        label={words.representative}
        name="representative"
        help={words.representativeHelp}
        {...part}
      />
      <Line label={words.officer} name="officer" help={words.officerHelp} {...part} />
      <Line label={words.url} name="url" help={words.urlHelp} {...part} />
      <LongField
        label={words.recipients}
        name="recipients"
        value={typed.recipients}
        onChange={(recipients) => change({ recipients })}
        help={words.recipientsHelp}
        required={false}
      />
      <Line label={words.transfers} name="transfers" help={words.transfersHelp} {...part} />
    </>
  );
}

function Line(
  of: Part & {
    readonly label: string;
    readonly name: keyof Typed;
    readonly help?: string;
    readonly required?: boolean;
  },
) {
  const { label, name, help, required = true } = of;
  return (
    <Field
      label={label}
      name={name}
      value={of.typed[name]}
      onChange={(text) => of.change({ [name]: text })}
      required={required}
      maxLength={LINE_LENGTH_MAX}
      {...(help === undefined ? {} : { help })}
    />
  );
}

function typedOf(profile: Profile | null): Typed {
  return {
    name: profile?.name ?? "",
    address: profile?.address ?? "",
    email: profile?.email ?? "",
    country: profile?.country ?? "",
    authority: profile?.authority.name ?? "",
    authorityAddress: profile?.authority.address ?? "",
    representative: profile?.representative ?? "",
    officer: profile?.dataProtectionOfficer ?? "",
    url: profile?.url ?? "",
    recipients: profile?.recipients?.join("\n") ?? "",
    transfers: profile?.transfers ?? "",
  };
}

/** The profile as it is sent: what is empty is left out. */
function profileOf(typed: Typed): Profile {
  const { name, address, email, country, authority } = typed;
  const said = (key: string, value: string) => (value.trim() === "" ? {} : { [key]: value.trim() });
  const recipients = typed.recipients
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  return {
    name,
    address,
    email,
    country,
    authority: { name: authority, ...said("address", typed.authorityAddress) },
    ...said("representative", typed.representative),
    ...said("dataProtectionOfficer", typed.officer),
    ...said("url", typed.url),
    ...(recipients.length === 0 ? {} : { recipients }),
    ...said("transfers", typed.transfers),
  };
}
