import { useState } from "react";
import { Link, useParams } from "react-router";
import { useFile } from "../../shared/file.ts";
import { Done } from "../../shared/states.tsx";
import { useWords } from "../../shared/words.ts";
import { useCollection } from "../collection.tsx";
import { Loaded } from "../parts/states.tsx";
import { Title } from "../parts/title.tsx";
import { WORKERS } from "../screens/screen.ts";
import { useMay } from "../session.tsx";
import { people } from "../texts/people.ts";
import { PersonConsent } from "./person-consent.tsx";
import { type PersonOf, usePerson } from "./person-data.ts";
import { PersonPhotos } from "./person-photos.tsx";
import { PersonReceipts } from "./person-receipts.tsx";
import { Renewal } from "./renewal.tsx";

/** One person: how their consent stands, what can be done, their receipts, where they were seen. */
export function Person() {
  const { person: words } = useWords(people);
  const { id } = useCollection();
  const { subject = "" } = useParams();
  const [certificate, setCertificate] = useState<{ readonly text: string | null } | null>(null);
  const query = usePerson(id, subject);
  const back = (
    <Link className="button second slim" to={`/app/c/${id}/people`}>
      {words.back}
    </Link>
  );
  if (certificate) {
    return (
      <>
        <Title beside={back}>{words.erased}</Title>
        <Erased certificate={certificate.text} />
      </>
    );
  }
  return (
    <>
      <Title beside={back}>{query.data?.name ?? words.unnamed}</Title>
      <Loaded query={query}>
        {(person) => <Sections person={person} onErased={(text) => setCertificate({ text })} />}
      </Loaded>
    </>
  );
}

function Sections(of: {
  readonly person: PersonOf;
  readonly onErased: (certificate: string | null) => void;
}) {
  const { person } = of;
  const works = useMay(WORKERS);
  return (
    <div className="sections two">
      <PersonConsent person={person} onErased={of.onErased} />
      {works ? <Renewal person={person} /> : null}
      {works ? <PersonReceipts subject={person.id} /> : null}
      {person.grant.endedAt === null ? <PersonPhotos subject={person.id} /> : null}
    </div>
  );
}

/** What is left of somebody who was erased: a signed certificate, shown this once. */
function Erased({ certificate }: { readonly certificate: string | null }) {
  const { person: words } = useWords(people);
  const saved = useFile(certificate ?? "");
  return (
    <Done>
      <p>{certificate === null ? words.noCertificate : words.erasedMore}</p>
      {certificate === null ? null : (
        <a className="button first" href={saved} download="erasure-certificate.jws">
          {words.certificate}
        </a>
      )}
    </Done>
  );
}
