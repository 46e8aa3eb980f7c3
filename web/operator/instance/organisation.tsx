import { useWords } from "../../shared/words.ts";
import { Loaded } from "../parts/states.tsx";
import { Title } from "../parts/title.tsx";
import { useMay } from "../session.tsx";
import { instance } from "../texts/instance.ts";
import { type Profile, useOperator } from "./operator.ts";
import { OrganisationForm } from "./organisation-form.tsx";

/** Who answers for the instance, as notices, receipts and papers name them. */
export function Organisation() {
  const { organisation: words } = useWords(instance);
  const owner = useMay(["owner"]);
  return (
    <>
      <Title>{words.title}</Title>
      <p>{words.what}</p>
      <Loaded query={useOperator()}>
        {({ operator }) => (
          <>
            {operator === null ? (
              <div className="note bad">
                <p>{words.missing}</p>
              </div>
            ) : null}
            {owner ? <OrganisationForm profile={operator} /> : <Facts profile={operator} />}
          </>
        )}
      </Loaded>
    </>
  );
}

function Facts({ profile }: { readonly profile: Profile | null }) {
  const { organisation: words } = useWords(instance);
  if (profile === null) return null;
  const rows: readonly (readonly [label: string, value: string | undefined])[] = [
    [words.name, profile.name],
    [words.address, profile.address],
    [words.email, profile.email],
    [words.country, profile.country],
    [words.authority, profile.authority.name],
    [words.authorityAddress, profile.authority.address],
    [words.representative, profile.representative],
    [words.officer, profile.dataProtectionOfficer],
    [words.url, profile.url],
    [words.recipients, profile.recipients?.join("; ")],
    [words.transfers, profile.transfers],
  ];
  return (
    <>
      <dl className="pair">
        {rows.flatMap(([label, value]) =>
          value === undefined || value === ""
            ? []
            : [<dt key={`${label} `}>{label}</dt>, <dd key={label}>{value}</dd>],
        )}
      </dl>
      <p className="quiet small">{words.readOnly}</p>
    </>
  );
}
