import { Heading } from "../shared/controls.tsx";
import { useTexts } from "../shared/language.tsx";
import { Failure, Loading } from "../shared/states.tsx";
import { EraseMe } from "./erase-me.tsx";
import { useGrants } from "./grants.ts";
import { MyAddress, MyData, MyPasskeys } from "./my-details.tsx";
import { MyGrant } from "./my-grant.tsx";

/** What a person agreed to, and every way to change or end it, on one screen. */
export function MyConsent(of: {
  readonly subject: string;
  readonly onErased: (certificate: string | null) => void;
}) {
  const { subject } = of;
  const { consent } = useTexts();
  const grants = useGrants(subject);
  return (
    <>
      <Heading>{consent.title}</Heading>
      {grants.isPending ? <Loading /> : null}
      {grants.error ? <Failure error={grants.error} again={() => void grants.refetch()} /> : null}
      {grants.data?.items.length === 0 ? <p>{consent.none}</p> : null}
      {grants.data?.items.map((grant) => (
        <MyGrant key={grant.id} subject={subject} grant={grant} />
      ))}
      <MyData subject={subject} />
      <MyAddress subject={subject} />
      <MyPasskeys />
      <EraseMe subject={subject} onErased={of.onErased} />
    </>
  );
}
