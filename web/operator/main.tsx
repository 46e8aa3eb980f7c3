import { useQuery } from "@tanstack/react-query";
import { Heading } from "../shared/controls.tsx";
import { Frame } from "../shared/frame.tsx";
import { useTexts } from "../shared/language.tsx";
import { mount } from "../shared/mount.tsx";
import { Failure, Loading } from "../shared/states.tsx";
import { ask } from "../subject/service.ts";
import { SignOut } from "../subject/session.tsx";

mount(<Home />);

/** Who is signed in, and the way out. */
function Home() {
  const { staff, signIn } = useTexts();
  const session = useQuery({ queryKey: ["session"], queryFn: async () => ask("whoAmI", {}) });
  const { data } = session;
  if (session.error) {
    return (
      <Frame>
        <Failure error={session.error} again={() => void session.refetch()} />
      </Frame>
    );
  }
  if (!data) {
    return (
      <Frame>
        <Loading />
      </Frame>
    );
  }
  if (data.kind !== "account" || data.role === null) {
    return (
      <Frame>
        <Heading>{signIn.title}</Heading>
        <p>{staff.notStaff}</p>
        <a href="/sign-in">{signIn.title}</a>
      </Frame>
    );
  }
  return (
    <Frame beside={<SignOut />}>
      <Heading>{staff.title}</Heading>
      <p>{staff.as(data.name ?? "", staff.roles[data.role])}</p>
      <p>
        <a href="/docs">{staff.docs}</a>
      </p>
    </Frame>
  );
}
